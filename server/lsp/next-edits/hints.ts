// The opt-in hint for editors that show no next edits: some time after a change the server asks by itself, and says at the
// end of the line what would change there, as a diagnostic of the lowest severity. The next change takes it away.

import type { Log, Timer } from "../../../shared/context.ts";
import { describeError } from "../../../shared/errors.ts";
import type { Session } from "../types.ts";
import { findNextEdit, type FoundEdit } from "./find-next-edit.ts";
import type { ChangeWatch } from "./last-change.ts";

type HintSession = Pick<Session, "clock" | "documents" | "core" | "lifecycle" | "editor" | "settings">;

const restMs = 800;
const maxWaitMs = 3_000;
const hint = 4;
const maxShownUnits = 80;

export function startHints(session: HintSession, watch: ChangeWatch, newId: () => string, log: Log): void {
  let timer: Timer | undefined;
  let shownFor: string | undefined;
  let changes = 0;

  const publish = (uri: string, diagnostics: readonly object[]): void =>
    session.editor.notify("textDocument/publishDiagnostics", { uri, diagnostics });
  const clear = (): void => {
    if (shownFor !== undefined) publish(shownFor, []);
    shownFor = undefined;
  };
  const look = async (asOf: number): Promise<void> => {
    const last = watch.last();
    const work = session.lifecycle.beginWork();
    try {
      if (!last) return;
      const ctx = { signal: work.signal, log, id: newId() };
      const position = { line: last.line, character: Number.MAX_SAFE_INTEGER };
      const found = await findNextEdit(session, ctx, {
        uri: last.uri,
        position,
        fromMemory: false,
        trigger: "typed",
        maxWaitMs,
      });
      if (found.kind === "none") {
        log.debug("no hint", { reason: found.reason });
        return;
      }
      if (asOf !== changes) return;
      publish(last.uri, [diagnosticOf(found)]);
      shownFor = last.uri;
    } finally {
      work.end();
    }
  };

  watch.onChange(() => {
    changes += 1;
    timer?.cancel();
    clear();
    if (session.settings().nextEditMenu !== "hints") return;
    const asOf = changes;
    timer = session.clock.after(restMs, () => {
      look(asOf).catch((error: unknown) => log.debug("no hint", { error: describeError(error) }));
    });
  });
}

function diagnosticOf({ document, range, newText }: FoundEdit): object {
  const [line = ""] = document.text.lines(range.start.line, range.start.line + 1);
  const end = { line: range.start.line, character: line.length };
  const words = newText.split(/[\r\n]/).find((part) => part.trim() !== "");
  const message =
    words === undefined ? "Next edit: delete this." : `Next edit: ${words.trim().slice(0, maxShownUnits)}`;
  return { range: { start: end, end }, severity: hint, source: "copilot-lsp", message };
}
