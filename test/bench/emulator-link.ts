// The benchmarks' hold on the emulator's process: one command at a time, answered in order.

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { EmulatorCommand, Taken } from "./emulator-process.ts";

export interface EmulatorLink {
  readonly url: string;
  readonly githubToken: string;
  tell(command: Exclude<EmulatorCommand, { do: "take" }>): Promise<void>;
  take(): Promise<Taken>;
  close(): Promise<void>;
}

/** Key and certificate of one that speaks TLS are in `folder`. */
export interface BenchTls {
  readonly folder: string;
  readonly protocol: "HTTP/1.1" | "HTTP/2";
}

export async function openEmulator(outdir: string, tls?: BenchTls): Promise<EmulatorLink> {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    process.execPath,
    [`${outdir}/emulator-process.mjs`, ...(tls ? [tls.folder, tls.protocol] : [])],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async (): Promise<unknown> => {
    const line = await lines.next();
    if (line.done) throw new Error("the emulator's process has ended");
    return JSON.parse(line.value);
  };
  const { url, token } = (await read()) as { url: string; token: string };
  let last: Promise<unknown> = Promise.resolve();
  const ask = (command: EmulatorCommand): Promise<unknown> => {
    const answer = last.then(() => {
      child.stdin.write(`${JSON.stringify(command)}\n`);
      return read();
    });
    last = answer.catch(() => undefined);
    return answer;
  };
  return {
    url,
    githubToken: token,
    tell: async (command) => void (await ask(command)),
    take: async () => (await ask({ do: "take" })) as Taken,
    async close() {
      child.stdin.end();
      await once(child, "exit");
    },
  };
}
