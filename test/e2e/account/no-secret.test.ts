// A long session of every kind, with a secret of each shape in the files and a service that repeats tokens in its refusals:
// neither a token nor a secret is in anything that was sent or written.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findTexts } from "../../support/find-texts.ts";
import { eventually } from "../../support/eventually.ts";
import type { SpawnedLspServer } from "../../support/lsp-client.ts";
import { secretExamples } from "../../support/secret-examples.ts";
import { leaks, type Machine, openMachine } from "../bridge.ts";

let machine: Machine;
/** Outside the home folder, which is searched. */
let project: string;

beforeEach(async () => {
  machine = await openMachine({ emulator: { approval: "at-once" } });
  machine.emulator.setDeviceFlow({ intervalSeconds: 1 });
  machine.emulator.setModel(({ prompt }) => [`left + right  # ${prompt.length}`]);
  project = mkdtempSync(join(tmpdir(), "copilot-lsp-project-"));
  mkdirSync(join(project, ".git"));
  writeFileSync(join(project, ".git/config"), '[remote "origin"]\n url = https://github.com/octo/cat.git\n');
});
afterEach(async () => {
  await machine.close();
  rmSync(project, { recursive: true, force: true });
});

const secrets = Object.values(secretExamples);

/** A module whose first lines hold every secret, and whose last one is where the person types. */
function moduleText(name: string): string {
  const lines = secrets.map(
    ([stays, secret, follows = ""], index) => `${name}_${index} = """${stays}${secret}${follows}"""`,
  );
  return `${lines.join("\n")}\n\n\ndef add_${name}(left, right):\n    total = `;
}

/** What of each secret must be nowhere: of those over several lines the longest one. */
const hidden = secrets.map(([, secret]) =>
  secret.split("\n").reduce((one, other) => (other.length > one.length ? other : one)),
);

async function useEditor(log: string): Promise<SpawnedLspServer> {
  const editor = machine.edit({ args: ["--log-file", log, "--log-level", "trace"] });
  await editor.initialize({
    processId: null,
    rootUri: `file://${project}`,
    capabilities: {},
    initializationOptions: {
      editorInfo: { name: "Editor", version: "1" },
      editorPluginInfo: { name: "plugin", version: "1" },
      "copilot-lsp": { edits: { enabled: "on" } },
    },
  });
  const uris = ["one", "two"].map((name) => `file://${join(project, `${name}.py`)}`);
  for (const [index, uri] of uris.entries()) editor.open(uri, moduleText(["one", "two"][index] ?? ""));
  const [uri = ""] = uris;
  const text = moduleText("one");
  const line = text.split("\n").length - 1;
  const position = { line, character: 12 };
  const textDocument = { uri };
  const doc = { uri, version: 1, position, relativePath: "one.py", insertSpaces: true, tabSize: 4 };
  await editor.inlineCompletion(uri, position).answer;
  editor.change(uri, 2, { at: position, insert: "left" });
  const typed = { line, character: 16 };
  const requests: readonly (readonly [string, object])[] = [
    ["textDocument/completion", { textDocument, position: typed }],
    ["textDocument/copilotInlineEdit", { textDocument: { uri, version: 2 }, position: typed }],
    ["textDocument/copilotPanelCompletion", { textDocument, position: typed, partialResultToken: "p" }],
    ["getCompletions", { doc: { ...doc, version: 2, position: typed } }],
    ["getCompletionsCycling", { doc: { ...doc, version: 2, position: typed } }],
    ["copilot/complete", { textDocument, position: typed, n: 3 }],
    ["copilot/prompt", { textDocument, position: typed }],
    ["copilot/models", {}],
    ["checkStatus", {}],
    ["checkQuota", {}],
    ["debug/diagnostics", {}],
    ["workspace/executeCommand", { command: "copilot.status", arguments: [] }],
    ["workspace/executeCommand", { command: "none", arguments: [] }],
  ];
  for (const [method, params] of requests) await editor.request(method, params).catch(() => undefined);
  return editor;
}

