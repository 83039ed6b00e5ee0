// A program of its own that asks the keychain of Linux or Windows once: one JSON line in, one out. The calls of the
// library block their thread, for two seconds or until a person has answered a prompt; this process may be killed. They
// have a thread of their own here, so that the program ends with its input, which the one that started it holds open.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

export interface HelperRequest {
  readonly operation: "read" | "write" | "erase";
  readonly service: string;
  readonly account: string;
  readonly secret?: string;
}

export type HelperReply =
  | { readonly kind: "done"; readonly secret?: string }
  | {
      readonly kind: "failed";
      readonly code: "locked" | "unavailable" | "no-library";
      readonly message: string;
    };

interface Entry {
  getPassword(): string | null;
  setPassword(password: string): void;
  deletePassword(): boolean;
}
type EntryClass = new (service: string, account: string, options: object) => Entry;

function answer(request: HelperRequest): HelperReply {
  let Entry: EntryClass;
  try {
    ({ Entry } = createRequire(import.meta.url)("@napi-rs/keyring") as { Entry: EntryClass });
  } catch {
    return { kind: "failed", code: "no-library", message: "" };
  }
  try {
    // Without the pin the library falls back, unsaid, to the kernel's keyring, which a restart empties.
    const entry = new Entry(request.service, request.account, { linux: { store: "secret-service" } });
    if (request.operation === "write") entry.setPassword(request.secret ?? "");
    else if (request.operation === "erase") entry.deletePassword();
    else return { kind: "done", secret: entry.getPassword() ?? undefined };
    return { kind: "done" };
  } catch (error) {
    const message = (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
    return { kind: "failed", code: /dismissed|locked/i.test(message) ? "locked" : "unavailable", message };
  }
}

if (isMainThread) {
  createInterface({ input: process.stdin }).once("line", (line) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: line });
    worker.once("message", (reply: string) => {
      process.stdout.write(reply);
      // Nothing else keeps it.
      process.stdin.destroy();
    });
  });
  // A thread that is blocked lets no process end by itself.
  process.stdin.once("end", () => process.kill(process.pid, "SIGKILL"));
} else {
  // It is no window's.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  parentPort?.postMessage(JSON.stringify(answer(JSON.parse(String(workerData)) as HelperRequest)));
}
