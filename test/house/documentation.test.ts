// The documents say what the program does: their tables are the code's, their examples are played, and nothing they name
// is missing. `UPDATE_DOCS=yes` rewrites the tables.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verbNames } from "../../server/cli/load-verb.ts";
import { environmentName, isSettingKey, settingKeys } from "../../server/config/settings.ts";
import { createRoutes, type RouteDeps } from "../../server/http/routes.ts";
import { methodTable } from "../../server/lsp/methods/table.ts";
import { emptyReasons } from "../../shared/completion.ts";
import { errorCodes } from "../../shared/errors.ts";
import { lspCommands, statusCommands } from "../../shared/lsp.ts";
import { type Machine, openMachine } from "../e2e/bridge.ts";
import { generatedSections } from "./support/generated.ts";
import { generatedFiles } from "./support/generated-files.ts";
import { codeWords, localLinks, partsOf, withSection } from "./support/markdown.ts";
import { namesInExamples, playSession, sessionsOf } from "./support/sessions.ts";
import { untilHttp } from "./support/stage.ts";
import { hasPrograms, runShell, shellExamples } from "./support/shell.ts";

const root = resolve(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const generated = await generatedSections(root);
const files = await generatedFiles(JSON.parse(read("package.json")));

if (process.env["UPDATE_DOCS"] === "yes") {
  for (const [path, sections] of Object.entries(generated)) {
    const updated = Object.entries(sections).reduce(
      (text, [name, section]) => withSection(text, name, section),
      read(path),
    );
    writeFileSync(join(root, path), updated);
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const readme = read("README.md");
const pages = readdirSync(join(root, "shared/docs")).map((name) => `shared/docs/${name}`);
const troubleshooting = read("shared/docs/troubleshooting.md");
const protocol = read("shared/PROTOCOL.md");
const architecture = read("server/ARCHITECTURE.md");
const documents = ["README.md", "CHANGELOG.md", "server/ARCHITECTURE.md", "shared/PROTOCOL.md", ...pages];

describe.each(Object.entries(generated))("%s", (path, sections) => {
  test.each(Object.entries(sections))("has the section %s as the code has it", (name, section) => {
    expect(withSection(read(path), name, section)).toBe(read(path));
  });
});

test.each(Object.entries(files))("%s is as the code has it", (path, text) => {
  expect(read(path)).toBe(text);
});

describe("README.md", () => {
  test.each(["npm ci && npm run demo", "npm ci && npm test"])("has %s on a line of its own in a block", (command) => {
    const lines = partsOf(readme).flatMap((part) => (part.kind === "fence" ? part.text.split("\n") : []));
    expect(lines.filter((line) => line === command)).toHaveLength(1);
  });

  test("leads to every page", () => {
    expect(pages.filter((page) => !localLinks(readme).includes(page))).toEqual([]);
  });
});

describe("shared/docs/troubleshooting.md", () => {
  test("says of every reason for a missing suggestion what to do", () => {
    const from = troubleshooting.indexOf("## No suggestions");
    const rows = troubleshooting.slice(from, troubleshooting.indexOf("\n## ", from + 1)).match(/^\| `.*$/gm) ?? [];
    const codes = rows.flatMap((row) =>
      [...(row.split(" | ")[0] ?? "").matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? ""),
    );
    expect(inOrder(codes)).toEqual(inOrder([...errorCodes, ...emptyReasons]));
  });
});

describe("shared/docs/http.md", () => {
  describe.skipIf(!hasPrograms("curl", "jq"))("in a shell", () => {
    let machine: Machine;
    beforeAll(async () => {
      machine = await openMachine({ signedIn: true });
      await machine.edit().initialize();
      await untilHttp(machine, "/health", () => true);
    });
    afterAll(() => machine.close());

    test.each(shellExamples(read("shared/docs/http.md")))(
      "line $line prints what is written below it",
      async ({ script, output }) => {
        expect(await runShell(script.replaceAll("http://127.0.0.1:8080", machine.url))).toBe(output);
      },
    );
  });
});

describe("shared/PROTOCOL.md", () => {
  const names = namesInExamples(protocol);

  test.each(sessionsOf(protocol).map((session) => [session.title, session] as const))(
    "%s is what the program says",
    (_, session) => playSession(session),
    60_000,
  );

  test("has an example of every LSP method", () => {
    const own = Object.keys(methodTable);
    expect(own.filter((method) => !names.fromClient.has(method))).toEqual([]);
    expect(inOrder([...names.fromClient].filter((method) => !own.includes(method)))).toEqual([
      "$/cancelRequest",
      // Shows what an unknown method is answered with.
      "textDocument/hover",
    ]);
  });

  test("has an example of every command", () => {
    const own: readonly string[] = [...Object.values(lspCommands), ...Object.values(statusCommands)];
    expect(own.filter((command) => !names.commands.has(command))).toEqual([]);
    expect([...names.commands].filter((command) => !own.includes(command))).toEqual([
      // Shows what an unknown command is answered with.
      "github.copilot.nonesuch",
    ]);
  });

  test("has an example of everything that the server sends", () => {
    const sources = readdirSync(join(root, "server/lsp"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => read(join("server/lsp", file)));
    const sent = sources.flatMap((text) =>
      [...text.matchAll(/\b(?:notify|request)\(\s*"([^"]+)"/g)].map(([, method]) => method ?? ""),
    );
    expect(new Set(sent).size).toBeGreaterThan(7);
    expect(sent.filter((method) => !names.fromServer.has(method))).toEqual([]);
  });

  test("has an example of every HTTP route", () => {
    // Only the table is read; nothing is asked of what the routes work with.
    const routes = createRoutes({ core: {} } as RouteDeps);
    const missing = routes.flatMap(({ path, methods }) => {
      const pattern = path.replaceAll(/[.+]/g, String.raw`\$&`).replaceAll(/\{\w+\}/g, "[^/]+");
      return Object.keys(methods)
        .filter((method) => ![...names.requests].some((request) => new RegExp(`^${method} ${pattern}$`).test(request)))
        .map((method) => `${method} ${path}`);
    });
    expect(missing).toEqual([]);
  });
});

describe("server/ARCHITECTURE.md", () => {
  test("names no file or folder that is not there, by its whole path or the end of it", () => {
    const found = ["server", "shared", "test"].flatMap((area) => [
      `/${area}`,
      ...readdirSync(join(root, area), { recursive: true, encoding: "utf8" }).map((file) => `/${area}/${file}`),
    ]);
    const named = codeWords(architecture).filter(
      (word) => /^[\w./-]+(?:\.\w+|\/)$/.test(word) && /\.ts$|\/$/.test(word),
    );
    expect(named.length).toBeGreaterThan(50);
    const missing = named.filter((word) => !found.some((file) => file.endsWith(`/${word.replace(/\/$/, "")}`)));
    expect(missing).toEqual([]);
  });

  test("sends a reader to files where what they look for is", () => {
    const rows =
      architecture
        .slice(architecture.indexOf("## Entry points"))
        .split("\n## ")[0]
        ?.match(/^\| [a-z].*$/gm) ?? [];
    const found = rows.map((row) => {
      const [, subject = "", files = ""] = row.split("|").map((cell) => cell.trim());
      const text = codeWords(files)
        .map((file) => (file.endsWith("/") ? readdirSync(join(root, file)).join("\n") : read(file)))
        .join("\n");
      return [subject, entryMarks[subject]?.every((mark) => mark.test(text)) ?? "nothing is known of it"];
    });
    expect(found).toEqual(Object.keys(entryMarks).map((subject) => [subject, true]));
  });

  test("names every folder under server/", () => {
    const folders = readdirSync(join(root, "server"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const unnamed = folders.map(({ name }) => `server/${name}/`).filter((folder) => !architecture.includes(folder));
    expect(folders.length).toBeGreaterThan(8);
    expect(unnamed).toEqual([]);
  });
});

// What the files of each row of the entry table must hold.
const entryMarks: Readonly<Record<string, readonly RegExp[]>> = {
  "how the process starts and ends": [/process\.exit\(/, /SIGTERM/],
  "how everything is put together": [/createEngine\(/, /createLspServer\(/, /createHttpServer\(/],
  "what an LSP method does": [/"textDocument\/inlineCompletion"/],
  "what an HTTP route does": [/"\/v1\/completions"/],
  "what a command does": [/login\.ts/, /serve\.ts/],
  "how a completion comes about": [/createEngine\(/],
  "how tokens live": [/renew/i, /exchange/i],
  "what is sent, exactly": [/max_tokens/, /editor-version/i],
};

describe.each(documents)("%s", (path) => {
  const text = read(path);
  const words = codeWords(text);

  test("links to files that are there", () => {
    const missing = localLinks(text).filter((target) => !existsSync(resolve(root, dirname(path), target)));
    expect(missing).toEqual([]);
  });

  test("names files that are there", () => {
    const paths = words.filter((word) => /^(?:server|shared|test)\/[\w./*-]+$/.test(word) && !word.includes("*"));
    expect(paths.filter((word) => !existsSync(join(root, word)))).toEqual([]);
  });

  test("names commands, settings and variables that are there", () => {
    const verbs = words.flatMap((word) =>
      [...word.matchAll(/\bcopilot-lsp ([a-z]+(?:-[a-z]+)*)\b/g)].map(([, verb]) => verb ?? ""),
    );
    expect(verbs.filter((verb) => !isVerb(verb))).toEqual([]);
    const variables = text.match(/\bCOPILOT_LSP_[A-Z_]+\b/g) ?? [];
    const known = [...settingKeys.map(environmentName), "COPILOT_LSP_SERVICE_KEY"];
    expect(variables.filter((name) => !known.includes(name))).toEqual([]);
    const keys = words.filter((word) =>
      /^(?:auth|github|service|completion|upstream|governor|log)\.(?!ts$|json$)[a-zA-Z]+$/.test(word),
    );
    expect(keys.filter((key) => !isSettingKey(key))).toEqual([]);
  });
});

function inOrder(words: readonly string[]): readonly string[] {
  return words.toSorted((a, b) => a.localeCompare(b));
}

function isVerb(word: string): boolean {
  return verbNames.some((name) => name === word);
}
