// `prompt`: what an editor would make the service read at a place in a file, shown and not sent.

import { resolve } from "node:path";
import type { Ctx } from "../../../shared/context.ts";
import { type DocumentObserver, plainText } from "../../../shared/documents.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { languageIdOfPath } from "../../../shared/languages.ts";
import { type Arguments, flagValue, flagValues, hasFlag } from "../args/arguments.ts";
import { jsonFlag } from "../args/flags.ts";
import { withDeadline } from "../../runtime/cancel.ts";
import type { CliEnv } from "../env.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { readFilePlace } from "../input/file-place.ts";
import { parseFilePosition } from "../input/file-position.ts";
import { note, plain, print, printJson } from "../output/output.ts";
import { readTextFile } from "../input/read-text.ts";
import { noEditInWords } from "../../../shared/words/edit-reasons.ts";
import { reasonInWords } from "../../../shared/words/reasons.ts";
import { objectOf } from "../../runtime/json.ts";
import { sentPath } from "../input/sent-path.ts";
import { earlierTextFlags, readFileEditRequest } from "../input/text-edit-request.ts";
import type { Verb } from "../verb.ts";

const modelLimitMs = 3_000;
const cursor = "\u25AE";

export const verb: Verb = {
  name: "prompt",
  words: [1, 1],
  takes: "FILE:LINE:COL",
  flags: [
    { name: "next-edit", doc: "What a question about the next edit would send, in place of a completion" },
    ...earlierTextFlags.map(({ doc, ...flag }) => ({
      ...flag,
      doc: `With --next-edit: ${doc.charAt(0).toLowerCase()}${doc.slice(1)}`,
    })),
    { name: "language", takes: "ID", doc: "Language identifier; without it, worked out from the file name" },
    { name: "beside", takes: "FILE", repeatable: true, doc: "As if FILE were open as well; may be repeated" },
    { name: "text", doc: "Print the prompt and suffix as text, with ▮ between them" },
    jsonFlag,
  ],
  usage: [
    "prompt FILE:LINE:COL [--beside FILE] [--text] [--json]",
    "prompt FILE:LINE:COL --next-edit [--since REV | --before FILE]",
  ],
  summary: "show what would be sent at a place in a file",
  help: [
    "Prints the body of the request that an editor would send when something is typed there, exactly, and sends nothing; nobody has to be signed in. An editor adds pieces of other open files and the latest edits: --beside names files to take for open.",
    "With --next-edit, it is what `copilot-lsp next-edit` would send there. Which model is asked, and so which layout is used, is known only after the service's list was read; what is shown is the usual layout.",
    "When typing there would send nothing, standard error says why. With --json the body comes with that reason and the engine's name, as far as it is known without asking.",
  ],
  examples: [
    "copilot-lsp prompt src/app.py:12:5",
    "copilot-lsp prompt main.go:40:2 --beside util.go --text",
    "copilot-lsp prompt src/app.py:12:5 --next-edit --since HEAD~1 --text",
  ],
  async run(ctx, env, args) {
    if (hasFlag(args, "next-edit")) return showNextEdit(ctx, env, args);
    if (hasFlag(args, "since") || hasFlag(args, "before")) {
      throw new CopilotError("bad-request", "--since and --before go with --next-edit only.");
    }
    const position = parseFilePosition(args.words[0] ?? "");
    const found = await readFilePlace(ctx, env, position);
    const languageId = flagValue(args, "language") ?? languageIdOfPath(position.file);
    const { core, close } = await env.openCore();
    try {
      // How another service is asked hangs on its model.
      if (core.report().service) await withDeadline(ctx, env.clock, modelLimitMs, core.models).catch(() => undefined);
      for (const file of flagValues(args, "beside")) await open(ctx, env, core.documents, file);
      const { documentId, before, after, path } = found;
      const text = plainText(before + after);
      core.documents.opened({ id: documentId, languageId, path, file: documentId, text: () => text });
      const preview = await core.prompt(ctx, { ...found, languageId, trigger: "typed", lines: "auto" });
      if (preview.reason !== undefined)
        note(env, `Nothing would be sent: ${plain(preview.detail ?? reasonInWords(preview.reason))}`);
      if (preview.secrets) note(env, `Replaced before sending: ${preview.secrets.join(", ")}.`);
      if (hasFlag(args, "json")) printJson(env, preview);
      else if (hasFlag(args, "text"))
        print(env, plain(`${wordOf(preview.body, "prompt")}${cursor}${wordOf(preview.body, "suffix")}`));
      else printJson(env, preview.body, 2);
      return exitCodes.ok;
    } finally {
      await close();
    }
  },
};

async function showNextEdit(ctx: Ctx, env: CliEnv, args: Arguments): Promise<ExitCode> {
  const { request } = await readFileEditRequest(ctx, env, args);
  const { core, close } = await env.openCore();
  try {
    const preview = await core.nextEditPrompt(ctx, request);
    if (preview.reason !== undefined)
      note(env, `Nothing would be sent: ${plain(preview.detail ?? noEditInWords(preview.reason))}`);
    if (preview.secrets) note(env, `Replaced before sending: ${preview.secrets.join(", ")}.`);
    if (hasFlag(args, "json")) printJson(env, preview);
    else if (hasFlag(args, "text")) print(env, plain(messagesOf(preview.body).join("\n\n")));
    else printJson(env, preview.body, 2);
    return exitCodes.ok;
  } finally {
    await close();
  }
}

/** What is said to a model, in order; nothing where the service calls it something else. */
function messagesOf(body: unknown): readonly string[] {
  const { messages } = objectOf(body);
  return (Array.isArray(messages) ? messages : [])
    .map((message: unknown) => objectOf(message)["content"])
    .filter((content) => typeof content === "string");
}

/** A string in the body; empty where the service calls it something else. */
function wordOf(body: unknown, name: "prompt" | "suffix"): string {
  const value = objectOf(body)[name];
  return typeof value === "string" ? value : "";
}

async function open(ctx: Ctx, env: CliEnv, documents: DocumentObserver, name: string): Promise<void> {
  const file = resolve(env.cwd, name);
  const text = plainText(await readTextFile(ctx, file, name));
  const languageId = languageIdOfPath(name);
  documents.opened({ id: file, languageId, path: sentPath(env.cwd, file), file, text: () => text });
}
