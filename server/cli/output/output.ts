// Writing to a person or a program: results to standard output, everything else to standard error, colours only where
// they are seen and wanted. Words from outside lose what could steer a terminal.

import { stripVTControlCharacters, styleText } from "node:util";
import { printable } from "../../runtime/printable.ts";
import { redact } from "../../runtime/secret.ts";
import type { CliEnv } from "../env.ts";

/** A line of the result. */
export function print(env: CliEnv, line: string): void {
  env.stdout.write(`${line}\n`);
}

/** One JSON value on a line of its own, exact; JSON itself keeps control characters from a terminal. */
export function printJson(env: CliEnv, value: unknown): void {
  env.stdout.write(`${JSON.stringify(value)}\n`);
}

/** A line that is not the result. */
export function note(env: CliEnv, line: string): void {
  env.stderr.write(`${line}\n`);
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

/** Text from a service, a file or another program, fit to be shown: no control characters but line ends and tabs. */
export function plain(text: string): string {
  return printable(stripVTControlCharacters(redact(text)));
}
