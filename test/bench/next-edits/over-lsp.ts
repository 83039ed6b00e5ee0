// A language server as the player's engine: a real process that is told of the document and asked as an editor does it, in
// real time.

import type { EditResult, EditSuggestion } from "../../../shared/edits.ts";
import type { InlineEditResult } from "../../../shared/lsp.ts";
import type { OpenDocument } from "../../../shared/documents.ts";
import { oneEdit } from "../../../server/edits/memory/words.ts";
import type { SpawnedLspServer } from "../../support/lsp-client.ts";
import type { BenchEngine } from "./engines.ts";

/** `uriOf`: of the document that the player calls by its path. `onText` gets each text that the server is told. */
export function engineOver(
  server: SpawnedLspServer,
  uriOf: (path: string) => string,
  onText: (lines: readonly string[]) => void,
): BenchEngine {
  let document: OpenDocument | undefined;
  let version = 1;
  let known: readonly string[] = [];
  let offered: EditSuggestion | undefined;
  let cancelLast = (): void => undefined;
  /** The server's name of each edit, by the lines that it makes: the same one may come under another name with each key. */
  const names = new Map<string, string>();
  const turnedDown = new Set<string>();
  const nothing: EditResult = { kind: "empty", reason: "nothing-new" };
  const linesOf = (): readonly string[] => document?.text().lines(0, document.text().lineCount) ?? [];
  const tell = (command: string, id: string): void =>
    void server
      .request("workspace/executeCommand", { command, arguments: [names.get(id) ?? id] })
      .catch(() => undefined);

  return {
    observer: {
      opened(one) {
        document = one;
        known = linesOf();
        onText(known);
        server.open(uriOf(one.id), known.join("\n"), { languageId: one.languageId, version });
        server.notify("textDocument/didFocus", { textDocument: { uri: uriOf(one.id) } });
      },
      changed(id, { startLine, endLine, newEndLine }) {
        const before = known;
        known = linesOf();
        onText(known);
        const old = before.slice(startLine, endLine + 1).join("\n");
        const { start, end, text } = oneEdit(old, known.slice(startLine, newEndLine + 1).join("\n"));
        const at = (offset: number) => {
          const above = old.slice(0, offset).split("\n");
          return { line: startLine + above.length - 1, character: above.at(-1)?.length ?? 0 };
        };
        version += 1;
        server.notify("textDocument/didChange", {
          textDocument: { uri: uriOf(id), version },
          contentChanges: [{ range: { start: at(start), end: at(end) }, text }],
        });
        // GitHub's server counts an offer that it is not told of as turned down.
        const isTaken = offered !== undefined && made(before, offered) === known.join("\n");
        if (isTaken && offered) tell("github.copilot.didAcceptNextEditSuggestionItem", offered.id);
        offered = undefined;
      },
      closed: () => undefined,
      focused: () => undefined,
    },
    async next(_ctx, { documentId, line, character }) {
      cancelLast();
      const uri = uriOf(documentId);
      const asked = server.send<InlineEditResult>("textDocument/copilotInlineEdit", {
        textDocument: { uri, version },
        position: { line, character },
        context: { triggerKind: 2, tellsDismissals: true },
      });
      cancelLast = asked.cancel;
      const own = version;
      const { edits } = await asked.answer.catch((): InlineEditResult => ({ edits: [] }));
      const [edit] = edits;
      if (!edit || own !== version || edit.textDocument.uri !== uri) return nothing;
      const { start, end } = edit.range;
      const head = (known[start.line] ?? "").slice(0, start.character);
      const id = JSON.stringify([start.line, head + edit.text + (known[end.line] ?? "").slice(end.character)]);
      names.set(id, String(edit.command.arguments?.[0]));
      // Nobody looks again at what they sent away; it counts once.
      if (turnedDown.has(id)) return nothing;
      offered = {
        id,
        startLine: start.line,
        startCharacter: start.character,
        endLine: end.line,
        endCharacter: end.character,
        newText: edit.text,
      };
      server.notify("textDocument/didShowInlineEdit", { item: { command: edit.command } });
      return { kind: "edit", edit: offered, others: [], model: "", source: "upstream" };
    },
    rejected(id) {
      turnedDown.add(id);
      tell("github.copilot.didRejectNextEditSuggestionItem", id);
    },
    close: () => server.kill(),
  };
}

function made(lines: readonly string[], edit: EditSuggestion): string {
  const { startLine, startCharacter, endLine, endCharacter, newText } = edit;
  const head = [...lines.slice(0, startLine), (lines[startLine] ?? "").slice(0, startCharacter)].join("\n");
  return head + newText + [(lines[endLine] ?? "").slice(endCharacter), ...lines.slice(endLine + 1)].join("\n");
}
