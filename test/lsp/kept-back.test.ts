// What was turned off or excluded stays so under every name that an editor has for it.

import { describe, expect, test } from "vitest";
import { createFileRules } from "../../server/exclusion/file-rules.ts";
import { createExclusions } from "../../server/exclusion/setting-globs.ts";
import { skipReason } from "../../server/completion/skip-reason.ts";
import type { CompletionSettings } from "../../server/completion/settings.ts";
import { settingsTable } from "../../server/config/settings.ts";
import { plainText } from "../../shared/documents.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createRecordingLog } from "../support/test-ctx.ts";
import { usualSettings } from "../completion/support/requests.ts";
import { openLspSession } from "./support/session.ts";

const isExcluded = createExclusions("/home/ada")(settingsTable["completion.excludeGlobs"].defaultValue);
const rules = createFileRules(
  {
    clock: createManualClock(),
    log: createRecordingLog(),
    cwd: "/",
    findWorkTrees: async () => [],
    hasOrganisationRules: () => false,
    fetchRules: async () => [],
    waitForSession: async () => undefined,
    onKeptBack: () => undefined,
  },
  () => ({ isExcluded }),
);
const text = "export const answer = 42;\n";

/** Why the engine would not ask about the document, as the editor tells of it. */
async function reasonFor(
  uri: string,
  languageId: string,
  settings: CompletionSettings = usualSettings,
): Promise<string | undefined> {
  const session = await openLspSession();
  session.client.notify("textDocument/didOpen", { textDocument: { uri, languageId, version: 1, text } });
  const sent = session.client.inlineCompletion(uri, { line: 1, character: 0 });
  const { request } = await session.fake.nextAsked(0);
  sent.cancel();
  if (request.kind !== "document") throw new Error("the session asks about documents");
  const exclusion = rules.verdict({ path: request.path, file: request.file, otherNames: request.otherNames }, () =>
    plainText(text),
  );
  return skipReason(request, settings, exclusion?.by === "setting");
}

describe("an excluded file", () => {
  test.each([
    "file:///project/.env",
    "file:/project/.env",
    "FILE:///project/.env",
    "file:///project/%2Eenv",
    "file:///project/.env~",
    "file:///c%3A/project/.env",
    "file:///C:/project/.env",
    "file:///c%3A%5Cproject%5C.env",
    "file://server/share/.env",
    "file:///home/c#/.env",
    "file:///home/100%/%2Eenv",
    "file:///home/ada/.ssh/config",
    "file:/home/ada/.ssh/config",
    "untitled:/project/.env",
    "untitled:.env",
    "untitled:C:\\project\\.env",
    "git:/project/.env?%7B%22ref%22%3A%22~%22%7D",
    "gitlens://abc/project/.env?x",
    "vscode-notebook-cell:/project/.env#c1",
    "vscode-remote://ssh-remote%2Bhost/project/.env",
    "fugitive:///project/.git//0/.env",
    "zipfile:///a.zip::.env/.env",
    "/project/.env",
  ])("is kept back as %s", async (uri) => {
    expect(await reasonFor(uri, "shellscript")).toBe("excluded");
  });

  test.each(["file:///project/env.ts", "untitled:Untitled-1", "git:/project/a.ts?.env/x", "file:///project/a.ts#c1"])(
    "is not what %s is",
    async (uri) => {
      expect(await reasonFor(uri, "typescript")).toBeUndefined();
    },
  );
});

describe("a language that is off", () => {
  test.each<[string, Readonly<Record<string, boolean>>, string | undefined]>([
    ["sh", { sh: false }, "disabled"],
    ["sh", { shellscript: false }, "disabled"],
    ["sh", { "*": false, sh: true }, undefined],
    ["sh", { "*": false, shellscript: true }, undefined],
    ["SH", { sh: false }, "disabled"],
    ["shellscript", { sh: false }, "disabled"],
    ["bash", { sh: false }, "disabled"],
    ["bash", { sh: false, bash: true }, undefined],
    ["shellscript", { sh: false, shellscript: true }, undefined],
    ["shellscript", { "*": false, bash: true }, undefined],
    ["shellscript", { sh: false, bash: true }, "disabled"],
    ["javascriptreact", { jsx: false }, "disabled"],
    ["javascriptreact", { js: false }, undefined],
    ["cpp", { "c++": false }, "disabled"],
    ["markdown", { "markdown.pandoc": false, markdown: true }, undefined],
    ["yaml", { "yaml.docker-compose": false }, undefined],
    ["markdown.pandoc", { markdown: false }, "disabled"],
    ["markdown.pandoc", { markdown: false, "markdown.pandoc": true }, undefined],
    ["yaml.docker-compose", { "*": false, yaml: true }, undefined],
    ["python", { Python: false }, "disabled"],
    ["python", { "*": false }, "disabled"],
    ["constructor", {}, undefined],
    ["__proto__", { "*": false }, "disabled"],
  ])("%s by %o is %s", async (languageId, languages, reason) => {
    expect(await reasonFor("file:///w/a", languageId, { ...usualSettings, languages })).toBe(reason);
  });
});

describe("a folder", () => {
  test.each([
    [{ rootUri: "file:/w/" }, "file:///w/src/a.py"],
    [{ rootUri: "file:///w/" }, "file:/w/src/a.py"],
    [{ rootPath: "C:\\w" }, "file:///c%3A/w/src/a.py"],
    [{ rootPath: "c:\\w\\" }, "file:///C:/w/src/a.py"],
    [{ rootUri: "file:///C%3A/w" }, "file:///c:/w/src/a.py"],
    [{ workspaceFolders: [{ uri: "file:/c:/w/", name: "w" }] }, "file:///C%3A/w/src/a.py"],
  ])("given as %o holds %s", async (params, uri) => {
    const session = await openLspSession({ params });
    session.client.open(uri, text);
    const sent = session.client.inlineCompletion(uri, { line: 1, character: 0 });
    const { request } = await session.fake.nextAsked(0);
    sent.cancel();
    expect(request.path).toBe("src/a.py");
  });

  test("is on one drive, however that is written", async () => {
    const session = await openLspSession();
    session.client.open("file:///c%3A/w/a.py", text);
    const sent = session.client.inlineCompletion("file:///C:/w/a.py", { line: 1, character: 0 });
    const { request } = await session.fake.nextAsked(0);
    sent.cancel();
    expect(request.before).toBe(text);
  });
});
