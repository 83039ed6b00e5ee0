// Globs of organisations as the official clients match them: minimatch with nocase, matchBase, nonegate and dot.

import { describe, expect, test } from "vitest";
import { compileGlob } from "../../server/exclusion/rule-globs.ts";

describe("a glob", () => {
  test.each<[string, string, boolean]>([
    // Without a slash: the last part of the path, in any folder.
    ["secrets.json", "/a/b/secrets.json", true],
    ["secret*", "/a/b/Secret-plan.py", true],
    ["*.cfg", "/.cfg", true],
    ["*.cfg", "/a/x.cfg/y", false],
    // With one: the whole path, and not its last part.
    ["/src/*.py", "/src/a.py", true],
    ["/src/*.py", "/deep/src/a.py", false],
    ["/src/*.py", "/src/deep/a.py", false],
    ["src/*.py", "/a.py", false],
    ["x/*.py", "/other/b.py", false],
    ["**/a.py", "/x/y/a.py", true],
    ["**/a.py", "/a.py", true],
    ["/scripts/**", "/scripts/a/b/c.sh", true],
    ["/scripts/**", "/scripts-of-mine/a.sh", false],
    ["/src/**/temp.rb", "/src/temp.rb", true],
    ["/src/**/temp.rb", "/src/a/b/temp.rb", true],
    // `**` beside other signs is a star.
    ["/a**/b", "/axx/b", true],
    ["/a**/b", "/ax/x/b", false],
    // Names that begin with a dot, and upper and lower case.
    ["/**", "/.git/config", true],
    ["/SRC/A.PY", "/src/a.py", true],
    // No negation.
    ["!/src/a.py", "/src/b.py", false],
    ["!a.py", "/src/!a.py", true],
    // Sets, classes, braces, extended globs.
    ["*.[ch]", "/a.h", true],
    ["*.[!ch]", "/a.h", false],
    ["[[:digit:]]*", "/1a", true],
    ["*.{ts,tsx}", "/a.tsx", true],
    ["v{1..12}.py", "/v10.py", true],
    ["v{1..12}.py", "/v13.py", false],
    ["v{01..12}.py", "/v07.py", true],
    ["v{01..12}.py", "/v7.py", false],
    ["v{3..-1}.py", "/v-1.py", true],
    ["{a..c}.py", "/b.py", true],
    ["+(a|b).py", "/abab.py", true],
    ["!(a).py", "/b.py", true],
    ["!(a).py", "/a.py", false],
    // A backslash takes a meaning away, or separates folders on Windows.
    ["\\*.py", "/*.py", true],
    ["\\*.py", "/a.py", true],
    ["\\[a].py", "/[a].py", true],
    ["**\\secret\\*", "/x/secret/a", true],
    // What stands on a drive.
    ["c:/w/**", "c:/w/a.py", true],
    ["C:\\w\\**", "c:/w/a.py", true],
    ["", "/a.py", false],
  ])("%j matches %j: %j", (glob, path, expected) => {
    expect(glob !== "" && compileGlob(glob)(path)).toBe(expected);
  });

  test.each(["v{1..999999}.py", "a".repeat(70_000)])("that cannot be one is refused", (glob) => {
    expect(() => compileGlob(glob)).toThrow();
  });
});
