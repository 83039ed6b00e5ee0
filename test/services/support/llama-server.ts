// A real `llama-server` with the model of the fixtures, for one test or several.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";

const here = resolve(import.meta.dirname, "../../..");
// The benchmarks run bundled, somewhere else.
const root = existsSync(join(here, "test/services/fixtures")) ? here : process.cwd();
export const memoModel = join(root, "test/services/fixtures/memo-f16.gguf");

const found = findProgram();

/** Why the tests that need it are left out, said out loud; undefined where it is there. */
export const missingLlamaServer =
  found === undefined ? "NOT TESTED: no llama-server; test/services/prepare-llama-server.sh brings one" : undefined;
if (missingLlamaServer !== undefined) process.stderr.write(`${missingLlamaServer}\n`);

function findProgram(): string | undefined {
  const named = process.env["LLAMA_SERVER"] ?? join(root, ".cache/llama-server/llama-server");
  return existsSync(named) ? named : undefined;
}

export interface Slot {
  readonly id: number;
  readonly is_processing: boolean;
}

export interface LlamaServer {
  readonly url: string;
  readonly port: number;
  slots(): Promise<readonly Slot[]>;
  /** Counters of Prometheus, by name: `llamacpp:prompt_tokens_total`. */
  metrics(): Promise<ReadonlyMap<string, number>>;
  /** Ends the process at once. */
  kill(): Promise<void>;
}

/** `ready: false`: it may still be loading. */
export async function startLlamaServer(
  options: {
    readonly args?: readonly string[];
    readonly port?: number;
    readonly model?: string;
    readonly ready?: false;
  } = {},
): Promise<LlamaServer> {
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const args = ["-m", options.model ?? memoModel, "--port", String(port), "-t", "1", "--slots", "--metrics"];
  const child: ChildProcess = spawn(found ?? "", [...args, ...(options.args ?? ["-np", "1"])], { stdio: "ignore" });
  const exited = new Promise<void>((settle) => child.once("exit", () => settle()));
  const read = async (path: string): Promise<Response> => fetch(url + path);
  if (options.ready !== false) {
    for (;;) {
      const isReady = await read("/health").then(
        ({ ok }) => ok,
        () => false,
      );
      if (isReady) break;
      if (child.exitCode !== null) throw new Error("llama-server ended before it was ready");
      await new Promise((settle) => setTimeout(settle, 30));
    }
  }
  return {
    url,
    port,
    slots: async () => (await (await read("/slots")).json()) as readonly Slot[],
    async metrics() {
      const lines = (await (await read("/metrics")).text()).split("\n").filter((line) => !line.startsWith("#"));
      return new Map(
        lines.map((line): [string, number] => {
          const [name = "", value = ""] = line.split(" ");
          return [name, Number(value)];
        }),
      );
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

export function freePort(): Promise<number> {
  return new Promise((settle) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => settle(port));
    });
  });
}
