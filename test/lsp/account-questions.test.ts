import { expect, test } from "vitest";
import { CopilotError } from "../../shared/errors.ts";
import type { ModelInfo, SessionReport } from "../../shared/status.ts";
import { openLspSession } from "./support/session.ts";

const report: SessionReport = {
  expiresAtMs: 2,
  refreshAtMs: 1,
  plan: "individual_pro",
  quotaResetDate: "2030-01-01",
  quotas: {
    completions: { unlimited: true, percentRemaining: 100 },
    premium_interactions: {
      unlimited: false,
      percentRemaining: 81.5,
      entitlement: 300,
      remaining: 244.5,
      overagePermitted: true,
    },
  },
  endpoints: { api: "api.example.com", proxy: "proxy.example.com" },
};
const pluginOptions = {
  editorInfo: { name: "Editor", version: "1" },
  editorPluginInfo: { name: "plugin", version: "1" },
};

test("checkQuota answers what the plan leaves, by the names that plugins know", async () => {
  const { client, fake } = await openLspSession();
  fake.setSession(report);
  expect(await client.request("checkQuota", {})).toEqual({
    completions: { unlimited: true, percentRemaining: 100 },
    premiumInteractions: {
      unlimited: false,
      percentRemaining: 81.5,
      entitlement: 300,
      remaining: 244.5,
      overagePermitted: true,
      percentUsed: 18.5,
    },
    resetDate: "2030-01-01",
    copilotPlan: "individual_pro",
  });
});

test("checkQuota is refused in the official server's words when nobody is signed in", async () => {
  const { client, fake } = await openLspSession();
  fake.setAccount({ kind: "signed-out" });
  await expect(client.request("checkQuota", {})).rejects.toMatchObject({ code: -32603, message: "Not signed in" });
});

test("an editor without a network is told what is known of the account, and no error", async () => {
  const check = () => Promise.reject(new CopilotError("offline", "github.com could not be reached."));
  const { client } = await openLspSession({
    openCore: async (core) => ({ ...core, account: { ...core.account, check } }),
  });
  expect(await client.request("checkStatus", {})).toEqual({ status: "OK", user: "octocat" });
  expect(await client.request("checkQuota", {})).toEqual({});
});

test("copilot/models lists what is for completion or chat, and marks the one that is asked", async () => {
  const { client, fake } = await openLspSession();
  const model = (id: string, kind: ModelInfo["kind"], preview = false): ModelInfo => ({
    id,
    name: id.toUpperCase(),
    vendor: "v",
    kind,
    preview,
  });
  fake.setModels([
    model("gpt-41-copilot", "completion"),
    model("new", "completion", true),
    model("talk", "chat"),
    model("vectors", "embeddings"),
    model("else", "other"),
  ]);
  expect(await client.request("copilot/models", {})).toEqual([
    { id: "gpt-41-copilot", modelName: "GPT-41-COPILOT", scopes: ["completion"], preview: false, default: true },
    { id: "new", modelName: "NEW", scopes: ["completion"], preview: true },
    { id: "talk", modelName: "TALK", scopes: ["chat-panel"], preview: false },
  ]);
});

test("copilot/models is error 1000 when nobody is signed in", async () => {
  const { client, fake } = await openLspSession();
  fake.setModels(new CopilotError("signed-out", "Nobody is signed in."));
  await expect(client.request("copilot/models", {})).rejects.toMatchObject({
    code: 1000,
    message: "Not authenticated: NotSignedIn",
  });
});

test("checkFileStatus says that a file may be sent", async () => {
  const { client } = await openLspSession();
  expect(await client.request("checkFileStatus", { uri: "file:///a.py" })).toEqual({ status: "included" });
  await expect(client.request("checkFileStatus", {})).rejects.toMatchObject({ code: -32602 });
});

test("getVersion answers version, build and runtime", async () => {
  const { client } = await openLspSession();
  expect(await client.request("getVersion", {})).toEqual({
    version: "1.2.3",
    buildType: "prod",
    runtimeVersion: `node/${process.versions.node}`,
  });
});

test("a plugin hears what the plan leaves when that is known, and again when it is another figure", async () => {
  const { client, fake } = await openLspSession({ params: { capabilities: {}, initializationOptions: pluginOptions } });
  await client.request("checkStatus");
  expect(client.calls("copilot/quotaChange")).toEqual([]);
  fake.setSession(report);
  await client.request("getVersion");
  await client.request("getVersion");
  const first = {
    completions: { percentRemaining: 100, unlimited: true, resetDate: "2030-01-01" },
    premium_interactions: {
      percentRemaining: 81.5,
      unlimited: false,
      quota: 300,
      overagePermitted: true,
      resetDate: "2030-01-01",
    },
    copilotPlan: "individual_pro",
  };
  expect(client.calls("copilot/quotaChange")).toEqual([first]);

  fake.setSession({
    ...report,
    quotas: { completions: { unlimited: false, percentRemaining: 0, entitlement: 2_000 } },
  });
  fake.setStatus({ kind: "Error", busy: false, reason: "quota", message: "Used up." });
  await client.request("checkStatus");
  expect(client.calls("copilot/quotaChange")).toEqual([
    first,
    {
      completions: { percentRemaining: 0, unlimited: false, quota: 2_000, resetDate: "2030-01-01" },
      copilotPlan: "individual_pro",
    },
  ]);
});

test.each([
  ["an editor without a plugin", {}],
  ["lsp-copilot, which warns of what it does not know", { editorPluginInfo: { name: "lsp-copilot", version: "10" } }],
])("%s does not hear of it", async (_who, initializationOptions) => {
  const { client, fake } = await openLspSession({ params: { capabilities: {}, initializationOptions } });
  fake.setSession(report);
  await client.request("checkStatus");
  await client.request("getVersion");
  expect(client.calls("copilot/quotaChange")).toEqual([]);
});

test("copilotInlineEdit has no edits to offer, never an error that a plugin would show while the person types", async () => {
  const { client } = await openLspSession();
  const params = { textDocument: { uri: "file:///a.py", version: 9 }, position: { line: 0, character: 0 } };
  expect(await client.request("textDocument/copilotInlineEdit", params)).toEqual({
    edits: [],
    reason: "unknown-document",
  });
  client.notify("textDocument/didShowInlineEdit", { item: { command: { arguments: ["x"] } } });
  await expect(client.request("textDocument/copilotInlineEdit", {})).rejects.toMatchObject({ code: -32602 });
});

test("an unknown command or method is refused in the official server's words", async () => {
  const { client } = await openLspSession();
  await expect(
    client.request("workspace/executeCommand", { command: "github.copilot.nonesuch" }),
  ).rejects.toMatchObject({
    code: -32603,
    message: "Request workspace/executeCommand failed with message: Unknown command: github.copilot.nonesuch",
  });
  await expect(client.request("auth/nonesuch", {})).rejects.toMatchObject({
    code: -32601,
    message: "Method not found: auth/nonesuch",
  });
});

test("a plugin's own failure is taken and goes nowhere but the log", async () => {
  const { client, log } = await openLspSession();
  const params = { origin: "copilot.vim", properties: { reason: "E121" }, stacktrace: "secret.c:1" };
  expect(await client.request("telemetry/exception", params)).toBe("OK");
  const lines = log.lines.filter(({ fields }) => fields?.["origin"] === "copilot.vim");
  expect(lines).toHaveLength(1);
  expect(JSON.stringify(log.lines)).not.toContain("secret.c");
});
