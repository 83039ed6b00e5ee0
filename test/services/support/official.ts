// A machine on which a stand-in for GitHub's language server is installed, and what that was told.

import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Machine, openMachine } from "../../e2e/bridge.ts";
import type { LspClient } from "../../support/lsp-client.ts";

const standIn = join(import.meta.dirname, "../fixtures/copilot-language-server.js");

/** What the stand-in does from its next message on. */
export interface Behaviour {
  readonly crash?: boolean;
  /** `true`: once it has answered `initialize`. */
  readonly hang?: boolean | "from the start";
  readonly old?: boolean;
  readonly signedOut?: boolean;
  /** The person has entered the code. */
  readonly approved?: boolean;
  readonly slowMs?: number;
  /** Bytes that it writes before each answer. */
  readonly garbage?: string;
  /** What it writes at the cursor. */
  readonly items?: readonly string[];
  /** The error that it answers completions with. */
  readonly refuse?: { readonly code: number; readonly message: string };
  /** `didChangeStatus` that it sends with each completion. */
  readonly status?: object;
}

export interface Told {
  readonly pid: number;
  readonly started?: boolean;
  readonly cwd?: string;
  /** Of its environment. */
  readonly names?: readonly string[];
  readonly method?: string;
  // What a message holds is the test's to say.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly params?: any;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly result?: any;
}

export interface OfficialMachine extends Machine {
  behave(behaviour: Behaviour): void;
  told(method?: string): readonly Told[];
  /** Processes of the stand-in that were started, in order. */
  processes(): readonly number[];
}

export async function openOfficialMachine(
  options: { readonly behaviour?: Behaviour; readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<OfficialMachine> {
  const environment: Record<string, string> = {};
  const machine = await openMachine({ environment });
  const folder = join(machine.home, "stand-in");
  const bin = join(machine.home, "bin");
  mkdirSync(folder);
  mkdirSync(bin);
  symlinkSync(standIn, join(bin, "copilot-language-server"));
  const added = {
    STAND_IN: folder,
    PATH: `${bin}:${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`,
    COPILOT_LSP_SERVICE_KIND: "official",
    ...options.environment,
  };
  const behave = (behaviour: Behaviour): void =>
    writeFileSync(join(folder, "behaviour.json"), JSON.stringify(behaviour));
  behave(options.behaviour ?? {});
  const told = (method?: string): readonly Told[] => {
    const file = join(folder, "told.jsonl");
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
    const all = lines.map((line) => JSON.parse(line) as Told);
    return method === undefined ? all : all.filter((one) => one.method === method);
  };
  return {
    ...machine,
    environment: { ...machine.environment, ...added },
    edit: ({ args, env } = {}) => machine.edit({ ...(args && { args }), env: { ...added, ...env } }),
    run: (args, { env, ...more } = {}) => machine.run(args, { ...more, env: { ...added, ...env } }),
    start: (args, { env } = {}) => machine.start(args, { env: { ...added, ...env } }),
    behave,
    told,
    processes: () => told().flatMap(({ started, pid }) => (started ? [pid] : [])),
  };
}

export function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
  } catch {
    return false;
  }
  // One that has ended and was not waited for yet has no command line.
  return readFileSync(`/proc/${processId}/cmdline`, "utf8") !== "";
}

export async function openEditor<T extends LspClient>(editor: T, rootUri = "file:///project"): Promise<T> {
  await editor.initialize({
    processId: process.pid,
    clientInfo: { name: "Neovim", version: "0.12.4" },
    rootUri,
    workspaceFolders: [{ uri: rootUri, name: "project" }],
    capabilities: {},
  });
  return editor;
}

export async function textsAt(
  editor: LspClient,
  uri: string,
  line: number,
  character: number,
): Promise<readonly string[]> {
  const asked = editor.inlineCompletion<{ readonly items: readonly { readonly insertText: string }[] }>(uri, {
    line,
    character,
  });
  return (await asked.answer).items.map(({ insertText }) => insertText);
}
