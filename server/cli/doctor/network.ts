// The layers between this machine and a host: proxy, names, certificates, and whether it is GitHub that answers.

import type { Ctx } from "../../../shared/context.ts";
import type { Handshake } from "../../../shared/network.ts";
import { settingValue } from "../settings.ts";
import type { CliEnv } from "../env.ts";
import { durationInWords } from "../../../shared/words/in-words.ts";
import { type Finding, fail, failing, ok, skip, warn, worse } from "./layer.ts";

const toleratedSkewMs = 120_000;

export async function checkProxy(env: CliEnv, urls: readonly string[]): Promise<Finding> {
  const routes = urls.map((url) => ({ host: new URL(url).host, route: env.network.route(url) }));
  for (const { route } of routes) {
    if (route.kind === "unusable") return fail(route.problem, "Correct it; meanwhile nothing can be reached.");
  }
  const proxied = routes.flatMap(({ host, route }) =>
    route.kind === "proxy" ? [`${host} through ${route.proxy}`] : [],
  );
  return ok(proxied.length === 0 ? "none; straight to the hosts" : [...new Set(proxied)].join(", "));
}

export async function checkNames(ctx: Ctx, env: CliEnv, urls: readonly string[]): Promise<Finding> {
  // Behind a proxy it is the proxy that looks names up.
  const hosts = namesOf(urls.filter((url) => env.network.route(url).kind === "direct"));
  if (hosts.length === 0) return skip("no name to look up: the proxy does it, or the address is a number");
  const found: string[] = [];
  for (const host of hosts) {
    const [address] = await env.network.resolve(ctx, host);
    if (address === undefined) return fail(`${host} has no address`, nameAdvice);
    found.push(`${host} is ${address}`);
  }
  return ok(found.join(", "));
}

export async function checkTls(ctx: Ctx, env: CliEnv, urls: readonly string[]): Promise<Finding> {
  const secure = urls.filter((url) => url.startsWith("https:"));
  if (secure.length === 0) return skip("not used: the server is reached by plain HTTP");
  const isStrict = settingValue(env, "upstream.strictTls") !== false;
  const seen = new Set<string>();
  let result: Finding = skip("");
  for (const url of secure) {
    const host = new URL(url).host;
    const finding = await env.network.handshake(ctx, url).then(
      (handshake) => judge(host, handshake, isStrict),
      (error: unknown) => {
        if (ctx.signal.aborted) throw error;
        const { text, advice } = failing(error);
        return fail(
          `${host}: ${text}`,
          advice ?? "A firewall may be in the way; if you have a proxy, set upstream.proxy.",
        );
      },
    );
    seen.add(finding.text);
    result = worse(result, finding);
  }
  return result.verdict === "ok" ? ok([...seen].join(", ")) : result;
}

function judge(host: string, { protocol, issuer, validUntilMs, distrust }: Handshake, isStrict: boolean): Finding {
  if (distrust === undefined) {
    return ok(
      `${host}: ${protocol}, certificate by ${issuer} until ${new Date(validUntilMs).toISOString().slice(0, 10)}`,
    );
  }
  const text = `${host} shows a certificate by ${issuer} that is not trusted: ${distrust}`;
  if (!isStrict) {
    return warn(
      `${text}; it is accepted all the same, because upstream.strictTls is off`,
      "Whoever holds it can read your token. Better save its root certificate as PEM, set upstream.caFile to it, and turn upstream.strictTls on again.",
    );
  }
  return fail(
    text,
    `If ${issuer} is your company's or your virus scanner's, save its root certificate as PEM and run \`copilot-lsp config upstream.caFile FILE\`. If you do not know it, do not go on.`,
  );
}

/** Asks without a token, so that it says something also for a person who is signed out. */
export async function checkGitHub(ctx: Ctx, env: CliEnv, urls: readonly string[]): Promise<Finding> {
  // A server of one's own may have its API under its own name.
  const hosts = new Set<string>();
  for (const url of urls) {
    const { host } = new URL(url);
    const { httpStatus, fromGitHub, serverNowMs } = await env.network.ping(ctx, url);
    if (!fromGitHub) {
      return fail(
        `${host} was answered (${httpStatus}) by something that is not GitHub`,
        "A proxy or a network's log-in page answers in its place: open the address in a browser and see.",
      );
    }
    if (httpStatus >= 500) return fail(`${host} answers with ${httpStatus}`, "See https://www.githubstatus.com.");
    const skewMs = serverNowMs === undefined ? 0 : env.clock.nowMs() - serverNowMs;
    if (Math.abs(skewMs) > toleratedSkewMs) {
      return warn(
        `${host} answers; this machine's clock is ${durationInWords(Math.abs(skewMs))} ${skewMs > 0 ? "fast" : "slow"}`,
        "Set the clock; certificates and tokens go by it.",
      );
    }
    hosts.add(host);
  }
  return ok(`${[...hosts].join(" and ")} ${hosts.size === 1 ? "answers" : "answer"}`);
}

const nameAdvice = "Check the network and its name server.";

/** Host names, each once; addresses in numbers need no looking up. */
function namesOf(urls: readonly string[]): readonly string[] {
  const names = urls.map((url) => new URL(url).hostname);
  return [...new Set(names)].filter((name) => !/^[\d.]+$/.test(name) && !name.startsWith("["));
}
