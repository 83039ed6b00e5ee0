// The next edit of an open document as LSP edits, for the fronts that are asked by hand or look into memory: code actions,
// the command, the hint at a line's end.

import type { Ctx } from "../../../shared/context.ts";
import type { NoEditCode, OpenDocumentEditRequest } from "../../../shared/edits.ts";
import { CopilotError, describeError, errorCodeOf } from "../../../shared/errors.ts";
import type { LspPosition, LspRange } from "../../../shared/lsp.ts";
import { orAfter, untilAborted } from "../../runtime/cancel.ts";
import { printable } from "../../runtime/printable.ts";
import { redact } from "../../runtime/secret.ts";
import type { DocumentSnapshot } from "../documents/documents.ts";
import type { Session } from "../types.ts";

export interface FoundEdit {
  readonly kind: "edit";
  readonly id: string;
  readonly document: DocumentSnapshot;
  readonly range: LspRange;
  readonly newText: string;
}

export interface NoFoundEdit {
  readonly kind: "none";
  readonly reason: NoEditCode;
  /** As in `NoEdit`; of a failure what happened and what to do. */
  readonly detail?: string | undefined;
}

export type FindResult = FoundEdit | NoFoundEdit;

export interface Wanted {
  readonly uri: string;
  readonly position: LspPosition;
  /** Ask nobody. */
  readonly fromMemory: boolean;
  readonly trigger: OpenDocumentEditRequest["trigger"];
  /** An answer that comes later is kept by the core for the next question. */
  readonly maxWaitMs: number;
}

/** Whatever is expected is a reason. Throws when `ctx` is aborted. */
export async function findNextEdit(
  session: Pick<Session, "clock" | "documents" | "core" | "lifecycle">,
  ctx: Ctx,
  { uri, position, fromMemory, trigger, maxWaitMs }: Wanted,
): Promise<FindResult> {
  // What is asked may outlive the question: the next one has its answer at once.
  const work = session.lifecycle.beginWork();
  try {
    const document = session.documents.get(uri, undefined);
    const lasting: Ctx = { ...ctx, signal: work.signal };
    const request: OpenDocumentEditRequest = {
      kind: "document",
      documentId: document.uri,
      ...position,
      trigger,
      fromMemory,
    };
    const asked = (async () => (await session.core(lasting)).nextEdit(lasting, request))().finally(work.end);
    const result = await untilAborted(ctx.signal, orAfter(session.clock, maxWaitMs, asked, "late"));
    if (result === "late") return { kind: "none", reason: "late" };
    if (result.kind === "empty") return { kind: "none", reason: result.reason, detail: result.detail };
    if (session.documents.currentText(uri) !== document.text) return { kind: "none", reason: "stale" };
    const { id, newText, startLine, startCharacter, endLine, endCharacter } = result.edit;
    return {
      kind: "edit",
      id,
      document,
      range: {
        start: { line: startLine, character: startCharacter },
        end: { line: endLine, character: endCharacter },
      },
      newText,
    };
  } catch (error) {
    if (ctx.signal.aborted) throw error;
    const detail = error instanceof CopilotError ? printable(redact(describeError(error))) : undefined;
    return { kind: "none", reason: errorCodeOf(error), detail };
  }
}

/** In the shape that the client takes. */
export function workspaceEditOf(session: Pick<Session, "client">, { document, range, newText }: FoundEdit): object {
  const { uri, version } = document;
  const edits = [{ range, newText }];
  return session.client().appliesDocumentChanges
    ? { documentChanges: [{ textDocument: { uri, version }, edits }] }
    : { changes: { [uri]: edits } };
}

/** Behind the new text, where its last line that is not empty ends. */
export function endOfEdit({ range: { start }, newText }: FoundEdit): LspPosition {
  const lines = newText.split(/\r\n|\r|\n/);
  const at = Math.max(
    0,
    lines.findLastIndex((line) => line !== ""),
  );
  return { line: start.line + at, character: (at === 0 ? start.character : 0) + (lines[at] ?? "").length };
}
