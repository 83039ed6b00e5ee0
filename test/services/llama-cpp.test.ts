// The built program with a real llama-server and a real, tiny model: nothing in between is made up.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Machine, openMachine } from "../e2e/bridge.ts";
import type { LspClient } from "../support/lsp-client.ts";
import { eventually } from "../support/eventually.ts";
import { freePort, type LlamaServer, missingLlamaServer, startLlamaServer } from "./support/llama-server.ts";

const uri = "file:///project/numbers.py";

let machine: Machine;

const settingsFor = (url: string, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  COPILOT_LSP_SERVICE_KIND: "llama.cpp",
  COPILOT_LSP_SERVICE_URL: url,
  COPILOT_LSP_SERVICE_TEMPLATE: "qwen",
  ...more,
});

async function openEditor(env: Readonly<Record<string, string>>): Promise<LspClient> {
  const editor = machine.edit({ env });
  await editor.initialize({
    processId: process.pid,
    clientInfo: { name: "Neovim", version: "0.12.4" },
    rootUri: "file:///project",
    workspaceFolders: [{ uri: "file:///project", name: "project" }],
    capabilities: {},
  });
  return editor;
}

/** A context as of a real model, and no end of an answer but that of its bound. */
const endless = ["-c", "8192", "--override-kv", "llama.context_length=int:8192", "--ignore-eos"];

interface Items {
  readonly items: readonly { readonly insertText: string }[];
}

async function textsAt(editor: LspClient, line: number, character: number, extra?: object): Promise<readonly string[]> {
  const { items } = await editor.inlineCompletion<Items>(uri, { line, character }, extra).answer;
  return items.map(({ insertText }) => insertText);
}

beforeEach(async () => {
  machine = await openMachine();
});

afterEach(() => machine.close());

describe.skipIf(missingLlamaServer !== undefined)("a real llama-server", () => {
  let server: LlamaServer;

  beforeAll(async () => {
    server = await startLlamaServer();
  });

  afterAll(() => server.kill());

  test("answers in the editor and over HTTP, and GitHub hears nothing", async () => {
    const editor = await openEditor(settingsFor(server.url));
    expect(await editor.request("checkStatus", {})).toEqual({
      status: "OK",
      user: `llama.cpp at 127.0.0.1:${server.port}`,
    });
    expect(await editor.request("signIn", {})).toMatchObject({ status: "AlreadySignedIn" });
    editor.open(uri, "import os\n\ndef add(a, b):\n    \n\nprint(add(1, 2))\n");
    expect(await textsAt(editor, 3, 4)).toEqual(["    return a + b"]);
    const models = await editor.request<readonly { id: string }[]>("copilot/models", {});
    expect(models.map(({ id }) => id)).toEqual(["memo-f16.gguf"]);
    await eventually(async () => {
      const response = await fetch(machine.url, {
        method: "POST",
        body: JSON.stringify({ prompt: "function add(a, b) {\n  ", language: "javascript" }),
      });
      expect(await response.text()).toBe("return a + b;");
    });
    expect(machine.emulator.calls).toEqual([]);
  });

  test("answers exactly in each layout: the end of a file, a line begun, text below, the server's own words", async () => {
    const editor = await openEditor(settingsFor(server.url));
    editor.open(uri, "def add(a, b):\n    ");
    expect(await textsAt(editor, 1, 4)).toEqual(["    return a + b"]);
    editor.change(uri, 2, "def subtract(a, b):\n    ret\n\nprint(subtract(1, 2))\n");
    expect(await textsAt(editor, 1, 7)).toEqual(["    return a - b"]);
    const own = await openEditor(settingsFor(server.url, { COPILOT_LSP_SERVICE_TEMPLATE: "server" }));
    own.open(uri, "import os\n\ndef add(a, b):\n    \n\nprint(add(1, 2))\n");
    expect(await textsAt(own, 3, 4)).toEqual(["    return a + b"]);
  });

  test("answers exactly with a piece of another file in the prompt", async () => {
    const editor = await openEditor(settingsFor(server.url));
    editor.open("file:///project/sums.py", "def total(a, b):\n    return total\n");
    editor.open(uri, "def total():\n    pass\n\ndef add(a, b):\n    \n");
    expect(await textsAt(editor, 4, 4)).toEqual(["    return a + b"]);
    const at = { textDocument: { uri }, position: { line: 4, character: 4 } };
    const { body } = await editor.request<{ body: { prompt: string } }>("copilot/prompt", at);
    expect(body.prompt).toContain("sums.py");
  });

  test("a text far longer than the model's context is cut until it fits", async () => {
    const editor = await openEditor(settingsFor(server.url));
    editor.open(uri, `${"x = 1  # a line that fills the context\n".repeat(200)}\ndef add(a, b):\n    \n`);
    expect(await textsAt(editor, 202, 4)).toEqual(["    return a + b"]);
  });

  test("the demo shows a real model at work", async () => {
    const { code, stdout } = await machine.run(["demo", "--once", "--service", "llama.cpp"], {
      env: settingsFor(server.url),
    });
    expect(code).toBe(0);
    expect(stdout).toContain("  +     return a + b\n");
    expect(stdout).toContain("  +     return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)\n");
    expect(machine.emulator.calls).toEqual([]);
  });

  test("a model of no known family is not guessed at, and the message names the setting", async () => {
    const { code, stderr } = await machine.run(["complete", "--language", "python", "-"], {
      stdin: "def add(a, b):\n    ",
      env: settingsFor(server.url, { COPILOT_LSP_SERVICE_TEMPLATE: "" }),
    });
    expect(code).toBe(2);
    expect(stderr).toContain("Set service.template to its family: qwen,");
  });

  test("words of the template in the text do not end the prompt", async () => {
    const editor = await openEditor(settingsFor(server.url));
    editor.open(uri, "# <|fim_middle|>\ndef add(a, b):\n    \n\n<|fim_prefix|>\n");
    expect(await textsAt(editor, 2, 4)).toEqual(["    return a + b"]);
  });
});

