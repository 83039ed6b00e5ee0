// `POST /next-edit`: a text and what was changed in it, in; the next change, out, as JSON or as a diff. Nothing is kept
// from one request to the next.

import { plainText } from "../../../shared/documents.ts";
import type { EditDiagnostic, EditResult, EditSuggestion, TextEditRequest } from "../../../shared/edits.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { NextEditReply, TextEditReply } from "../../../shared/http.ts";
import { languageIdOfPath } from "../../../shared/languages.ts";
import type { Core } from "../../core/types.ts";
import { answerHeaders } from "../formats/format.ts";
import { preferred } from "../request/accept.ts";
import { type KnownFile, readEditHistory } from "../request/edit-history.ts";
import { type Fields, readFields } from "../request/fields.ts";
import { readJson } from "../request/json-body.ts";
import { sendJson, sendText } from "../response/answer.ts";
import { plainErrors } from "../response/error-format.ts";
import type { Route } from "../route.ts";

const maxFiles = 50;
const maxDiagnostics = 100;
const mostLines = 10_000_000;

/** Throws `bad-request`, naming the field. */
async function toRequest(fields: Fields): Promise<TextEditRequest> {
  const path = fields.string("path");
  const text = fields.string("text");
  const files = fields
    .optionalObjects("files", maxFiles)
    .map((file): KnownFile => ({ path: file.string("path"), text: file.string("text") }));
  return {
    kind: "text",
    path,
    languageId: fields.optionalString("language") || languageIdOfPath(path),
    text,
    ...readCursor(fields, text),
    edits: await readEditHistory(fields, path, [...files, { path, text }]),
    files,
    diagnostics: fields.optionalObjects("diagnostics", maxDiagnostics).map(readDiagnostic),
    model: fields.optionalModel("model"),
  };
}

function readCursor(fields: Fields, text: string): { readonly line: number; readonly character: number } {
  const cursor = fields.optionalObject("cursor");
  const offset = fields.optionalInteger("offset", 0, text.length);
  if ((cursor === undefined) === (offset === undefined)) {
    throw new CopilotError("bad-request", 'The body must have either "cursor" or "offset".', {
      advice: 'Send "cursor": {"line": 0, "character": 0}, both counted from 0.',
    });
  }
  if (cursor) return { line: requiredLine(cursor, "line"), character: requiredLine(cursor, "character") };
  const lines = plainText(text.slice(0, offset));
  const line = lines.lineCount - 1;
  return { line, character: lines.length - lines.lineStart(line) };
}

function requiredLine(fields: Fields, name: string): number {
  const value = fields.optionalInteger(name, 0, mostLines);
  if (value === undefined) throw new CopilotError("bad-request", `"${name}" is missing.`);
  return value;
}

function readDiagnostic(fields: Fields): EditDiagnostic {
  const startLine = requiredLine(fields, "line");
  return {
    severity: fields.optionalChoice("severity", ["error", "warning"]) ?? "error",
    message: fields.string("message"),
    startLine,
    endLine: startLine,
  };
}

function toReply(result: EditResult): NextEditReply {
  if (result.kind === "empty") {
    const { reason, detail, model } = result;
    return { edit: null, reason, detail, model };
  }
  const { edit, others, model, source } = result;
  return { edit: toTextEdit(edit), others: others.map(toTextEdit), model, source };
}

function toTextEdit(edit: EditSuggestion): TextEditReply {
  const start = { line: edit.startLine, character: edit.startCharacter };
  const end = { line: edit.endLine, character: edit.endCharacter };
  return { range: { start, end }, newText: edit.newText };
}

export function createNextEditRoute({ core }: { readonly core: Core }, path: string): Route {
  return {
    path,
    errorFormat: plainErrors,
    methods: {
      async POST(context) {
        const request = await toRequest(readFields(await readJson(context)));
        const isDiff = preferred(context.request.headers.accept, ["application/json", "text/x-diff"]) === "text/x-diff";
        const result = await core.nextEdit(context.ctx, request);
        const reply = toReply(result);
        if (!isDiff) return sendJson(context, 200, reply, answerHeaders(reply));
        const { unifiedDiff } = await import("../../../shared/unified-diff.ts");
        const edits = result.kind === "edit" ? [result.edit, ...result.others] : [];
        const diff = unifiedDiff(request.path, request.text, edits);
        sendText(context, diff, answerHeaders(reply), "text/x-diff; charset=utf-8");
      },
    },
  };
}
