// Helix lists a language's servers in one value, and a person's list replaces the built-in one: ours goes behind the
// servers that this Helix would start, as `hx --health LANGUAGE` names them.

import { aroundBlock, block, type Change } from "./change.ts";
import type { Machine } from "./machine.ts";

const languages: readonly string[] =
  "python javascript typescript jsx tsx rust go c cpp java ruby lua bash html css".split(" ");

export interface HelixLanguages {
  readonly change: Change;
  /** Languages that the person's file has a table for, which cannot be there twice. */
  readonly left: readonly string[];
}

export async function helixLanguages(machine: Machine, program: string, path: string): Promise<HelixLanguages> {
  const { head, tail } = aroundBlock((await machine.read(path)) ?? "", "#");
  const own = new Set(`${head}${tail}`.split("\n").flatMap((line) => nameIn(line) ?? []));
  const tables = await Promise.all(
    languages
      .filter((language) => !own.has(language))
      .map(async (language) => {
        const servers = [...serversIn(await machine.run(program, ["--health", language])), "copilot-lsp"];
        return `[[language]]\nname = "${language}"\nlanguage-servers = ${JSON.stringify(servers).replaceAll(",", ", ")}\n`;
      }),
  );
  const server = '[language-server.copilot-lsp]\ncommand = "copilot-lsp"\nargs = ["--stdio"]\n';
  return {
    change: await block(machine, path, "#", [server, ...tables].join("\n")),
    left: languages.filter((language) => own.has(language)),
  };
}

/** `name = "rust"`: the name of a language, or of something else that has one. */
function nameIn(line: string): string | undefined {
  const [key = "", value = ""] = line.split("=").map((part) => part.trim());
  return key === "name" ? value.slice(1, -1) : undefined;
}

/** `Configured language servers:`, then a line `  ✓ NAME: PATH` or `  ✘ NAME: what is wrong` for each. */
function serversIn(health: string): readonly string[] {
  // oxlint-disable-next-line no-control-regex -- Helix colours its marks
  const lines = health.replaceAll(/\u001b\[[\d;]*m/g, "").split("\n");
  const from = lines.findIndex((line) => line.startsWith("Configured language server"));
  if (from < 0) return [];
  const rest = lines.slice(from + 1);
  const end = rest.findIndex((line) => !line.startsWith("  "));
  return rest
    .slice(0, end < 0 ? rest.length : end)
    .flatMap((line) => /^\s+\S+\s+([^\s:]+)/.exec(line)?.[1] ?? [])
    .filter((name) => name !== "copilot-lsp");
}
