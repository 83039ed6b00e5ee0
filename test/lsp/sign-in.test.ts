import { describe, expect, test } from "vitest";
import { CopilotError } from "../../shared/errors.ts";
import { LspError } from "../support/lsp-client.ts";
import { deviceFlow } from "../support/fake-core.ts";
import { openLspSession, type LspSession } from "./support/session.ts";
import { eventually } from "../support/eventually.ts";

const prompt = {
  status: "PromptUserDeviceFlow",
  userCode: "ABCD-EFGH",
  verificationUri: "https://github.com/login/device",
  expiresIn: 900,
  interval: 5,
  command: { command: "github.copilot.finishDeviceFlow", title: "Sign in with GitHub", arguments: [] },
};
const text = "Sign in: enter the code ABCD-EFGH at https://github.com/login/device";
const asks = { window: { showMessage: { messageActionItem: {} }, showDocument: { support: true } } };

const run = (session: LspSession, command: string) =>
  session.client.request("workspace/executeCommand", { command, arguments: [] });
const messages = (session: LspSession) => session.client.calls("window/showMessage");

describe("for clients that show the code themselves", () => {
  test.each(["signIn", "signInInitiate"])(
    "%s answers with the code, in the official server's shape",
    async (method) => {
      const { client } = await openLspSession();
      expect(await client.request(method, {})).toEqual(prompt);
    },
  );

  test("signIn answers who is signed in already", async () => {
    const { client, fake } = await openLspSession();
    fake.setSignIn({ kind: "already-signed-in", user: "octocat" });
    expect(await client.request("signIn", {})).toEqual({ status: "AlreadySignedIn", user: "octocat" });
  });

  test("a sign-in that cannot begin is error 1001 in the official server's words", async () => {
    const { client, fake } = await openLspSession();
    fake.setSignIn(new CopilotError("offline", "getaddrinfo EAI_AGAIN github.com"));
    await expect(client.request("signIn", {})).rejects.toMatchObject({
      code: 1001,
      message: "Could not log in with device flow on https://github.com: getaddrinfo EAI_AGAIN github.com",
      data: { code: "offline" },
    });
  });

  test("the command opens the page, waits and answers who it is", async () => {
    const session = await openLspSession({ params: { capabilities: asks } });
    session.client.handle("window/showDocument", () => ({ success: true }));
    await session.client.request("signIn", {});
    const finished = run(session, "github.copilot.finishDeviceFlow");
    expect(await session.client.waitFor("window/showDocument")).toEqual({
      uri: "https://github.com/login/device",
      external: true,
    });
    session.fake.endSignIn({ user: "octocat" });
    expect(await finished).toEqual({ status: "OK", user: "octocat" });
  });

  test("signInWithDeviceFlow tells the code, and answers when it has been entered", async () => {
    const { client, fake } = await openLspSession();
    const finished = client.request("signInWithDeviceFlow", {});
    expect(await client.waitFor("signInWithDeviceFlowProgress")).toEqual({
      userCode: "ABCD-EFGH",
      verificationUri: "https://github.com/login/device",
      expiresIn: 900,
    });
    await client.request("getVersion");
    fake.endSignIn({ user: "octocat" });
    expect(await finished).toEqual({ status: "OK", user: "octocat" });

    fake.setSignIn({ kind: "already-signed-in", user: "octocat" });
    expect(await client.request("signInWithDeviceFlow", {})).toEqual({ status: "AlreadySignedIn", user: "octocat" });
    expect(client.calls("signInWithDeviceFlowProgress")).toHaveLength(1);
  });

  test("signInWithDeviceFlow that is denied is error 1001, and can be cancelled", async () => {
    const { client, fake } = await openLspSession();
    const denied = client.request("signInWithDeviceFlow", {});
    await client.waitFor("signInWithDeviceFlowProgress");
    await client.request("getVersion");
    fake.endSignIn(new CopilotError("sign-in-denied", "The sign-in was denied."));
    await expect(denied).rejects.toMatchObject({ code: 1001 });
    const cancelled = client.send("signInWithDeviceFlow", {});
    await client.request("getVersion");
    cancelled.cancel();
    await expect(cancelled.answer).rejects.toMatchObject({ code: -32800 });
  });

  test("signInConfirm waits without opening anything where the editor cannot", async () => {
    const session = await openLspSession();
    await session.client.request("signInInitiate", {});
    const finished = session.client.request("signInConfirm", { userCode: "ABCD-EFGH" });
    await session.client.request("getVersion");
    session.fake.endSignIn({ user: "octocat" });
    expect(await finished).toEqual({ status: "OK", user: "octocat" });
    expect(session.client.calls("window/showDocument")).toEqual([]);
  });

  test.each(["sign-in-denied", "sign-in-expired", "sign-in-failed"] as const)("%s is error 1001", async (code) => {
    const session = await openLspSession();
    await session.client.request("signIn", {});
    const finished = session.client.request("signInConfirm", {});
    await session.client.request("getVersion");
    session.fake.endSignIn(new CopilotError(code, "The code has expired."));
    await expect(finished).rejects.toMatchObject({ code: 1001, message: "DeviceFlowError: The code has expired." });
  });

  test("to finish what was never begun is refused, unless somebody is signed in", async () => {
    const session = await openLspSession();
    expect(await session.client.request("signInConfirm", {})).toEqual({ status: "OK", user: "octocat" });
    session.fake.setAccount({ kind: "signed-out" });
    await expect(session.client.request("signInConfirm", {})).rejects.toMatchObject({
      code: -32600,
      message: "No pending sign in",
    });
    await expect(run(session, "github.copilot.finishDeviceFlow")).rejects.toMatchObject({ code: -32600 });
    session.fake.setAccount({ kind: "not-needed", name: "ollama at 127.0.0.1:11434", inPlaceOf: "signed-out" });
    await expect(session.client.request("signInConfirm", {})).rejects.toMatchObject({ code: -32600 });
    session.fake.setAccount({ kind: "not-needed", name: "ollama at 127.0.0.1:11434" });
    expect(await session.client.request("signInConfirm", {})).toMatchObject({ status: "OK" });
  });

  test("a cancelled wait is answered at once, and the flow goes on", async () => {
    const session = await openLspSession();
    await session.client.request("signIn", {});
    const waiting = session.client.send("signInConfirm", {});
    waiting.cancel();
    await expect(waiting.answer).rejects.toMatchObject({ code: -32800 });
    expect(session.fake.signInsCancelled()).toBe(0);
  });

  test.each([
    [
      { kind: "signed-in", source: "store", user: "octocat" },
      { status: "OK", user: "octocat" },
    ],
    [
      { kind: "signed-in", source: "store" },
      { status: "OK", user: "" },
    ],
    [{ kind: "signed-out" }, { status: "NotSignedIn" }],
    [
      { kind: "not-authorized", source: "store", user: "octocat", message: "No seat." },
      { status: "NotAuthorized", user: "octocat" },
    ],
  ] as const)("checkStatus of %j is %j", async (account, status) => {
    const { client, fake } = await openLspSession();
    fake.setAccount(account);
    expect(await client.request("checkStatus", { options: { localChecksOnly: true } })).toEqual(status);
  });

  test("signOut signs out", async () => {
    const { client } = await openLspSession();
    expect(await client.request("signOut", {})).toEqual({ status: "NotSignedIn" });
    expect(await client.request("checkStatus", {})).toEqual({ status: "NotSignedIn" });
  });
});

