import { expect, test } from "vitest";
import { openLspSession, startLspSession } from "./support/session.ts";
import { eventually } from "../support/eventually.ts";

const pulls = { workspace: { configuration: true } };

test("settings in initializationOptions are in force before anything is written, and once", async () => {
  const { client, applied, appliedFirst } = await openLspSession({
    params: {
      capabilities: {},
      initializationOptions: { "copilot-lsp": { completion: { languages: { markdown: true } } }, http: { proxy: "" } },
    },
  });
  await client.request("checkStatus");
  expect(applied).toEqual([{ "completion.languages": { markdown: true } }]);
  expect(appliedFirst()).toBe(1);
});

test("settings need no core: they are applied while it opens, and what is refused is told after the answer", async () => {
  const { client, applied, setProblems } = startLspSession({ openCore: () => new Promise(() => undefined) });
  setProblems([{ key: "completion.lines", message: "editor: completion.lines takes auto, one or block" }]);
  await client.initialize({
    capabilities: {},
    initializationOptions: { "copilot-lsp": { "completion.lines": "two" } },
  });
  expect(client.received[0]?.method).toBeUndefined();
  await client.waitFor("window/showMessage");
  client.notify("workspace/didChangeConfiguration", { settings: { "copilot-lsp": { "completion.lines": "one" } } });
  await client.request("getVersion");
  expect(applied).toEqual([{ "completion.lines": "two" }, { "completion.lines": "one" }]);
  expect(client.calls("window/showMessage")).toHaveLength(1);
});

test("the official server's configuration becomes our settings; what it leaves empty says nothing", async () => {
  const { client, applied } = await openLspSession();
  client.notify("workspace/didChangeConfiguration", {
    settings: {
      http: { proxy: "http://proxy:3128", proxyStrictSSL: false, noProxy: ["a", "b"] },
      "github-enterprise": { uri: "https://octo.ghe.com" },
      github: { copilot: { selectedCompletionModel: "gpt-4o-copilot" } },
      telemetry: { telemetryLevel: "all" },
      "copilot-lsp": { "http.port": 0, completion: { lines: "one" }, upstream: { proxy: "http://own:1" } },
    },
  });
  await client.request("checkStatus");
  expect(applied.at(-1)).toEqual({
    "upstream.proxy": "http://own:1",
    "upstream.strictTls": false,
    "upstream.noProxy": "a,b",
    "github.uri": "https://octo.ghe.com",
    "completion.model": "gpt-4o-copilot",
    "http.port": 0,
    "completion.lines": "one",
  });
});

test.each([
  ["nested", { http: { proxy: "http://p:1", noProxy: "a" }, "github-enterprise": { uri: "https://octo.ghe.com" } }],
  ["flat", { "http.proxy": "http://p:1", "http.noProxy": ["a"], "github-enterprise.uri": "https://octo.ghe.com" }],
])("official settings are understood %s", async (_how, settings) => {
  const { client, applied } = await openLspSession();
  client.notify("workspace/didChangeConfiguration", { settings });
  await client.request("checkStatus");
  expect(applied.at(-1)).toEqual({
    "upstream.proxy": "http://p:1",
    "upstream.noProxy": "a",
    "github.uri": "https://octo.ghe.com",
  });
});

test.each([
  { github: { copilot: { selectedCompletionModel: "m" } } },
  { "github.copilot": { selectedCompletionModel: "m" } },
  { github: { "copilot.selectedCompletionModel": "m" } },
  { "github.copilot.selectedCompletionModel": "m" },
])("the model that was selected is understood in %j", async (settings) => {
  const { client, applied } = await openLspSession();
  client.notify("workspace/didChangeConfiguration", {
    settings: { ...settings, telemetry: { telemetryLevel: "all" } },
  });
  await client.request("checkStatus");
  expect(applied.at(-1)).toEqual({ "completion.model": "m" });
});

test.each([
  [{ disabledLanguages: [{ languageId: "md" }, "yaml"] }, { markdown: false, yaml: false }],
  [{ disabledLanguages: [] }, {}],
  [{ github: { copilot: { enable: { "*": true, plaintext: false, odd: "x" } } } }, { "*": true, plaintext: false }],
])("languages that a plugin turns off are the only ones that are off: %j", async (settings, languages) => {
  const { client, applied } = await openLspSession();
  client.notify("workspace/didChangeConfiguration", { settings: { ...settings, enableAutoCompletions: true } });
  await client.request("checkStatus");
  expect(applied.at(-1)).toEqual({ "completion.languages": languages });
});

