// Which account answers for which file: the process's own, and one more for each other account that a file asks for.

import { describeError } from "../../shared/errors.ts";
import type { AccountBinding } from "../../shared/status.ts";
import type { Config } from "../config/layers.ts";
import { homeFolder } from "../config/paths.ts";
import type { ClientIdentity, Core } from "../core/types.ts";
import type { Parts } from "./parts.ts";
import type { AssemblyInputs } from "./assembly-inputs.ts";
import type { Assembly } from "./services.ts";

// An editor waits for a keychain no longer than for a slow session; the keychain is asked on behind that. A person at a
// shell may be typing the password.
export const editorKeychainLimits = { patienceMs: 1_500, signInMs: 5_000 };
export const shellKeychainLimits = { patienceMs: 10_000, signInMs: 60_000 };

export interface Opened extends Assembly {
  /** Answers for each file by the account that it is bound to, and without one by the process's own. */
  readonly byFile: Core;
  /** As `byFile`, but without a file by the account without a name. */
  readonly byPath: Core;
}

export interface Opening {
  readonly demo: boolean;
  readonly identity?: () => ClientIdentity | undefined;
  readonly config?: Config;
  /** As `AssemblyInputs.isQuiet`. */
  readonly isQuiet?: boolean;
  readonly keychainLimits?: AssemblyInputs["keychainLimits"];
  /** Whose account is the process's own. */
  readonly place?: { readonly folder?: string | undefined; readonly account?: string | undefined };
}

/** The process's own account's, and one more for each other account that a file asks for. */
export async function openAssembly(parts: Parts, opening: Opening): Promise<Opened> {
  const { log, inputs } = parts;
  const used = opening.config ?? parts.config;
  const { "auth.account": rules, "service.kind": kind } = used.settings();
  const isCopilot = kind === "copilot" && !opening.demo;
  const { account, folder: place } = opening.place ?? {};
  if (!isCopilot || (rules.length === 0 && account === undefined)) {
    const only = await openOne(parts, opening, undefined);
    return { ...only, byFile: only.core, byPath: only.core };
  }
  const [{ accountName, createFindBinding }, { createCoreByAccount }] = await Promise.all([
    import("../config/account-binding.ts"),
    import("../core/core-by-account.ts"),
  ]);
  const findBinding = createFindBinding(rules, homeFolder(inputs.environment));
  const binding = account === undefined ? findBinding(place) : { account: accountName(account) };
  const own = await openOne(parts, opening, binding);
  // A flag that names the account names it for every file.
  if (account !== undefined) return { ...own, byFile: own.core, byPath: own.core };
  const nameless = "";
  const accountOf = (file: string | undefined): string | undefined => {
    if (file === undefined) return undefined;
    const found = findBinding(file)?.account ?? nameless;
    return found === (binding?.account ?? nameless) ? undefined : found;
  };
  const bindingOf = (name: string): AccountBinding | undefined =>
    name === nameless
      ? undefined
      : { account: name, rule: rules.find((rule) => rule.toLowerCase().endsWith(`=${name}`)) };
  const opened = new Map<string, Promise<Core>>();
  const open = (name: string): Promise<Core> => {
    const core = opened.get(name) ?? openOne(parts, opening, bindingOf(name)).then(({ core: one }) => one);
    opened.set(name, core);
    core.catch(() => opened.delete(name));
    return core;
  };
  const onOpenFailed = (error: unknown): void =>
    log.error("an account could not be opened", { error: describeError(error) });
  const deps = { own: own.core, open, onOpenFailed };
  return {
    ...own,
    byFile: createCoreByAccount({ ...deps, accountOf }),
    // A program that names no file is in no folder, whichever editor has the port.
    byPath: createCoreByAccount({
      ...deps,
      accountOf: (file) => (file === undefined && binding ? nameless : accountOf(file)),
    }),
  };
}

async function openOne(
  { inputs, clock, log, config, folder, tracer, peers, onClose }: Parts,
  {
    demo,
    identity = () => undefined,
    config: used = config,
    isQuiet = false,
    keychainLimits = editorKeychainLimits,
    place,
  }: Opening,
  binding: AccountBinding | undefined,
): Promise<Assembly> {
  const { version, environment, platform } = inputs;
  const { assemble } = await import("./services.ts");
  const assembly = await assemble({
    clock,
    log,
    version,
    environment,
    platform,
    config: used,
    folder,
    cwd: place?.folder ?? inputs.cwd,
    demo,
    identity,
    isQuiet,
    binding,
    tracer,
    peers: peers.open,
    program: inputs.self,
    keychainLimits,
  });
  onClose(() => assembly.close());
  return assembly;
}
