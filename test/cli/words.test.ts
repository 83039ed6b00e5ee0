import { describe, expect, test } from "vitest";
import { durationInWords } from "../../shared/words/in-words.ts";
import { nearest } from "../../server/cli/args/nearest.ts";
import { browserCommand, hasLocalBrowser, openBrowser } from "../../server/cli/open-browser.ts";
import { languageIdOfPath } from "../../shared/languages.ts";

describe("the language of a file", () => {
  test.each([
    ["a.py", "python"],
    ["src/deep/App.TSX", "typescriptreact"],
    ["C:\\code\\x.cs", "csharp"],
    ["types.d.ts", "typescript"],
    ["Makefile", "makefile"],
    ["docker/Dockerfile", "dockerfile"],
    ["CMakeLists.txt", "cmake"],
    ["notes.txt", "plaintext"],
    [".env", "plaintext"],
    ["constructor", "plaintext"],
    ["dir.py/README", "plaintext"],
    ["", "plaintext"],
  ])("of %s is %s", (path, language) => expect(languageIdOfPath(path)).toBe(language));
});

describe("a mistyped word", () => {
  const verbs = ["login", "logout", "status", "complete"];
  test.each([
    ["lgoin", "login"],
    ["log-out", "logout"],
    ["STATUS", "status"],
    ["compl", "complete"],
    ["x", undefined],
    ["frobnicate", undefined],
  ])("%s was meant as %s", (typed, meant) => expect(nearest(typed, verbs)).toBe(meant));
});

test.each([
  [59_999, "less than a minute"],
  [60_000, "1 minute"],
  [24.9 * 60_000, "24 minutes"],
  [3_600_000, "1 hour"],
  [2 * 3_600_000 + 5 * 60_000, "2 hours 5 minutes"],
  [72 * 3_600_000, "3 days"],
])("%i ms are %s", (ms, words) => expect(durationInWords(ms)).toBe(words));

describe("the browser", () => {
  test.each([
    ["linux", ["xdg-open", ["https://github.com/login/device"]]],
    ["darwin", ["open", ["https://github.com/login/device"]]],
    ["win32", ["rundll32", ["url.dll,FileProtocolHandler", "https://github.com/login/device"]]],
  ] as const)("on %s is opened by %j", (platform, command) => {
    expect(browserCommand(platform, "https://github.com/login/device")).toEqual(command);
  });

  test.each(["file:///etc/passwd", "javascript:alert(1)", "--version", ""])("is not handed %s", async (url) => {
    expect(browserCommand("linux", url)).toBeUndefined();
    expect(await openBrowser("linux", url)).toBe(false);
  });

  test("is at hand on a desktop, and not over SSH", () => {
    expect(hasLocalBrowser("darwin", {})).toBe(true);
    expect(hasLocalBrowser("darwin", { SSH_TTY: "/dev/pts/1" })).toBe(false);
    expect(hasLocalBrowser("linux", {})).toBe(false);
    expect(hasLocalBrowser("linux", { WAYLAND_DISPLAY: "wayland-0" })).toBe(true);
  });
});
