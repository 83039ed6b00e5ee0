// The `security` program of macOS. Items that it makes it reads again without a prompt, whatever Node runs this program:
// an item made by Node is tied to that build's signature, and each update would prompt.

import type { KeychainReply, KeychainRequest } from "./request.ts";

// The last byte of the system's error numbers (SecBase.h).
const notFound = 44; // errSecItemNotFound, -25300
const locked: ReadonlyMap<number, string> = new Map([
  [36, "it may not ask for the password here"], // errSecInteractionNotAllowed, -25308
  [51, "the password was wrong"], // errSecAuthFailed, -25293
  [128, "the prompt was dismissed"], // errSecUserCanceled, -128
]);

/** The secret goes to the standard input of its interactive mode, because every user can read arguments. */
export function securityCommand(
  service: string,
  request: KeychainRequest,
): { readonly command: readonly string[]; readonly input: string } {
  const { operation, account } = request;
  const item = ["-s", service, "-a", account];
  switch (operation) {
    case "read":
      return { command: ["security", "find-generic-password", ...item, "-w"], input: "" };
    case "erase":
      return { command: ["security", "delete-generic-password", ...item], input: "" };
    case "write": {
      const words = ["add-generic-password", "-U", ...item, "-w", request.secret].map(quote);
      return { command: ["security", "-i"], input: `${words.join(" ")}\n` };
    }
  }
}

const quote = (word: string): string => `"${word.replaceAll(/["\\]/g, (sign) => `\\${sign}`)}"`;

export function readSecurityReply({ code, stdout }: { readonly code: number; readonly stdout: string }): KeychainReply {
  if (code === notFound) return { kind: "done" };
  const why = locked.get(code);
  if (why !== undefined) return { kind: "failed", code: "locked", message: why };
  if (code !== 0) return { kind: "failed", code: "unavailable", message: `\`security\` ended with ${code}` };
  const secret = stdout.replace(/\n$/, "");
  return secret === "" ? { kind: "done" } : { kind: "done", secret };
}