describe.skipIf(missingLlamaServer !== undefined)("a llama-server of its own", () => {
  let server: LlamaServer | undefined;

  afterEach(async () => {
    await server?.kill();
    server = undefined;
  });

  test.each(["a program", "an editor"])(
    "stops working on an answer within 50 ms of the leaving of %s that asked",
    async (who) => {
      server = await startLlamaServer({ args: ["-np", "1", ...endless] });
      const { slots, url } = server;
      const isBusy = async (): Promise<boolean> => (await slots()).some(({ is_processing }) => is_processing);
      const editor = await openEditor(settingsFor(url, { COPILOT_LSP_COMPLETION_MAX_TOKENS: "4096" }));
      await eventually(async () => expect((await fetch(`${machine.url}/health`)).ok).toBe(true));
      // Nothing ends a block at the start of a line but its bound.
      const byProgram = (text: string): { readonly answer: Promise<unknown>; readonly leave: () => void } => {
        const leaving = new AbortController();
        const body = JSON.stringify({ prompt: text, lines: "block", max_tokens: 4096 });
        const answer = fetch(machine.url, { method: "POST", body, signal: leaving.signal }).then((one) => one.text());
        return { answer, leave: () => leaving.abort() };
      };
      const byEditor = (text: string, round: number): ReturnType<typeof byProgram> => {
        if (round === 0) editor.open(uri, text);
        else editor.change(uri, round + 1, text);
        const asked = editor.inlineCompletion(uri, { line: 1, character: 0 }, { context: { triggerKind: 1 } });
        return { answer: asked.answer, leave: asked.cancel };
      };
      const stoppedAfterMs: number[] = [];
      // The machine may be busy elsewhere at one moment, and not at all of them.
      for (let round = 0; round < 20 && Math.min(...stoppedAfterMs) >= 50; round += 1) {
        const text = `number = ${round + 3}\n`;
        const { answer, leave } = who === "a program" ? byProgram(text) : byEditor(text, round);
        const left = expect(answer).rejects.toThrow();
        await eventually(async () => expect(await isBusy()).toBe(true));
        leave();
        await left;
        const leftMs = performance.now();
        while (await isBusy()) await new Promise((settle) => setImmediate(settle));
        stoppedAfterMs.push(performance.now() - leftMs);
      }
      expect(Math.min(...stoppedAfterMs)).toBeLessThan(50);
    },
  );

  test.each([
    ["two slots", 2, 40],
    ["one slot", 1, 400],
  ])(
    "two editors on %s get their answers, and with two of them neither undoes the other's",
    async (_what, slots, most) => {
      server = await startLlamaServer({ args: ["-np", String(slots), ...endless] });
      const { metrics, url } = server;
      const env = settingsFor(url, { COPILOT_LSP_HTTP_ENABLED: "false", COPILOT_LSP_COMPLETION_MAX_TOKENS: "4" });
      const editors = await Promise.all([openEditor(env), openEditor(env)]);
      const above = ["first", "second"].map((name) => `# ${name} ${name}\n`.repeat(20));
      for (const [index, editor] of editors.entries()) editor.open(uri, `${above[index]}x = `);
      const tokens = async (): Promise<number> => (await metrics()).get("llamacpp:prompt_tokens_total") ?? 0;
      let before = 0;
      for (let key = 0; key < 6; key += 1) {
        // Each has been asked once: from now on only what is new should cost.
        if (key === 1) before = await tokens();
        for (const [index, editor] of editors.entries()) {
          editor.change(uri, key + 2, `${above[index]}x = ${"1".repeat(key)}`);
          await editor.inlineCompletion(uri, { line: 20, character: 4 + key }, { context: { triggerKind: 1 } }).answer;
        }
      }
      expect((await tokens()) - before).toBeLessThan(10 * most);
    },
  );

  test("is waited for while it loads, and found again after it was killed", async () => {
    const port = await freePort();
    const editor = await openEditor(settingsFor(`http://127.0.0.1:${port}`));
    editor.open(uri, "def add(a, b):\n    ");
    await expect(textsAt(editor, 1, 4, { context: { triggerKind: 1 } })).rejects.toThrow("connection was refused");
    server = await startLlamaServer({ port, ready: false });
    await eventually(async () =>
      expect(await textsAt(editor, 1, 4, { context: { triggerKind: 1 } })).toEqual(["    return a + b"]),
    );
    await server.kill();
    editor.change(uri, 2, "def subtract(a, b):\n    ");
    await expect(textsAt(editor, 1, 4, { context: { triggerKind: 1 } })).rejects.toThrow(/refused|closed|could not be/);
    server = await startLlamaServer({ port });
    await eventually(async () => expect(await textsAt(editor, 1, 4)).toEqual(["    return a - b"]));
  });

  test("that is killed in the middle of an answer is said to have failed, and is asked again once it is back", async () => {
    server = await startLlamaServer({ args: ["-np", "1", ...endless] });
    const { port, slots, url } = server;
    const editor = await openEditor(settingsFor(url, { COPILOT_LSP_COMPLETION_MAX_TOKENS: "4096" }));
    await eventually(async () => expect((await fetch(`${machine.url}/health`)).ok).toBe(true));
    const body = JSON.stringify({ prompt: "x = 3\n", lines: "block", max_tokens: 4096 });
    const headers = { accept: "application/json" };
    const asked = fetch(`${machine.url}/complete`, { method: "POST", headers, body }).then((answer) => answer.text());
    await eventually(async () => expect((await slots()).some((slot) => slot.is_processing)).toBe(true));
    await server.kill();
    expect(await asked).toMatch(/"code":"(?:upstream-failed|offline)"/);
    server = await startLlamaServer({ port });
    editor.open(uri, "def add(a, b):\n    ");
    const byHand = { context: { triggerKind: 1 } };
    await eventually(async () => expect(await textsAt(editor, 1, 4, byHand)).toEqual(["    return a + b"]));
  });

  test("with a key is asked with the key, and says so where there is none or another", async () => {
    server = await startLlamaServer({ args: ["-np", "1", "--api-key", "open-sesame"] });
    const ask = (key: string) =>
      machine.run(["complete", "--language", "python", "-"], {
        stdin: "def add(a, b):\n    ",
        env: settingsFor(server?.url ?? "", { COPILOT_LSP_SERVICE_KEY: key }),
      });
    expect(await ask("open-sesame")).toMatchObject({ code: 0, stdout: "return a + b" });
    const without = await ask("");
    expect(without.stderr).toContain("wants a key (401)");
    const wrong = await ask("wrong-sesame");
    expect(wrong.stderr).toContain("does not accept the key (401)");
    expect([...machine.written().values()].join("\n")).not.toContain("sesame");
  });
});

test("this program's own listener is not taken for a service", async () => {
  const serving = machine.start(["serve"]);
  await serving.line();
  const { code, stderr } = await machine.run(["complete", "--language", "python", "-"], {
    stdin: "def add(a, b):\n    ",
    env: settingsFor(machine.url),
  });
  expect(code).toBe(2);
  expect(stderr).toContain("copilot-lsp itself");
});
