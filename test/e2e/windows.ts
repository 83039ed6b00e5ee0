// Editors' windows on one machine, each with a process of its own, and who of them has the port.

import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { request } from "node:http";
import { eventually } from "../support/eventually.ts";
import type { SpawnedLspServer } from "../support/lsp-client.ts";
import type { Machine } from "./bridge.ts";

export const uri = "file:///project/numbers.py";
export const text = "def multiply(left, right):\n\n";

export interface Window {
  readonly editor: SpawnedLspServer;
  isKilled: boolean;
}

/** One question on a connection of its own, as a script asks. */
export function ask(machine: Machine, path: string, body?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request(`${machine.url}${path}`, { method: body === undefined ? "GET" : "POST", agent: false });
    asking.on("error", reject);
    asking.on("response", (answer) => {
      let received = "";
      answer.on("error", reject);
      answer.on("data", (chunk: Buffer) => {
        received += chunk.toString();
      });
      answer.on("end", () =>
        answer.statusCode === 200 ? resolve(received) : reject(new Error(`${answer.statusCode}: ${received}`)),
      );
    });
    asking.end(body);
  });
}

export async function holderPid(machine: Machine): Promise<number> {
  return (JSON.parse(await ask(machine, "/health")) as { readonly pid: number }).pid;
}

/** The first answer of a port that is about to be served. */
export function nextHolderPid(machine: Machine): Promise<number> {
  return eventually(() => holderPid(machine));
}

export async function openWindow(machine: Machine): Promise<Window> {
  const editor = machine.edit({ env: { COPILOT_LSP_LOG_LEVEL: "info", COPILOT_LSP_GOVERNOR_TYPING_BURST: "0" } });
  await editor.initialize();
  editor.open(uri, text, { languageId: "python" });
  await editor.inlineCompletion(uri, { line: 1, character: 0 }).answer;
  return { editor, isKilled: false };
}

/** The processes that listen on the port, by the kernel's table: Linux only. */
export function listeners(machine: Machine, windows: readonly Window[]): readonly number[] {
  const hexPort = machine.port.toString(16).padStart(4, "0").toUpperCase();
  const inodes = new Set(
    readFileSync("/proc/net/tcp", "latin1")
      .split("\n")
      .map((line) => line.trim().split(/ +/))
      .filter(([, local = "", , state]) => local.endsWith(`:${hexPort}`) && state === "0A")
      .map((row) => `socket:[${row[9]}]`),
  );
  // More than one row is more than one listener, whoever it belongs to.
  const found = windows.flatMap(({ editor }) => {
    const { pid } = editor.process;
    if (pid === undefined) return [];
    try {
      const folder = `/proc/${pid}/fd`;
      return readdirSync(folder).some((file) => inodes.has(linkOf(`${folder}/${file}`))) ? [pid] : [];
    } catch {
      return [];
    }
  });
  return inodes.size > found.length ? [...found, ...Array<number>(inodes.size - found.length).fill(0)] : found;
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