test("settings are asked for where the client answers, at the start and whenever it says they changed", async () => {
  const session = await openLspSession({ params: { capabilities: pulls } });
  let lines = "one";
  session.client.handle("workspace/configuration", () => [
    { completion: { lines } },
    { selectedCompletionModel: "m" },
    null,
    { proxy: "" },
  ]);
  session.client.notify("workspace/didChangeConfiguration", { settings: null });
  await eventually(() =>
    expect(session.applied.at(-1)).toEqual({ "completion.lines": "one", "completion.model": "m" }),
  );
  expect(session.client.calls("workspace/configuration")[0]).toEqual({
    items: [
      { section: "copilot-lsp" },
      { section: "github.copilot" },
      { section: "github-enterprise" },
      { section: "http" },
    ],
  });
  lines = "block";
  session.client.notify("workspace/didChangeConfiguration", {});
  await eventually(() => expect(session.applied.at(-1)).toMatchObject({ "completion.lines": "block" }));
});

test("settings that are the same as before are not put in force again", async () => {
  const { client, applied } = await openLspSession();
  const settings = { "copilot-lsp": { "completion.lines": "one" } };
  for (let times = 0; times < 3; times += 1) client.notify("workspace/didChangeConfiguration", { settings });
  await client.request("checkStatus");
  expect(applied.filter((entry) => "completion.lines" in entry)).toHaveLength(1);
});

test("a client that does not say so is neither asked nor registered with", async () => {
  const { client } = await openLspSession();
  await client.request("checkStatus");
  expect(client.received.filter(({ method, id }) => method !== undefined && id !== undefined)).toEqual([]);
});

test("changes are registered for where the client wants that", async () => {
  const { client } = await openLspSession({
    params: { capabilities: { workspace: { didChangeConfiguration: { dynamicRegistration: true } } } },
  });
  expect(await client.waitFor("client/registerCapability")).toMatchObject({
    registrations: [
      {
        method: "workspace/didChangeConfiguration",
        registerOptions: { section: ["copilot-lsp", "github.copilot", "github-enterprise", "http"] },
      },
    ],
  });
});

test("a setting that is refused is told once, and again only in other words", async () => {
  const { client, setProblems } = await openLspSession();
  setProblems([{ key: "completion.lines", message: "editor: completion.lines takes auto, one or block" }]);
  for (const lines of ["two", "three"]) {
    client.notify("workspace/didChangeConfiguration", { settings: { "copilot-lsp": { completion: { lines } } } });
  }
  await client.request("checkStatus");
  expect(client.calls("window/showMessage")).toEqual([
    { type: 2, message: "copilot-lsp: editor: completion.lines takes auto, one or block." },
  ]);
});

test("notifyChangeConfiguration, of older plugins, is the same and answered", async () => {
  const { client, applied } = await openLspSession();
  const settings = { http: { proxy: "http://p:1" } };
  expect(await client.request("notifyChangeConfiguration", { settings })).toBe("OK");
  await client.request("checkStatus");
  expect(applied.at(-1)).toEqual({ "upstream.proxy": "http://p:1" });
});

test("what older plugins say in setEditorInfo counts, and what is said later goes before it", async () => {
  const { client, applied } = await openLspSession();
  const info = {
    editorInfo: { name: "Vim", version: "9" },
    editorConfiguration: { enableAutoCompletions: true, disabledLanguages: ["yaml"] },
    networkProxy: { host: "proxy", port: 3128, username: "me", password: "a:b", rejectUnauthorized: false },
    authProvider: { url: "https://octo.ghe.com" },
  };
  expect(await client.request("setEditorInfo", info)).toBe("OK");
  await client.request("checkStatus");
  const told = {
    "upstream.proxy": "http://me:a%3Ab@proxy:3128",
    "upstream.strictTls": false,
    "github.uri": "https://octo.ghe.com",
    "completion.languages": { yaml: false },
  };
  expect(applied.at(-1)).toEqual(told);
  client.notify("workspace/didChangeConfiguration", { settings: { "http.proxy": "http://other:1" } });
  await client.request("checkStatus");
  expect(applied.at(-1)).toEqual({ ...told, "upstream.proxy": "http://other:1" });
});
