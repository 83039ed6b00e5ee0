// What the prompt says besides the document's own text. Each kind of block is one file here.

export interface ContextBlock {
  readonly text: string;
  /** `words` go in as comment lines of the language; `code` is a line of it already. */
  readonly form: "words" | "code";
  /** Between 0 and 1: what is worth least goes first when there is not room for all. 1: never left out. */
  readonly worth: number;
}
