import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { AccountState, Status } from "../../shared/status.ts";
import { startLspSession, type LspSession, type LspSessionOptions } from "./support/session.ts";

const signedOut: Status = {
  kind: "Error",
  busy: false,
  reason: "signed-out",
  message: "You are not signed into GitHub. The token was refused.",
};

/** A session of the client whose real `initialize` is in the fixture, up to where the core has been opened. */
async function sessionOf(
  fixture: string,
  before: (session: LspSession) => void = () => undefined,
  options: LspSessionOptions = {},
): Promise<LspSession> {
  const path = new URL(`../fixtures/initialize/${fixture}.json`, import.meta.url);
  const session = startLspSession(options);
  before(session);
  await session.client.initialize(JSON.parse(readFileSync(path, "utf8")));
  await session.client.request("checkStatus");
  return session;
}

const startsSignedOut = ({ fake }: LspSession): void => {
  fake.setAccount({ kind: "signed-out" });
  fake.setStatus(signedOut);
};
const messages = ({ client }: LspSession) => client.calls("window/showMessage");

test("the present status is told when the core is there, and each change after it once", async () => {
  const session = await sessionOf("nvim");
  session.fake.setStatus({ kind: "Normal", busy: true });
  session.fake.setStatus({ kind: "Normal", busy: true });
  session.fake.setStatus({ kind: "Warning", busy: false, reason: "offline", message: "No network." });
  await session.client.request("getVersion");
  expect(session.client.calls("didChangeStatus")).toEqual([
    { kind: "Normal", busy: false },
    { kind: "Normal", busy: true },
    { kind: "Warning", busy: false, message: "No network." },
  ]);
  expect(session.client.calls("statusNotification")).toEqual([]);
});

test("signed out is told in exactly the words that plugins look for", async () => {
  const session = await sessionOf("nvim-copilot-lsp", startsSignedOut);
  expect(session.client.calls("didChangeStatus")).toEqual([
    {
      kind: "Error",
      busy: false,
      message: "You are not signed into GitHub.",
      command: { command: "github.copilot.signIn", title: "Sign in to GitHub", arguments: [] },
    },
  ]);
});

test("a client that shows no progress is not told of it", async () => {
  const session = await sessionOf("helix");
  for (const busy of [true, false, true, false]) session.fake.setStatus({ kind: "Normal", busy });
  await session.client.request("getVersion");
  expect(session.client.calls("didChangeStatus")).toEqual([{ kind: "Normal", busy: false }]);
});

test("copilot.lua gets the older notification as well", async () => {
  const session = await sessionOf("nvim-copilot.lua");
  session.fake.setStatus({ kind: "Normal", busy: true });
  await session.client.request("getVersion");
  expect(session.client.calls("statusNotification")).toEqual([
    { kind: "Normal", busy: false, status: "Normal", message: "" },
    { kind: "Normal", busy: true, status: "InProgress", message: "" },
  ]);
});

test("a plan that is used up is told with the command that says what is left", async () => {
  const session = await sessionOf("nvim-copilot.vim");
  session.fake.setStatus({ kind: "Error", busy: false, reason: "quota", message: "Completions limit reached." });
  await session.client.request("getVersion");
  const command = {
    command: "github.copilot.completions.quotaExceeded",
    title: "Show what is left",
    arguments: [],
  };
  expect(session.client.calls("didChangeStatus").at(-1)).toEqual({
    kind: "Error",
    busy: false,
    message: "Completions limit reached.",
    command,
  });
  expect(await session.client.request("workspace/executeCommand", command)).toEqual({});
  expect(await session.client.waitFor("window/showMessage")).toEqual({
    type: 3,
    message: "Completions limit reached. See https://github.com/settings/copilot.",
  });
  expect(await session.client.waitFor("window/showDocument")).toMatchObject({
    uri: "https://github.com/settings/copilot",
  });
});

test("after shutdown no status is told", async () => {
  const session = await sessionOf("nvim");
  await session.client.request("shutdown");
  session.fake.setStatus({ kind: "Warning", busy: false, message: "No network." });
  await expect(session.client.request("getVersion")).rejects.toThrow();
  expect(session.client.calls("didChangeStatus")).toHaveLength(1);
});

