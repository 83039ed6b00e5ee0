// `next-edit`: what should change next in a file because of what was changed in it, as a diff.

import { dirname } from "node:path";
import type { EditSuggestion } from "../../../shared/edits.ts";
import { hasFlag } from "../args/arguments.ts";
import { jsonFlag } from "../args/flags.ts";
import { exitCodeOfNoEdit, exitCodes } from "../exit-codes.ts";
import { isBelow } from "../input/sent-path.ts";
import { earlierTextFlags, readFileEditRequest } from "../input/text-edit-request.ts";
import { note, plain, printJson, printText } from "../output/output.ts";
import { noEditInWords } from "../../../shared/words/edit-reasons.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  name: "next-edit",
  words: [1, 1],
  takes: "FILE:LINE:COL",
  flags: [
    ...earlierTextFlags,
    { name: "beside", takes: "FILE", repeatable: true, doc: "Send pieces of FILE as well; may be repeated" },
    { name: "language", takes: "ID", doc: "Language identifier; without it, worked out from the file name" },
    { name: "model", takes: "NAME", doc: "Edit model to ask; without it, the setting or the account's first" },
    jsonFlag,
  ],
  usage: ["next-edit FILE:LINE:COL [--since REV | --before FILE] [--json]"],
  summary: "print the change that follows the last ones",
  help: [
    "Prints a unified diff that `patch -p1` and `git apply` take in the current folder. It continues what was changed in the file since the last commit: the rest of a rename, an argument at the other calls, a field where its neighbours are. LINE and COL, which count from 1, say where to begin to look.",
    "The path in the diff, and what is sent of it, is the part below the current folder; of a file elsewhere it is the name alone, and standard error says in which folder the diff applies.",
    "git is asked for the earlier text alone. Nothing that the folder's configuration names is run, and nothing is fetched.",
    "When there is no next edit, nothing is printed and standard error says why. The exit code is 5, or 6 when the plan counts requests and edits.enabled is not on.",
  ],
  examples: [
    "copilot-lsp next-edit src/app.py:12:5 | patch -p1",
    "copilot-lsp next-edit main.go:40:2 --since HEAD~2 | git apply",
    "copilot-lsp next-edit notes.ts:1:1 --before notes.ts.orig --json",
  ],
  async run(ctx, env, args) {
    const { request, exactText, file } = await readFileEditRequest(ctx, env, args);
    const { core, close } = await env.openCore();
    try {
      const result = await core.nextEdit(ctx, request);
      if (hasFlag(args, "json")) printJson(env, result);
      if (result.kind === "empty") {
        note(env, `Nothing offered: ${plain(result.detail ?? noEditInWords(result.reason))}`);
        return exitCodeOfNoEdit(result.reason);
      }
      if (hasFlag(args, "json")) return exitCodes.ok;
      const { unifiedDiff } = await import("../../../shared/unified-diff.ts");
      const shift = exactText.length - request.text.length;
      const edits = [result.edit, ...result.others].map((edit) => behindMark(edit, shift));
      printText(env, unifiedDiff(request.path, exactText, edits));
      if (!isBelow(env.cwd, file)) note(env, `The diff names ${request.path} alone: apply it in ${dirname(file)}.`);
      return exitCodes.ok;
    } finally {
      await close();
    }
  },
};

/** The same edit of a text that has `shift` more units at its beginning, which no edit touches. */
function behindMark(edit: EditSuggestion, shift: number): EditSuggestion {
  const { startLine, startCharacter, endLine, endCharacter } = edit;
  return {
    ...edit,
    startCharacter: startLine === 0 ? startCharacter + shift : startCharacter,
    endCharacter: endLine === 0 ? endCharacter + shift : endCharacter,
  };
}
