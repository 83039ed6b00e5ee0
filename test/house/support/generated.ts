// The parts of the documents that the code knows better than anybody who writes: tables of settings, commands, codes, and
// the editors' files.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { exitCodeDocs, exitCodeOfError } from "../../../server/cli/exit-codes.ts";
import { loadVerbs } from "../../../server/cli/load-verb.ts";
import { editorTrustDocs, environmentName, settingKeys, settingsTable } from "../../../server/config/settings.ts";
import { problemOf } from "../../../server/http/response/problem.ts";
import { isQuietWhenTyped, lspErrorNumbers } from "../../../server/lsp/errors.ts";
import { emptyReasons } from "../../../shared/completion.ts";
import { noEditReasons } from "../../../shared/edits.ts";
import { CopilotError, errorCodes } from "../../../shared/errors.ts";
import { table } from "./markdown.ts";

/** Text of every section that is not written by hand, by document and name. */
export async function generatedSections(
  root: string,
): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>> {
  const read = (path: string): string => readFileSync(join(root, path), "utf8");
  return {
    "shared/docs/settings.md": {
      commands: await commandsTable(),
      settings: settingsRows(),
    },
    "shared/docs/editors.md": {
      "shared/editors/neovim-0.12.lua": fenced("lua", read("shared/editors/neovim-0.12.lua")),
      "shared/editors/helix-languages.toml": fenced("toml", read("shared/editors/helix-languages.toml")),
    },
    "shared/PROTOCOL.md": {
      errors: errorsTable(read("shared/errors.ts")),
      reasons: table(
        ["Reason", "Meaning"],
        emptyReasons.map((reason) => [code(reason), meaningOf(read("shared/completion.ts"), reason)]),
      ),
      "edit reasons": table(
        ["Reason", "Meaning"],
        noEditReasons.map((reason) => [code(reason), meaningOf(read("shared/edits.ts"), reason)]),
      ),
      "exit codes": table(
        ["Exit code", "Meaning"],
        exitCodeDocs.map(([exitCode, doc]) => [code(String(exitCode)), doc]),
      ),
    },
  };
}

function settingsRows(): string {
  return table(
    ["Key", "Default", "Environment variable", "Editor", "What"],
    settingKeys.map((key) => {
      const { defaultValue, editor, doc } = settingsTable[key];
      return [code(key), inWords(defaultValue), code(environmentName(key)), editorTrustDocs[editor], doc];
    }),
  );
}

async function commandsTable(): Promise<string> {
  const verbs = await loadVerbs();
  const rows = verbs.map(({ name, takes, summary }) => [code(`${name} ${takes}`.trim()), summary]);
  return table(["Command", "What it does"], rows);
}

function errorsTable(source: string): string {
  return table(
    ["Code", "LSP", "Typed", "HTTP", "Exit code", "Meaning"],
    errorCodes.map((name) => [
      code(name),
      String(lspErrorNumbers[name]),
      isQuietWhenTyped[name] ? "empty" : "error",
      String(problemOf(new CopilotError(name, "")).status),
      String(exitCodeOfError(name)),
      meaningOf(source, name),
    ]),
  );
}

/** The comment above a code in the list that declares it. */
function meaningOf(source: string, name: string): string {
  const found = new RegExp(String.raw`/\*\* ([^/]*) \*/\s+"${name}",`).exec(source)?.[1];
  if (found === undefined) throw new Error(`nothing is said of ${name} where it is declared`);
  return found;
}

/** As `copilot-lsp config` takes it. */
function inWords(value: boolean | number | string | readonly string[] | Readonly<Record<string, boolean>>): string {
  if (typeof value !== "object") return value === "" ? "" : code(String(value));
  const parts = Array.isArray(value)
    ? value.map(String)
    : Object.entries(value).map(([key, on]) => `${key}=${on ? "on" : "off"}`);
  return parts.length === 0 ? "" : code(parts.join(","));
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

function code(text: string): string {
  return `\`${text}\``;
}