async function askOverHttp(): Promise<void> {
  await eventually(async () => expect((await machine.fetch("/health")).status).toBe(200));
  const prompt = moduleText("http");
  const post = (path: string, body: object): Promise<unknown> =>
    machine.fetch(path, { method: "POST", body: JSON.stringify(body) });
  await post("/", { prompt, language: "python" });
  await post("/", { prompt, suffix: moduleText("after"), language: "python", stream: false, n: 2 });
  await post("/", { prompt: 5 });
  await post("/v1/completions", { prompt, stream: true });
  await post("/infill", {
    input_prefix: prompt,
    input_suffix: "\n",
    input_extra: [{ filename: "x.py", text: moduleText("extra") }],
  });
  await post("/v1/fim/completions", { prompt, suffix: "\n" });
  await post("/api/generate", { model: "any", prompt });
  for (const path of ["/status", "/metrics", "/models", "/v1/models", "/props", "/nowhere"]) await machine.fetch(path);
}

/** The service fails in every way, and repeats what it was sent. */
async function fail(editor: SpawnedLspServer): Promise<void> {
  const { emulator } = machine;
  /** What requests carry: GitHub tokens and session tokens, not the codes of a sign-in. */
  const carried = (): string => emulator.tokens.filter((token) => /^(?:gh[a-z]_|tid=)/.test(token)).join(" ");
  const uri = `file://${join(project, "two.py")}`;
  let version = 1;
  for (const status of [400, 402, 403, 404, 422, 429, 466, 500, 503]) {
    const echo = `refused: ${carried()}`;
    const body = {
      message: echo,
      error: { message: echo, code: echo },
      error_details: { message: echo, url: echo, title: echo },
    };
    emulator.script("completions", { kind: "status", status, body, headers: { "x-quota-snapshot-completions": echo } });
    version += 1;
    const text = `${moduleText("two")}${version}`;
    editor.change(uri, version, text);
    const line = text.split("\n").length - 1;
    await editor.inlineCompletion(uri, { line, character: 13 }).answer.catch(() => undefined);
    await machine.fetch("/", { method: "POST", body: JSON.stringify({ prompt: `x_${status} = ` }) });
    if (status === 403) emulator.expireSessions();
  }
  for (const route of ["session-token", "copilot-user", "models"] as const) {
    const message = carried();
    emulator.script(route, { kind: "status", status: 500, body: { message, error: message } });
    await machine.run(["status"]);
    await machine.run(["doctor"]);
  }
}

test("no token and no secret is in what was sent and written over a long mixed session", async () => {
  const file = join(project, "one.py");
  writeFileSync(file, moduleText("one"));
  const position = `${file}:${moduleText("one").split("\n").length}:13`;
  const run = (...args: readonly string[]): Promise<unknown> => machine.run(args, { stdin: moduleText("stdin") });
  await run("login");
  const editor = await useEditor(join(machine.home, "bridge.log"));
  await askOverHttp();
  for (const args of [
    ["status"],
    ["status", "--json"],
    ["doctor", "--json"],
    ["config", "--json"],
    ["prompt", position],
    ["complete", position],
    ["complete", "-"],
    ["complete", "--json", "-"],
    ["login"],
    ["login", "--import"],
    ["login", "--json", "--force"],
  ])
    await run(...args);
  await fail(editor);
  await run("logout");
  await editor.shutdown();
  await editor.exited;

  const written = machine.written();
  const sent = machine.sent();
  // What is searched holds what it should.
  const all = [...written.values()].join("\n");
  expect(written.get(join(machine.home, "bridge.log"))).toContain("an editor connected");
  for (const words of ["# HELP copilot_lsp", "Signed in as octocat", "add_one", "copilot/quotaChange"])
    expect(all).toContain(words);
  const asked = [...sent.values()].join("\n");
  for (const words of ["add_http", "add_two", "add_stdin", "xxxxxx"]) expect(asked).toContain(words);
  expect(machine.emulator.callsTo("chat-completions").length).toBeGreaterThan(0);
  expect(machine.emulator.callsTo("completions").length).toBeGreaterThan(12);
  expect(machine.emulator.tokens.length).toBeGreaterThan(6);

  expect(leaks(machine)).toEqual([]);
  expect(findTexts(new Map([...written, ...sent]), hidden)).toEqual([]);
}, 180_000);
