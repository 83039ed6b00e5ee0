// A program of its own that asks the keychain of Linux or Windows once: one JSON line in, one out. The calls of the
// library block their thread, for two seconds or until a person has answered a prompt; this process may be killed.

import { createRequire } from "node:module";

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

const input: Buffer[] = await process.stdin.toArray();
process.stdout.write(JSON.stringify(answer(JSON.parse(Buffer.concat(input).toString("utf8")) as HelperRequest)));
