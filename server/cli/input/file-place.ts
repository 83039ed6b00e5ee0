// Reads the place FILE:LINE:COL: the file's text before and after it, and what the service is told of the file.

import { resolve } from "node:path";
import type { DocumentRequest } from "../../../shared/completion.ts";
import type { Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { CliEnv } from "../env.ts";
import { locate, type FilePosition } from "./file-position.ts";
import { readTextFile } from "./read-text.ts";
import { sentPath } from "./sent-path.ts";

export type FilePlace = Pick<
  DocumentRequest,
  "kind" | "documentId" | "file" | "before" | "beforeOffset" | "after" | "lineCount" | "path"
>;

/** Throws `bad-request` for a file that cannot be read and a place that it does not have, `too-large`. */
export async function readFilePlace(ctx: Ctx, env: CliEnv, { file, line, column }: FilePosition): Promise<FilePlace> {
  const fullPath = resolve(env.cwd, file);
  const text = await readTextFile(ctx, fullPath, file);
  const located = locate(text, line, column);
  if (located.kind === "outside") throw new CopilotError("bad-request", `${file} ${located.message}.`);
  return {
    kind: "document",
    documentId: fullPath,
    file: fullPath,
    before: text.slice(0, located.offset),
    beforeOffset: 0,
    after: text.slice(located.offset),
    lineCount: located.lineCount,
    path: sentPath(env.cwd, fullPath),
  };
}
