// Which parts of a line are strings and comments, by the language's row. Only as exact as it takes to tell a name in code
// from a word in a text.

import type { Language, StringSyntax } from "../../../shared/languages.ts";

/** Units `[start, end)` of a line. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
  readonly kind: "string" | "comment";
}

interface Open {
  readonly close: string;
  readonly kind: TextSpan["kind"];
  readonly isRaw: boolean;
  readonly isMultiline: boolean;
  /** Code may stand in it: `${…}`. */
  readonly isTemplate: boolean;
}

/** What goes on at a line's end. */
interface State {
  readonly open: Open | undefined;
  /** The templates that the code at hand stands in, the innermost last, with the braces that are open in it. */
  readonly templates: readonly { readonly open: Open; readonly depth: number }[];
}

const nothing: State = { open: undefined, templates: [] };

/** `wanted`: numbers of the lines whose spans are asked for, ascending. Nothing is open before the first line. */
export function textSpans(
  lines: readonly string[],
  language: Language,
  wanted: readonly number[],
): ReadonlyMap<number, readonly TextSpan[]> {
  const signs = [
    ...language.blockComments.map(([open]) => open),
    ...language.strings.filter(({ isMultiline }) => isMultiline).map(({ open }) => open),
  ];
  const found = new Map<number, readonly TextSpan[]>();
  const last = wanted.at(-1) ?? -1;
  const isWanted = new Set(wanted);
  let state = nothing;
  for (let number = 0; number <= last; number += 1) {
    const line = lines[number] ?? "";
    const isOpen = state.open !== undefined || state.templates.length > 0;
    // Most lines neither are asked for nor begin a text that goes on below.
    if (!isOpen && !isWanted.has(number) && !signs.some((sign) => line.includes(sign))) continue;
    const read = spansOf(line, language, state);
    state = read.state;
    if (isWanted.has(number)) found.set(number, read.spans);
  }
  return found;
}

function spansOf(
  line: string,
  language: Language,
  before: State,
): { readonly spans: readonly TextSpan[]; readonly state: State } {
  const spans: TextSpan[] = [];
  const templates = before.templates.map((template) => ({ ...template }));
  let { open } = before;
  let start = 0;
  const close = (end: number): void => {
    if (open && end > start) spans.push({ start, end, kind: open.kind });
    open = undefined;
  };
  for (let at = 0; at < line.length; ) {
    if (open) {
      if (open.kind === "string" && !open.isRaw && line[at] === "\\") at += 2;
      else if (line.startsWith(open.close, at)) {
        at += open.close.length;
        close(at);
      } else if (open.isTemplate && line.startsWith("${", at)) {
        templates.push({ open, depth: 0 });
        close(at);
        at += 2;
      } else at += 1;
      continue;
    }
    const template = templates.at(-1);
    if (template && line[at] === "{") template.depth += 1;
    if (template && line[at] === "}") {
      if (template.depth === 0) {
        templates.pop();
        open = template.open;
        start = at;
        at += 1;
        continue;
      }
      template.depth -= 1;
    }
    const block = language.blockComments.find(([sign]) => line.startsWith(sign, at));
    const string = language.strings.find((one) => line.startsWith(one.open, at) && isClosed(one, line, at));
    if (block) {
      open = { close: block[1], kind: "comment", isRaw: true, isMultiline: true, isTemplate: false };
      start = at;
      at += block[0].length;
    } else if (language.lineComments.some((sign) => line.startsWith(sign, at) && isCommentAt(line, at, language))) {
      spans.push({ start: at, end: line.length, kind: "comment" });
      return { spans, state: { open: undefined, templates } };
    } else if (string) {
      const { isRaw = false, isMultiline = false } = string;
      open = { close: string.close, kind: "string", isRaw, isMultiline, isTemplate: string.open === "`" };
      start = at;
      at += string.open.length;
    } else at += 1;
  }
  if (open) spans.push({ start, end: line.length, kind: open.kind });
  return { spans, state: { open: open?.isMultiline ? open : undefined, templates } };
}

/** An apostrophe that nothing closes belongs to a word or a lifetime. */
function isClosed({ open, close, isMultiline }: StringSyntax, line: string, at: number): boolean {
  return isMultiline === true || open !== "'" || line.includes(close, at + open.length);
}

function isCommentAt(line: string, at: number, { isCommentSpaced }: Language): boolean {
  return !isCommentSpaced || at === 0 || /\s/.test(line.charAt(at - 1));
}