describe("by command, for editors that have no part for it", () => {
  test("URL and code come as a message and in the log, the answer comes at once, and the end by a message", async () => {
    const session = await openLspSession();
    expect(await run(session, "copilot.signIn")).toEqual(prompt);
    expect(messages(session)).toEqual([{ type: 3, message: text }]);
    expect(session.client.calls("window/logMessage")).toEqual([{ type: 3, message: text }]);
    expect(session.client.calls("window/showMessageRequest")).toEqual([]);
    session.fake.endSignIn({ user: "octocat" });
    await session.client.waitFor("window/showMessage", ({ message }: { message: string }) =>
      message.startsWith("Signed in as octocat."),
    );
  });

  test.each([
    ["opens it, and the code stays on screen", { success: true }, { type: 3, message: text }],
    [
      "cannot, as over SSH: address and code are shown again, with what failed",
      { success: false },
      { type: 2, message: `${text}\nThe editor could not open a browser.` },
    ],
  ])("the person is asked once, picks the browser, and the editor %s", async (_how, answer, message) => {
    const session = await openLspSession({ params: { capabilities: asks } });
    session.client.handle("window/showMessageRequest", () => ({ title: "Open in browser" }));
    session.client.handle("window/showDocument", () => answer);
    await run(session, "copilot.signIn");
    expect(await session.client.waitFor("window/showDocument")).toMatchObject({ external: true });
    expect(session.client.calls("window/showMessageRequest")).toEqual([
      { type: 3, message: text, actions: [{ title: "Open in browser" }, { title: "Cancel" }] },
    ]);
    await eventually(() => expect(messages(session)).toEqual([message]));
  });

  test("an editor that opens no pages is not asked whether to", async () => {
    const capabilities = { window: { showMessage: { messageActionItem: {} } } };
    const session = await openLspSession({ params: { capabilities } });
    session.client.handle("window/showMessageRequest", () => null);
    await run(session, "copilot.signIn");
    expect(await session.client.waitFor("window/showMessageRequest")).toMatchObject({ actions: [{ title: "Cancel" }] });
  });

  test("a browser that cannot be opened for a client that shows the code itself is told the same", async () => {
    const session = await openLspSession({ params: { capabilities: asks } });
    session.client.handle("window/showDocument", () => ({ success: false }));
    await session.client.request("signIn", {});
    const finished = run(session, "github.copilot.finishDeviceFlow");
    expect(await session.client.waitFor("window/showMessage")).toEqual({
      type: 2,
      message: `${text}\nThe editor could not open a browser.`,
    });
    session.fake.endSignIn({ user: "octocat" });
    await finished;
  });

  test("the question ends with the sign-in, and an answer after that does nothing", async () => {
    const session = await openLspSession({ params: { capabilities: asks } });
    let pick: (picked: unknown) => void = () => undefined;
    session.client.handle("window/showMessageRequest", () => new Promise((resolve) => (pick = resolve)));
    await run(session, "copilot.signIn");
    const question = await session.client.waitForMessage(({ method }) => method === "window/showMessageRequest");
    session.fake.endSignIn({ user: "octocat" });
    expect(await session.client.waitFor("$/cancelRequest")).toEqual({ id: question.id });
    for (const title of ["Cancel", "Open in browser"]) pick({ title });
    await session.client.request("getVersion");
    await session.client.request("getVersion");
    expect(session.fake.signInsCancelled()).toBe(0);
    expect(session.client.calls("window/showDocument")).toEqual([]);
    expect(messages(session)).toEqual([{ type: 3, message: "Signed in as octocat." }]);
  });

  test("the person can cancel", async () => {
    const session = await openLspSession({ params: { capabilities: asks } });
    session.client.handle("window/showMessageRequest", () => ({ title: "Cancel" }));
    await run(session, "copilot.signIn");
    await session.client.waitFor("window/showMessage", ({ message }: { message: string }) => /cancelled/.test(message));
    expect(session.fake.signInsCancelled()).toBe(1);
  });

  test("dismissing the question leaves the flow as it is", async () => {
    const session = await openLspSession({ params: { capabilities: asks } });
    session.client.handle("window/showMessageRequest", () => null);
    await run(session, "copilot.signIn");
    session.fake.endSignIn({ user: "octocat" });
    await session.client.waitFor("window/showMessage", ({ message }: { message: string }) => /Signed in/.test(message));
    expect(session.fake.signInsCancelled()).toBe(0);
  });

  test("where the question is refused address and code come as a message", async () => {
    const session = await openLspSession({ params: { capabilities: asks } });
    session.client.handle("window/showMessageRequest", () => {
      throw new LspError({ code: -32601, message: "Method not found" });
    });
    await run(session, "copilot.signIn");
    await eventually(() => expect(messages(session)).toEqual([{ type: 3, message: text }]));
  });

  test("asked for twice, the person is led once and told the end once", async () => {
    const session = await openLspSession({ params: { capabilities: asks } });
    session.client.handle("window/showMessageRequest", () => new Promise(() => undefined));
    await run(session, "copilot.signIn");
    await run(session, "copilot.signIn");
    session.fake.endSignIn({ user: "octocat" });
    await session.client.waitFor("window/showMessage", ({ message }: { message: string }) => /Signed in/.test(message));
    await session.client.request("getVersion");
    expect(session.client.calls("window/showMessageRequest")).toHaveLength(1);
    expect(messages(session).filter((params) => /Signed in/.test(JSON.stringify(params)))).toHaveLength(1);
  });

  test("an answer to the question of an earlier flow does not cancel a later one", async () => {
    const session = await openLspSession({ params: { capabilities: asks } });
    let cancelFirst: (picked: unknown) => void = () => undefined;
    session.client.handle("window/showMessageRequest", () => new Promise((resolve) => (cancelFirst = resolve)));
    await run(session, "copilot.signIn");
    await session.client.waitFor("window/showMessageRequest");
    session.fake.endSignIn(new CopilotError("sign-in-expired", "The code has expired."));
    await session.client.waitFor("window/showMessage", ({ message }: { message: string }) => /failed/.test(message));
    const cancelEarlier = cancelFirst;
    session.fake.setSignIn({ ...deviceFlow, userCode: "WXYZ-WXYZ" } as typeof deviceFlow);
    await run(session, "copilot.signIn");
    cancelEarlier({ title: "Cancel" });
    await session.client.request("getVersion");
    await session.client.request("getVersion");
    expect(session.fake.signInsCancelled()).toBe(0);
  });

  test("a failure to begin is shown", async () => {
    const session = await openLspSession();
    session.fake.setSignIn(new CopilotError("tls", "The certificate of github.com is not trusted."));
    await expect(run(session, "copilot.signIn")).rejects.toMatchObject({ code: 1001 });
    expect(messages(session)).toEqual([
      { type: 1, message: expect.stringContaining("The certificate of github.com is not trusted.") },
    ]);
  });

  test("who is signed in already is told so", async () => {
    const session = await openLspSession();
    session.fake.setSignIn({ kind: "already-signed-in", user: "octocat" });
    expect(await run(session, "copilot.signIn")).toEqual({ status: "AlreadySignedIn", user: "octocat" });
    expect(messages(session)).toEqual([{ type: 3, message: "Signed in as octocat." }]);
  });

  test("signing out says so, and what is left in the environment", async () => {
    const session = await openLspSession();
    session.fake.setAccount({ kind: "signed-in", source: "GH_COPILOT_TOKEN", user: "octocat" });
    expect(await run(session, "copilot.signOut")).toEqual({ status: "NotSignedIn" });
    expect(messages(session)).toEqual([{ type: 2, message: expect.stringContaining("environment") }]);
  });

  test("the status is told with its state first, and answered as data", async () => {
    const session = await openLspSession();
    expect(await run(session, "copilot.status")).toMatchObject({ version: "1.2.3", account: { user: "octocat" } });
    expect(messages(session)).toEqual([
      {
        type: 3,
        message:
          "Copilot: ready. The last empty answer: filtered.\n" +
          "copilot-lsp 1.2.3. Signed in as octocat on https://github.com (token: store). Model: gpt-41-copilot. " +
          "Completions: 3 asked, 2 answered, 1 empty.",
      },
    ]);
  });

  test.each([
    ["No network.", ["Copilot: No network."]],
    [
      "The host api.github.com cannot be reached from here: getaddrinfo EAI_AGAIN api.github.com",
      [
        "Copilot: The host api.github.com cannot be reached from here:…",
        "Copilot: The host api.github.com cannot be reached from here: getaddrinfo EAI_AGAIN api.github.com",
      ],
    ],
    [`https://${"x".repeat(100)}`, [`Copilot: https://${"x".repeat(52)}…`, `Copilot: https://${"x".repeat(100)}`]],
  ])("a status for a person fits a narrow screen in its first line: %s", async (message, lines) => {
    const session = await openLspSession();
    session.fake.setStatus({ kind: "Warning", busy: false, reason: "offline", message });
    await run(session, "copilot.status");
    const [shown] = messages(session) as readonly { readonly message: string }[];
    expect(shown?.message.split("\n").slice(0, -1)).toEqual(lines);
    expect(lines[0]?.length).toBeLessThanOrEqual(70);
  });

  test("debug/diagnostics answers the status as Markdown", async () => {
    const { client } = await openLspSession({ params: { clientInfo: { name: "Ed", version: "2" }, capabilities: {} } });
    const { report } = await client.request<{ report: string }>("debug/diagnostics", {});
    expect(report).toMatch(/^## copilot-lsp\n- Editor: Ed 2\n/);
    expect(report).toContain("\n- Copilot: ready.");
  });

  test("words from outside come without control characters and without what turns their direction", async () => {
    const session = await openLspSession();
    const evil = "No\u001b[31m ne\u009btwork\u202e.\u2066 See\u0007 https://e.example/\u200e\u0000x";
    const clean = "No[31m network. See https://e.example/x";
    session.fake.setStatus({ kind: "Warning", busy: false, reason: "offline", message: evil });
    await run(session, "copilot.status");
    expect(await session.client.waitFor("didChangeStatus", ({ kind }: { kind: string }) => kind === "Warning")).toEqual(
      {
        kind: "Warning",
        busy: false,
        message: clean,
      },
    );
    expect(JSON.stringify([messages(session), session.client.calls("window/logMessage")])).not.toMatch(
      /\\u00(0[0-8bcef]|1)|[\u007f-\u009f\u200e\u202e\u2066]/,
    );
    session.fake.setSignIn(new CopilotError("offline", evil, { advice: evil, url: evil }));
    await expect(run(session, "copilot.signIn")).rejects.toMatchObject({
      message: expect.stringContaining(clean),
      data: { advice: clean, url: clean },
    });
  });

  test.each([
    "github.copilot.didAcceptNextEditSuggestionItem",
    "github.copilot.didRejectNextEditSuggestionItem",
    "github.copilot.didIgnoreNextEditSuggestionItem",
    "github.copilot.didAcceptPanelCompletionItem",
  ])("%s is answered, and not with null", async (command) => {
    expect(await run(await openLspSession(), command)).toBe(false);
  });
});