describe("an editor that starts signed out", () => {
  test.each([
    ["helix", ":lsp-workspace-command copilot.signIn"],
    ["nvim", ":CopilotSignIn"],
    ["emacs", "M-x copilot-sign-in"],
  ])("%s: is told once what can be typed there to sign in", async (fixture, how) => {
    const session = await sessionOf(fixture, startsSignedOut);
    session.fake.setStatus({ ...signedOut, busy: true });
    session.fake.setStatus(signedOut);
    await session.client.request("getVersion");
    const message = `Not signed into GitHub. Run ${how}\nOr run "copilot-lsp login" in a shell.`;
    expect(messages(session)).toEqual([{ type: 3, message }]);
  });

  test.each([
    ["Kate", 'Run "copilot-lsp login" in a shell.'],
    ["kak-lsp", "Run :lsp-execute-command copilot.signIn '[]'\nOr run \"copilot-lsp login\" in a shell."],
    ["Vim", 'Run :CopilotSignIn\nOr run "copilot-lsp login" in a shell.'],
    ["Visual Studio Code", 'Run "copilot-lsp: Sign In"\nOr run "copilot-lsp login" in a shell.'],
  ])("%s: is told %s", async (name, how) => {
    const session = startLspSession();
    startsSignedOut(session);
    await session.client.initialize({ clientInfo: { name }, capabilities: {} });
    await session.client.request("checkStatus");
    const message = `Not signed into GitHub. ${how}`;
    expect(messages(session)).toEqual([{ type: 3, message }]);
    expect(message.split("\n")[0]?.length).toBeLessThanOrEqual(70);
  });

  test.each(["nvim-copilot.vim", "nvim-copilot.lua", "nvim-copilot-lsp", "emacs-copilot.el", "emacs-lsp-mode"])(
    "%s: is left to its plugin",
    async (fixture) => {
      expect(messages(await sessionOf(fixture, startsSignedOut))).toEqual([]);
    },
  );

  test("is not told if the setting says so", async () => {
    expect(messages(await sessionOf("helix", startsSignedOut, { settings: { announceSignIn: false } }))).toEqual([]);
  });

  test("is told also when that is found out later", async () => {
    const session = await sessionOf("helix", ({ fake }) => fake.setAccount({ kind: "unknown" }));
    expect(messages(session)).toEqual([]);
    startsSignedOut(session);
    await session.client.request("getVersion");
    expect(messages(session)).toHaveLength(1);
  });

  test("without Copilot on the account: is told what GitHub said", async () => {
    const session = await sessionOf("helix", ({ fake }) => {
      fake.setAccount({ kind: "not-authorized", source: "store", message: "No seat." });
      fake.setStatus({ kind: "Error", busy: false, reason: "not-authorized", message: "No seat. https://example.com" });
    });
    expect(messages(session)).toEqual([{ type: 2, message: "GitHub Copilot: No seat. https://example.com" }]);
  });
});

describe("an editor whose token GitHub refuses is told so once, however early it did", () => {
  const refusals: [string, AccountState & { readonly message?: string }, string][] = [
    [
      "a stored one",
      { kind: "signed-out", source: "store", message: "GitHub does not accept the stored sign-in." },
      'Not signed into GitHub. Run :lsp-workspace-command copilot.signIn\nOr run "copilot-lsp login" in a shell.',
    ],
    [
      "one of a variable",
      { kind: "signed-out", source: "GH_COPILOT_TOKEN", message: "GitHub does not accept the token. Unset it." },
      "GitHub Copilot: GitHub does not accept the token. Unset it.",
    ],
    [
      "one of an account without Copilot",
      { kind: "not-authorized", source: "store", message: "No seat." },
      "GitHub Copilot: No seat.",
    ],
  ];
  test.each(refusals)("%s", async (_, account, told) => {
    const { message = "" } = account;
    const refuse = ({ fake }: LspSession): void => {
      fake.setAccount(account);
      fake.setStatus({ kind: "Error", busy: false, reason: "signed-out", message });
    };
    const early = await sessionOf("helix", refuse);
    const late = await sessionOf("helix");
    expect(messages(late)).toEqual([]);
    refuse(late);
    refuse(late);
    for (const session of [early, late]) {
      await session.client.request("getVersion");
      expect(messages(session)).toMatchObject([{ message: told }]);
    }
  });
});

test("an editor where somebody is signed in hears nothing that a person would see, also when that ends", async () => {
  const session = await sessionOf("helix");
  startsSignedOut(session);
  await session.client.request("getVersion");
  expect(messages(session)).toEqual([]);
  expect(session.client.calls("window/showMessageRequest")).toEqual([]);
});
