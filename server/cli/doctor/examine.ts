// The order in which the layers are looked at, from the ground up, and which are pointless once a lower one has failed.

import type { Ctx } from "../../../shared/context.ts";
import type { Core } from "../../core/types.ts";
import type { CliEnv } from "../env.ts";
import { checkAccount, checkCompletion, checkModels, checkRules, checkSession } from "./copilot.ts";
import { officialLayers } from "./official.ts";
import { serviceLayers } from "./service.ts";
import { failing, type Finding, type Layer, look, skip } from "./layer.ts";
import { checkListener, checkSettings, checkToken, lookAtKeychain } from "./machine.ts";
import { checkGitHub, checkNames, checkProxy, checkTls } from "./network.ts";

/** Looks at each layer in turn and hands it on at once. */
export async function* examine(ctx: Ctx, env: CliEnv, core: Core): AsyncGenerator<Layer> {
  const { urls, problem } = addressesOf(env, core);
  const failed = new Set<string>();
  const at = async (
    name: string,
    check: (ctx: Ctx) => Promise<Finding>,
    needs: readonly string[] = [],
  ): Promise<Layer> => {
    const broken = needs.find((need) => failed.has(need));
    const layer = await look(ctx, env, name, broken === undefined ? check : async () => skip(`needs ${broken}`));
    if (layer.verdict === "fail") failed.add(name);
    return layer;
  };

  yield await at("settings", async () => problem ?? (await checkSettings(env)));
  yield await at("listener", (limited) => checkListener(limited, env));
  const { service } = core.report();
  if (service) {
    const above: string[] = [];
    const layers = service.kind === "official" ? officialLayers(env, core) : serviceLayers(env, core);
    for (const { name, check } of layers) {
      yield await at(name, check, above);
      above.push(name);
    }
    return;
  }
  // Where the token is in one.
  const keychain = await look(
    ctx,
    env,
    "keychain",
    async (limited) => (await lookAtKeychain(limited, env, core)) ?? skip("not used"),
  );
  if (keychain.verdict !== "skip") yield keychain;
  yield await at("token", (limited) => checkToken(limited, env, core));
  yield await at("proxy", () => checkProxy(env, urls), ["settings"]);
  yield await at("DNS", (limited) => checkNames(limited, env, urls), ["settings", "proxy"]);
  yield await at("TLS", (limited) => checkTls(limited, env, urls), ["settings", "proxy", "DNS"]);
  yield await at("GitHub", (limited) => checkGitHub(limited, env, urls), ["settings", "proxy", "DNS", "TLS"]);
  const online = ["settings", "proxy", "DNS", "TLS", "GitHub"];
  yield await at("account", (limited) => checkAccount(limited, core), ["token", ...online]);

  const signedIn = ["token", "account", ...online];
  let listing: ReturnType<Core["models"]> | undefined;
  const listModels = (limited: Ctx) => (listing ??= core.models(limited));
  yield await at("Copilot", (limited) => checkSession(env, core, () => listModels(limited)), signedIn);
  const hosts = copilotUrls(core);
  yield await at("Copilot hosts", (limited) => checkHosts(limited, env, hosts), [...signedIn, "Copilot"]);
  yield await at("models", (limited) => checkModels(core, () => listModels(limited)), [...signedIn, "Copilot"]);
  yield await at("rules", (limited) => checkRules(limited, env, core), [...signedIn, "Copilot"]);
  yield await at("completion", (limited) => checkCompletion(limited, env, core), [...signedIn, "Copilot"]);
}

/** In a demo the stand-in takes GitHub's place, which only the core knows. */
function addressesOf(env: CliEnv, core: Core): { readonly urls: readonly string[]; readonly problem?: Finding } {
  const { server } = core.report();
  try {
    const addresses = env.network.addresses();
    return { urls: addresses.includes(server) ? addresses : [server] };
  } catch (error) {
    return isHere(server.replace(/^http:\/\//, "")) ? { urls: [server] } : { urls: [], problem: failing(error) };
  }
}

/** Whether a host with its port is this machine. */
function isHere(host: string): boolean {
  return /^(127(\.\d+){3}|localhost|\[::1\])(:\d+)?$/.test(host);
}

/** Firewalls often know github.com and not the hosts that complete. */
async function checkHosts(ctx: Ctx, env: CliEnv, urls: readonly string[]): Promise<Finding> {
  if (urls.length === 0) return skip("on this machine");
  const names = await checkNames(ctx, env, urls);
  return names.verdict === "fail" ? names : checkTls(ctx, env, urls);
}

function copilotUrls(core: Core): readonly string[] {
  const { session } = core.report();
  if (!session) return [];
  const hosts = [...new Set([session.endpoints.api, session.endpoints.proxy])];
  return hosts.filter((host) => !isHere(host)).map((host) => `https://${host}`);
}
