// Writing to a person or a program: results to standard output, everything else to standard error, colours only where
// they are seen and wanted. Words from outside lose what could steer a terminal.

import { stripVTControlCharacters, styleText } from "node:util";
import { printable } from "../../runtime/printable.ts";
import { redact } from "../../runtime/secret.ts";
import type { CliEnv } from "../env.ts";

// A colour of ours is let through; all else that acts on a terminal, or turns the order of what it shows, is not.
// oxlint-disable-next-line no-control-regex -- these are the characters it is about
const acting = /\u001b(?!\[\d+m)|(?![\n\t\u001b])\p{Cc}|[\p{Bidi_Control}\u2028\u2029]/gu;

/** A line of the result. */
export function print(env: CliEnv, line: string): void {
  env.stdout.write(`${line.replace(acting, "")}\n`);
}

/** One JSON value on a line of its own, exact: what would act on a terminal is written as an escape. */
export function printJson(env: CliEnv, value: unknown, indent?: number): void {
  env.stdout.write(`${JSON.stringify(value, null, indent).replace(acting, escapeOf)}\n`);
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A line that is not the result. */
export function note(env: CliEnv, line: string): void {
  env.stderr.write(`${line.replace(acting, "")}\n`);
}

/** Text as it is to a program; to a terminal without what would act on it. Adds no line end. */
export function printText(env: CliEnv, text: string): void {
  env.stdout.write(env.isTerminal.stdout ? text.replace(acting, "") : text);
}

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";
export type Paint = (style: Style, text: string) => string;

/** Colours for one of the two streams; leaves the text alone where they would not be seen or are not wanted. */
export function paintFor(env: CliEnv, stream: "stdout" | "stderr"): Paint {
  // https://no-color.org: any value but the empty one.
  const isWanted = !env.environment["NO_COLOR"] && env.environment["TERM"] !== "dumb";
  if (!isWanted || !env.isTerminal[stream]) return (_, text) => text;
  return (style, text) => styleText(style, text, { validateStream: false });
}

/** Text from a service, a file or another program, fit to be shown: no tokens, escape sequences or control characters. */
export function plain(text: string): string {
  return printable(stripVTControlCharacters(redact(text)));
}
