import { expect, test } from "vitest";
import { CopilotError } from "../../shared/errors.ts";
import { createSession, someSettings } from "./support/fake-env.ts";

test("config lists every setting with value, source and doc, within 80 columns", async () => {
  const session = createSession();
  expect(await session.run("config")).toBe(0);
  expect(session.output()).toBe(
    [
      "completion.languages  plaintext=off,markdown=off                         default",
      "    What completion.languages is for, said in a sentence that is long enough to",
      "    need a second line on a narrow terminal.",
      "upstream.proxy        http://***@proxy.example:3128                  environment",
      "    What upstream.proxy is for, said in a sentence that is long enough to need a",
      "    second line on a narrow terminal.",
      "http.port             9000                                                  file",
      "    What http.port is for, said in a sentence that is long enough to need a",
      "    second line on a narrow terminal.",
      'http.allowedHosts     ""                                                 default',
      "    What http.allowedHosts is for, said in a sentence that is long enough to",
      "    need a second line on a narrow terminal.",
      "",
    ].join("\n"),
  );
  expect(session.errors()).toBe("Settings file: /home/ada/.config/copilot-lsp/config.json\n");
});

test("config names what was left out", async () => {
  const session = createSession({
    settings: { problems: () => [{ key: "http.prot", message: "config.json: there is no setting http.prot" }] },
  });
  await session.run("config");
  expect(session.errors()).toContain("Left out: config.json: there is no setting http.prot\n");
});

test("config --json is everything, without a proxy's password", async () => {
  const session = createSession();
  await session.run("config", "--json");
  const shown = JSON.parse(session.output());
  expect(shown.settings[2]).toEqual(someSettings[2]);
  expect(session.output()).not.toContain("secret");
});

test.each([
  ["http.port", "9000\n"],
  ["completion.languages", "plaintext=off,markdown=off\n"],
  ["http.allowedHosts", "\n"],
])("config %s prints the value alone, for scripts", async (key, output) => {
  const session = createSession();
  expect(await session.run("config", key)).toBe(0);
  expect(session.output()).toBe(output);
  expect(session.errors()).toBe("");
});

test.each([
  ["http.prot", "Did you mean http.port?"],
  ["port", "Did you mean http.port?"],
  ["colour", "`copilot-lsp config` lists them."],
])("config %s finds no such setting: %s", async (key, advice) => {
  const session = createSession();
  expect(await session.run("config", key)).toBe(2);
  expect(session.errors()).toContain(`There is no setting ${key}.`);
  expect(session.errors()).toContain(advice);
});

test("config KEY VALUE writes it and shows what is in force", async () => {
  const written: string[][] = [];
  const session = createSession({
    settings: {
      write: async (key, text) => {
        written.push([key, text]);
      },
    },
  });
  expect(await session.run("config", "http.port", "9000")).toBe(0);
  expect(written).toEqual([["http.port", "9000"]]);
  expect(session.output()).toBe("http.port = 9000\n");
  expect(session.errors()).toBe("Set in /home/ada/.config/copilot-lsp/config.json.\n");
});

test("config KEY VALUE says when something goes before the file", async () => {
  const session = createSession();
  await session.run("config", "upstream.proxy", "http://other.example");
  expect(session.errors()).toContain(
    "In force is the value of COPILOT_LSP_UPSTREAM_PROXY, which goes before the file.",
  );
});

test("config KEY VALUE refuses what the setting does not take", async () => {
  const session = createSession({
    settings: {
      write: () => Promise.reject(new CopilotError("bad-request", "http.port takes an integer from 0 to 65535.")),
    },
  });
  expect(await session.run("config", "http.port", "many")).toBe(2);
  expect(session.errors()).toContain("http.port takes an integer from 0 to 65535.");
});

test("config --unset says whether there was something to remove", async () => {
  const removed = createSession();
  expect(await removed.run("config", "--unset", "http.port")).toBe(0);
  expect(removed.errors()).toBe("Removed from /home/ada/.config/copilot-lsp/config.json.\n");
  const absent = createSession({ settings: { remove: async () => false } });
  await absent.run("config", "--unset", "http.port");
  expect(absent.errors()).toContain("did not hold it");
});

test("config --path prints where the file is, and with --json an object", async () => {
  const session = createSession();
  await session.run("config", "--path");
  expect(session.output()).toBe("/home/ada/.config/copilot-lsp/config.json\n");
  for (const [flag, file] of [
    ["--path", "config.json"],
    ["--token-path", "http-token"],
  ] as const) {
    const asked = createSession();
    expect(await asked.run("config", flag, "--json")).toBe(0);
    expect(JSON.parse(asked.output())).toEqual({ path: `/home/ada/.config/copilot-lsp/${file}` });
  }
});
