// Sign-in, with where tokens are kept and what a demo has in their place.

import { watch } from "node:fs";
import { join } from "node:path";
import { createAuth } from "../auth/auth.ts";
import type { Auth, Keychain, SecretStore } from "../auth/types.ts";
import { homeFolder, secretFolderName, singleSecretFileName } from "../config/paths.ts";
import { createSecretStore } from "../config/secret-store.ts";
import type { Upstream } from "../upstream/types.ts";
import type { AssemblyInputs } from "./assembly-inputs.ts";

export function openSecretStore({ clock, log, folder }: AssemblyInputs): SecretStore {
  return createSecretStore(
    { clock, log, watch },
    { folder: join(folder, secretFolderName), singleFile: join(folder, singleSecretFileName) },
  );
}

export function openAuth(
  inputs: AssemblyInputs & {
    readonly upstream: Upstream;
    readonly store: SecretStore;
    readonly readText: (path: string) => Promise<string>;
    /** Aborted when the keychain is to be let go. */
    readonly ending: AbortSignal;
  },
): Auth {
  const { clock, log, demo, config, environment, platform, program, folder, upstream, store, ending } = inputs;
  const loadKeychain = async (): Promise<Keychain> => {
    const { openKeychain } = await import("../config/keychain/open-keychain.ts");
    const secrets = join(folder, secretFolderName);
    return openKeychain({ clock, platform, environment, program, folder: secrets, signal: ending });
  };
  return createAuth(
    {
      clock,
      log,
      github: upstream.github,
      store,
      loadKeychain: demo ? undefined : loadKeychain,
      keychainLimits: inputs.keychainLimits,
      storeSource: demo ? "demo" : "store",
      account: inputs.binding?.account,
      environment: demo ? {} : environment,
      random: Math.random,
      places: { homeFolder: homeFolder(environment), platform, readFile: inputs.readText },
    },
    () => {
      const settings = config.settings();
      return { clientId: settings["auth.clientId"], storage: settings["auth.storage"] };
    },
  );
}
