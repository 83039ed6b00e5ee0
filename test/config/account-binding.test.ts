import { describe, expect, test } from "vitest";
import { accountName, createFindBinding } from "../../server/config/account-binding.ts";

const home = "/home/ada";

describe("which account answers", () => {
  test.each([
    ["~/acme=work", "/home/ada/acme", "work"],
    ["~/acme=work", "/home/ada/acme/deep/in/file.ts", "work"],
    ["~/acme/=work", "/home/ada/acme/file.ts", "work"],
    ["~/acme/**=work", "/home/ada/acme/file.ts", "work"],
    ["~/acme=work", "/home/ada/acme/.hidden/file.ts", "work"],
    ["~/acme=work", "/home/ada/ACME/file.ts", "work"],
    ["~/acme=work", "/home/ada/acmeshop/file.ts", undefined],
    ["~/acme=work", "/home/ada/other/acme/file.ts", undefined],
    ["~/acme=work", "acme/file.ts", undefined],
    ["**/acme-*=work", "/srv/acme-site/file.ts", "work"],
    ["C:/acme=work", "C:\\acme\\file.ts", "work"],
    ["C:\\acme=work", "c:/acme/file.ts", "work"],
    ["~=Private", "/home/ada/notes.txt", "private"],
    ["/srv/a=b=work", "/srv/a=b/file.ts", "work"],
  ])("by %s in %s it is %s", (rule, path, account) => {
    expect(createFindBinding([rule], home)(path)).toEqual(account === undefined ? undefined : { account, rule });
  });

  test("is said by the first rule that fits", () => {
    const find = createFindBinding(["~/acme/open=private", "~/acme=work"], home);
    expect(find("/home/ada/acme/open/a.ts")?.account).toBe("private");
    expect(find("/home/ada/acme/a.ts")?.account).toBe("work");
  });

  test("is the one without a name where nothing is bound, and for what is no file", () => {
    expect(createFindBinding([], home)("/home/ada/acme/a.ts")).toBeUndefined();
    expect(createFindBinding(["**=work"], home)(undefined)).toBeUndefined();
  });

  test("is not guessed from a rule that is none", () => {
    for (const rule of ["~/acme", "=work", "~/acme=", "~/acme=a/b", "~/acme=../x"]) {
      expect(() => createFindBinding([rule], home)).toThrow(expect.objectContaining({ code: "bad-request" }));
    }
    expect(() => accountName("a@b")).toThrow(expect.objectContaining({ code: "bad-request" }));
  });

  test("does not change with signs that globs know in the home folder's name", () => {
    expect(createFindBinding(["~/acme=work"], "/home/a[b]c")("/home/a[b]c/acme/x")?.account).toBe("work");
  });
});
