// What a test needs to see of a Markdown document: its fenced blocks, its comments, its tables and its links, each with
// the line it begins on. Understands only as much Markdown as the documents of this project use.

export interface Fence {
  readonly kind: "fence";
  /** From 1: the line of the opening fence. */
  readonly line: number;
  /** First word of the info string; empty when there is none. */
  readonly language: string;
  readonly text: string;
}

/** `<!-- text -->` on a line of its own. */
export interface Comment {
  readonly kind: "comment";
  readonly line: number;
  readonly text: string;
}

export interface Heading {
  readonly kind: "heading";
  readonly line: number;
  readonly depth: number;
  readonly text: string;
}

export type Part = Fence | Comment | Heading;

/** In the order of the document. */
export function partsOf(markdown: string): readonly Part[] {
  const parts: Part[] = [];
  const lines = markdown.split("\n");
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    const at = index + 1;
    const fence = /^```(\w*)/.exec(line);
    const comment = /^<!-- (.*) -->$/.exec(line);
    const heading = /^(#+) (.*)$/.exec(line);
    if (fence) {
      const end = lines.indexOf("```", index + 1);
      if (end < 0) throw new Error(`the block of line ${at} has no end`);
      const text = lines.slice(index + 1, end).join("\n");
      parts.push({ kind: "fence", line: at, language: fence[1] ?? "", text });
      index = end;
    } else if (comment) parts.push({ kind: "comment", line: at, text: comment[1] ?? "" });
    else if (heading) parts.push({ kind: "heading", line: at, depth: heading[1]?.length ?? 0, text: heading[2] ?? "" });
  }
  return parts;
}

/** The document with the text between `<!-- begin NAME -->` and `<!-- end NAME -->` replaced. */
export function withSection(markdown: string, name: string, text: string): string {
  const begin = `<!-- begin ${name} -->\n`;
  const end = `\n<!-- end ${name} -->`;
  const from = markdown.indexOf(begin);
  const to = markdown.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`there is no section "${name}"`);
  return markdown.slice(0, from + begin.length) + text + markdown.slice(to);
}

/** A table whose cells hold what they may hold: a bar is escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${" --- |".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

/** Everything in single back quotes, outside fences. */
export function codeWords(markdown: string): readonly string[] {
  const prose = markdown.replaceAll(/^```[^]*?^```$/gm, "");
  return [...prose.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? "");
}

/** Targets of links that do not lead to the web, without their fragments. */
export function localLinks(markdown: string): readonly string[] {
  return [...markdown.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => (match[1] ?? "").replace(/#.*$/, ""))
    .filter((target) => target !== "" && !/^[a-z]+:/.test(target));
}
