// `doctor`: looks at each layer between here and a completion, and says which one is at fault and what to do.

import { hasFlag } from "../args/arguments.ts";
import { jsonFlag } from "../args/flags.ts";
import type { Layer, Verdict } from "../doctor/layer.ts";
import type { CliEnv } from "../env.ts";
import { exitCodes } from "../exit-codes.ts";
import { count } from "../../../shared/words/in-words.ts";
import { textWidth, wrap } from "../output/layout.ts";
import { type Paint, paintFor, print, printJson, type Style } from "../output/output.ts";
import { noFallback, settingValue } from "../settings.ts";
import type { Verb } from "../verb.ts";

const nameWidth = 15;
const verdictWidth = 6;

const styles: Readonly<Record<Verdict, Style>> = { ok: "green", warn: "yellow", fail: "red", skip: "dim" };

export const verb: Verb = {
  name: "doctor",
  words: [0, 0],
  takes: "",
  flags: [jsonFlag],
  usage: ["doctor [--json]"],
  summary: "find out which layer is at fault",
  help: [
    "Looks from the ground up: settings, listener, keychain (where the token is in one), token, proxy, DNS, TLS (and who signed the certificate), GitHub, account, Copilot session and hosts, models, and one real completion, which counts against a plan with limits. A layer that needs a failed one is skipped.",
    "Prints no token, so the output can go into a bug report as it is. Exit code 1 when a layer failed, else 0.",
  ],
  examples: ["copilot-lsp doctor", "copilot-lsp doctor --json | jq '.layers[] | select(.verdict == \"fail\")'"],
  async run(ctx, env, args) {
    const json = hasFlag(args, "json");
    const paint = paintFor(env, "stdout");
    const layers: Layer[] = [];
    if (!json) print(env, `copilot-lsp ${env.version}, ${env.runtime}\n`);
    const { examine } = await import("../doctor/examine.ts");
    const isCopilot = settingValue(env, "service.kind") === "copilot";
    const { core, close } = await env.openCore({ overrides: isCopilot ? [] : [noFallback] });
    try {
      for await (const layer of examine(ctx, env, core)) {
        layers.push(layer);
        if (!json) for (const line of layerLines(env, paint, layer)) print(env, line);
      }
    } finally {
      await close();
    }
    const failed = layers.filter(({ verdict }) => verdict === "fail");
    if (json) printJson(env, { version: env.version, runtime: env.runtime, healthy: failed.length === 0, layers });
    else print(env, `\n${conclusion(layers)}`);
    return failed.length === 0 ? exitCodes.ok : exitCodes.failed;
  },
};

function layerLines(env: CliEnv, paint: Paint, layer: Layer): readonly string[] {
  const indent = " ".repeat(verdictWidth + nameWidth);
  const width = textWidth(env.columns);
  const [first = "", ...rest] = wrap(layer.text, width, indent);
  const verdict = paint(styles[layer.verdict], layer.verdict) + " ".repeat(verdictWidth - layer.verdict.length);
  const advice = layer.advice === undefined ? [] : wrap(`-> ${layer.advice}`, width, indent);
  return [verdict + layer.name.padEnd(nameWidth) + first.trimStart(), ...rest, ...advice];
}

function conclusion(layers: readonly Layer[]): string {
  const failed = layers.filter(({ verdict }) => verdict === "fail");
  const warned = layers.filter(({ verdict }) => verdict === "warn").length;
  const [first] = failed;
  if (first) return `${count(failed.length, "layer")} failed. Begin with the first: ${first.name}.`;
  return warned === 0 ? "All is well." : `It works, with ${count(warned, "warning")}.`;
}
