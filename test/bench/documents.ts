// Documents to complete in: plain functions, each with an empty body where the cursor goes. The same for every run.

import type { Position } from "../support/lsp-client.ts";

export interface BenchDocument {
  readonly uri: string;
  readonly text: string;
  /** Places where a suggestion is due, all different. */
  readonly positions: readonly Position[];
}

const verbs = ["read", "write", "merge", "split", "count", "parse", "format", "filter"] as const;
const nouns = ["Lines", "Headers", "Tokens", "Nodes", "Entries", "Ranges", "Fields", "Blocks"] as const;

/** `number` tells documents apart; about `functions` * 9 lines. */
export function samples(number: number, functions: number): BenchDocument {
  const lines: string[] = [`// Part ${number} of a program that exists to be completed.`, ""];
  const positions: Position[] = [];
  for (let index = 0; index < functions; index += 1) {
    const name = `${verbs[index % verbs.length]}${nouns[Math.floor(index / verbs.length) % nouns.length]}${index}`;
    lines.push(
      `/** Works on the ${nouns[index % nouns.length]?.toLowerCase()} of part ${number}, step ${index}. */`,
      `export function ${name}(input${number}, options = {}) {`,
      "  const result = [];",
      `  for (const entry of input${number}) {`,
      `    if (options.limit && result.length >= options.limit) break;`,
    );
    positions.push({ line: lines.length, character: 4 });
    lines.push("    ", "  }", "  return result;", "}", "");
  }
  return { uri: `file:///bench/part-${number}.js`, text: `${lines.join("\n")}\n`, positions };
}
