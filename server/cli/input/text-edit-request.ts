// From the command line to a question about the next edit: the file as it is, as it was, and the place in it.

import { resolve } from "node:path";
import type { Ctx } from "../../../shared/context.ts";
import { plainText } from "../../../shared/documents.ts";
import type { TextEditRequest } from "../../../shared/edits.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { languageIdOfPath } from "../../../shared/languages.ts";
import { type Arguments, flagValue, flagValues } from "../args/arguments.ts";
import type { Flag } from "../args/flags.ts";
import type { CliEnv } from "../env.ts";
import { readRevision } from "./file-revision.ts";
import { locate, parseFilePosition } from "./file-position.ts";
import { readExactTextFile, readTextFile } from "./read-text.ts";
import { sentPath } from "./sent-path.ts";

/** Where the file's earlier text is. */
export const earlierTextFlags: readonly Flag[] = [
  {
    name: "since",
    takes: "REVISION",
    doc: "What was changed since REVISION of git; without it, since the last commit",
  },
  { name: "before", takes: "FILE", doc: "What was changed since the text of FILE" },
];

const mark = "\ufeff";

export interface FileEditRequest {
  readonly request: TextEditRequest;
  /** The file's text as its bytes say it: that of the request may lack a byte order mark. */
  readonly exactText: string;
  /** Absolute. */
  readonly file: string;
}

/** Throws `bad-request` for a place or a file that there is not, `too-large`, and the signal's reason. */
export async function readFileEditRequest(ctx: Ctx, env: CliEnv, args: Arguments): Promise<FileEditRequest> {
  const position = parseFilePosition(args.words[0] ?? "");
  const [since, earlier] = [flagValue(args, "since"), flagValue(args, "before")];
  if (since !== undefined && earlier !== undefined) {
    throw new CopilotError("bad-request", "--since and --before both say what the file was: give one of them.");
  }
  const file = resolve(env.cwd, position.file);
  const exactText = await readExactTextFile(ctx, file, position.file);
  const text = exactText.startsWith(mark) ? exactText.slice(1) : exactText;
  const located = locate(text, position.line, position.column);
  if (located.kind === "outside") throw new CopilotError("bad-request", `${position.file} ${located.message}.`);
  const before =
    earlier === undefined
      ? await readRevision(ctx, env, { file, shownName: position.file, revision: since })
      : await readTextFile(ctx, resolve(env.cwd, earlier), earlier);
  const lines = plainText(text);
  const path = sentPath(env.cwd, file);
  const line = position.line - 1;
  const files = await Promise.all(
    flagValues(args, "beside").map(async (name) => {
      const other = resolve(env.cwd, name);
      return { path: sentPath(env.cwd, other), text: await readTextFile(ctx, other, name) };
    }),
  );
  const request: TextEditRequest = {
    kind: "text",
    path,
    file,
    languageId: flagValue(args, "language") ?? languageIdOfPath(position.file),
    text,
    line,
    character: located.offset - lines.lineStart(line),
    // A file that was not there is new from its first line to its last.
    edits: [{ path, before: before ?? "", after: text }],
    files,
    model: flagValue(args, "model"),
  };
  return { request, exactText, file };
}
