// The stand-in that a demo runs on.

import { formatSignIn, storeKey } from "../auth/stored-sign-in.ts";
import type { SecretStore } from "../auth/types.ts";
import { createMemorySecretStore } from "../config/memory-secret-store.ts";
import { Secret } from "../runtime/secret.ts";

export interface Demo {
  readonly url: string;
  readonly store: SecretStore;
  close(): Promise<void>;
}

/** Throws when the stand-in cannot listen. */
export async function startDemo(): Promise<Demo> {
  const { startEmulator } = await import("../emulator/emulator.ts");
  const emulator = await startEmulator({ approval: "at-once" });
  emulator.setDeviceFlow({ intervalSeconds: 1 });
  const key = storeKey(emulator.url);
  const signIn = formatSignIn(key, { token: new Secret(emulator.githubToken), user: "octocat" });
  return { url: emulator.url, store: createMemorySecretStore({ [key]: signIn }), close: () => emulator.close() };
}
