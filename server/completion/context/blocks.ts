// What the prompt says besides the document's own text. Each kind of block is one file here.

import type { DocumentText, OpenDocument } from "../../../shared/documents.ts";
import { withoutControls } from "../../runtime/printable.ts";

/** Whether a document may be told of in the prompt of another. `text`: what would be told. */
export type MaySend = (document: OpenDocument, text: () => DocumentText) => boolean;

export interface ContextBlock {
  readonly text: string;
  /** `words` go in as comment lines of the language; `code` is a line of it already. */
  readonly form: "words" | "code";
  /** Between 0 and 1: what is worth least goes first when there is not room for all. 1: never left out. */
  readonly worth: number;
  /** The piece itself, where the block shows one. */
  readonly piece?: { readonly path: string | undefined; readonly text: string };
}

/** A piece of another file; `path` where it is known. */
export function snippetBlock(path: string | undefined, text: string): ContextBlock {
  const origin = path === undefined ? "" : ` from ${oneLine(path)}`;
  const piece = { path, text: text.trimEnd() };
  return { text: `Compare this snippet${origin}:\n${piece.text}`, form: "words", worth: 0.8, piece };
}

/** A file name may hold anything but `/`; a line break would end the comment that it stands in, as would U+2028. */
export function oneLine(name: string): string {
  return withoutControls(name.replaceAll(/[\r\n]+/g, " "));
}
