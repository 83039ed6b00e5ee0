// Files that are made from the code as a whole: the man page, the settings as a schema, and what follows from the
// address of the repository. The committed ones are compared with these, and `UPDATE_DOCS=yes` writes them.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { recipes, releaseOf, stamped } from "../../release/support/channels.ts";
import { exitCodeDocs } from "../../../server/cli/exit-codes.ts";
import { variables } from "../../../server/cli/args/help.ts";
import { type Flag, globalFlags } from "../../../server/cli/args/flags.ts";
import { loadVerbs } from "../../../server/cli/load-verb.ts";
import { type SettingKey, type SettingKind, settingKeys, settingsTable } from "../../../server/config/settings.ts";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  /** The owner changes the address here; every other place in the repository follows from it. */
  readonly repository: { readonly type: string; readonly url: string };
}

/** Whole text by path. */
export async function generatedFiles(manifest: Manifest): Promise<Readonly<Record<string, string>>> {
  const address = manifest.repository.url.replace(/^git\+|\.git$/g, "");
  return {
    "package.json": json({ ...manifest, homepage: `${address}#readme`, bugs: `${address}/issues` }),
    "shared/packaging/copilot-lsp.1": await manPage(manifest),
    "shared/packaging/settings.schema.json": json(settingsSchema(address)),
    "shared/packaging/vscode-configuration/package.json": json(vscodeConfiguration(manifest)),
    ...recipesOf(manifest),
  };
}

/** Recipes of other channels, which are written by hand but for the version and the address. */
function recipesOf(manifest: Manifest): Readonly<Record<string, string>> {
  const paths = recipes.map((recipe) => `shared/packaging/${recipe}`);
  const read = (path: string): string => readFileSync(resolve(import.meta.dirname, "../../..", path), "utf8");
  return Object.fromEntries(paths.map((path) => [path, stamped(read(path), releaseOf(manifest))]));
}

/** JSON Schema of the settings file: `{"http": {"port": 9000}}`. */
function settingsSchema(address: string): unknown {
  const groups = new Map<string, [string, unknown][]>();
  for (const key of settingKeys) {
    const [group = "", name = ""] = key.split(".");
    groups.set(group, [...(groups.get(group) ?? []), [name, settingSchema(key)]]);
  }
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    $id: `${address}/settings.schema.json`,
    title: "Settings of copilot-lsp",
    type: "object",
    properties: Object.fromEntries(
      [...groups].map(([group, properties]) => [
        group,
        { type: "object", properties: Object.fromEntries(properties), additionalProperties: false },
      ]),
    ),
  };
}

/** In the form of VS Code's `contributes.configuration`, which mason and nvim-lspconfig read too. */
function vscodeConfiguration({ name, version, description }: Manifest): unknown {
  const editable = settingKeys.filter((key) => settingsTable[key].editor !== "never");
  return {
    name,
    version,
    description,
    contributes: {
      configuration: {
        title: name,
        properties: Object.fromEntries(editable.map((key) => [`${name}.${key}`, settingSchema(key)])),
      },
    },
  };
}

function settingSchema(key: SettingKey): unknown {
  const { kind, defaultValue, doc } = settingsTable[key];
  return { ...kindSchema(kind), default: defaultValue, description: doc };
}

function kindSchema(kind: SettingKind): object {
  switch (kind.type) {
    case "boolean":
    case "string":
      return { type: kind.type };
    case "integer":
      return { type: "integer", minimum: kind.min, maximum: kind.max };
    case "choice":
      return { type: "string", enum: kind.choices };
    case "strings":
      return { type: "array", items: { type: "string" } };
    case "switches":
      return { type: "object", additionalProperties: { type: "boolean" } };
  }
}

/** Source of the format: man-pages(7) and groff_man(7). */
async function manPage({ name, version, description }: Manifest): Promise<string> {
  const verbs = await loadVerbs();
  return `${[
    `.\\" Made from the tables of the program.`,
    `.TH ${name.toUpperCase()} 1 "" "${name} ${version}" "User Commands"`,
    ".SH NAME",
    `${roff(name)} \\- ${roff(description.replace(/\.$/, ""))}`,
    ".SH SYNOPSIS",
    `.B ${roff(name)} \\-\\-stdio`,
    "[FLAGS]",
    ".br",
    `.B ${roff(name)}`,
    "COMMAND [FLAGS]",
    ".SH DESCRIPTION",
    "An editor starts",
    `.B ${roff(name)} \\-\\-stdio`,
    "as its language server; a person runs the commands below.",
    ".SH FLAGS",
    ...flagRows(globalFlags),
    ".SH COMMANDS",
    ...verbs.flatMap(({ takes, name: verbName, summary, help, flags, examples }) => [
      `.SS ${roff(`${verbName} ${takes}`.trimEnd())}`,
      roff(`${summary.slice(0, 1).toUpperCase()}${summary.slice(1)}.`),
      ...help.flatMap((paragraph) => [".PP", roff(paragraph)]),
      ...flagRows(flags),
      ".PP",
      ".EX",
      ...examples.map(roff),
      ".EE",
    ]),
    ".SH ENVIRONMENT",
    ...variables.flatMap(([variable, doc]) => [".TP", `.B ${roff(variable)}`, roff(doc)]),
    ".SH EXIT STATUS",
    ...exitCodeDocs.flatMap(([code, doc]) => [".TP", `.B ${code}`, roff(doc)]),
    ".SH FILES",
    ".TP",
    ".I ~/.config/copilot\\-lsp/config.json",
    `The settings; ${roff("`copilot-lsp config --path` says where they are.")}`,
  ].join("\n")}\n`;
}

function flagRows(flags: readonly Flag[]): readonly string[] {
  return flags
    .filter(({ hidden }) => !hidden)
    .flatMap(({ name, short, takes, doc }) => [
      ".TP",
      `.BR ${[
        ...(short === undefined ? [] : [`${roff(`-${short}`)} ", "`]),
        `${roff(`--${name}`)}${takes === undefined ? "" : ` " ${roff(takes)}"`}`,
      ].join(" ")}`,
      `${roff(doc)}.`,
    ]);
}

/** A line of text: a leading dot or quote would be a request, and a bare hyphen is set as a dash. */
function roff(text: string): string {
  return text
    .replaceAll("\\", String.raw`\e`)
    .replaceAll("-", String.raw`\-`)
    .replaceAll("…", "...")
    .replace(/^(?=[.'])/, String.raw`\&`);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
