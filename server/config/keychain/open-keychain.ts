// The keychain of this process: the helper that was built beside the program, and one read at a time among all processes.

import { realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clock } from "../../../shared/context.ts";
import type { Keychain } from "../../auth/types.ts";
import { createKeychain } from "./keychain.ts";
import { readOneAtATime } from "./one-at-a-time.ts";

/** `program`: the interpreter and this program's file, by a link or not. `folder`: of the secrets. */
export async function openKeychain(deps: {
  readonly clock: Clock;
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly program: readonly [string, ...string[]];
  readonly folder: string;
  readonly signal: AbortSignal;
}): Promise<Keychain> {
  const { clock, platform, environment, folder, signal } = deps;
  const [interpreter, file = ""] = deps.program;
  const helper = [interpreter, join(dirname(await realpath(file)), "keychain-helper.js")];
  return readOneAtATime(createKeychain({ clock, platform, environment, helper, signal }), { clock, folder });
}
