// How a line goes on that is begun: a header wants its body, a `return` its value, a bracket its end, a name the rest
// of itself. Answers lines as the recall does: the first goes on at the cursor, the others are whole.

import { bodiesFor, enclosingHeader, nextStatements } from "./blocks.ts";
import { expressionOf, readHeader } from "./functions.ts";
import { operationFor } from "./operations.ts";
import { closerOf, indentOf, isComment, needsCloser, opensBlock, type Scene } from "./scene.ts";

type Lines = readonly string[];

/** With the leading tabs of `lines` made into the text's own indentation, after `indent`. */
export function indented(scene: Scene, lines: Lines, indent: string): Lines {
  return lines.map((line) => {
    const text = line.replace(/^\t+/, "");
    return text === "" ? "" : indent + scene.unit.repeat(line.length - text.length) + text;
  });
}

/** The body of `opener` with what closes it, each line whole. */
export function closedBody(scene: Scene, opener: string, body: Lines): Lines {
  const closer = closerOf(opener, scene.dialect);
  const lines = indented(scene, body, indentOf(opener) + scene.unit);
  return closer && needsCloser(scene, closer) ? [...lines, indentOf(opener) + closer] : lines;
}

export function lineEnds(scene: Scene): readonly Lines[] {
  const { current, dialect } = scene;
  const text = current.trim();
  if (isComment(current, dialect)) {
    // What the comment asks for stands below it.
    const below = nextStatements({ ...scene, anchor: current, current: "" });
    return scene.oneLine ? [] : below.map((lines) => ["", ...indented(scene, lines, indentOf(current))]);
  }
  // A bracket at the end is rather filled on its line.
  if (opensBlock(current, dialect) && !/[([]$/.test(text)) return afterOpener(scene);
  const blank = /\s$/.test(current) ? "" : " ";
  return (
    returned(scene, text, blank) ??
    unfinishedHeader(scene, text) ??
    loopHead(scene, text, blank) ??
    assigned(scene, text, blank) ??
    rememberedTail(scene) ??
    finishedName(scene) ??
    []
  );
}

function afterOpener(scene: Scene): readonly Lines[] {
  const { current, dialect, oneLine } = scene;
  const bodies = bodiesFor(scene, current);
  if (!oneLine) return bodies.map((body) => ["", ...closedBody(scene, current, body)]);
  // Asked for one line, the whole of it goes on this one, where a language allows that.
  const closer = closerOf(current, dialect);
  const blank = /\s$/.test(current) ? "" : " ";
  return bodies
    .filter((body) => body.length === 1 && closer !== "end")
    .map((body) => [`${blank}${body[0] ?? ""}${closer && needsCloser(scene, closer) ? ` ${closer}` : ""}`]);
}

function returned(scene: Scene, text: string, blank: string): readonly Lines[] | undefined {
  if (text !== "return") return undefined;
  const header = enclosingHeader(scene);
  const expression = header ? expressionOf(scene.dialect, header) : undefined;
  if (!expression) return undefined;
  const { dialect } = scene;
  switch (expression.kind) {
    case "value":
      return [[`${blank}${expression.text}${dialect.semicolon}`]];
    case "greeting":
      return [[`${blank}${dialect.hello(expression.name)}${dialect.semicolon}`]];
    case "choice": {
      const [line = ""] = dialect.choose(expression.condition, expression.whenTrue, expression.otherwise);
      return line.startsWith("return ") ? [[blank + line.slice("return ".length)]] : undefined;
    }
  }
}

/** `def add`, `function add(`, `fn add(a, b`: the rest of the header, and the body. */
function unfinishedHeader(scene: Scene, text: string): readonly Lines[] | undefined {
  const { dialect, current } = scene;
  if (
    !/^(?:export\s+|async\s+|pub\s+|local\s+|static\s+)*(?:def|function|func|fn|fun)\s+\w+\s*(?:\([^)]*)?$/.test(text)
  )
    return undefined;
  const name = readHeader(text)?.name ?? "run";
  const operation = operationFor(name);
  const written = dialect.header(
    name,
    operation?.parameters ?? [],
    operation?.type ?? "text",
    operation?.result ?? "text",
  );
  const inside = /\(([^)]*)$/.exec(text)?.[1];
  const rest = inside
    ? written.slice(written.indexOf(")"))
    : written.slice(written.indexOf("(") + (inside === "" ? 1 : 0));
  const whole = current + rest;
  const [body = []] = bodiesFor(scene, whole);
  const wanted = { ...scene, unclosedBraces: scene.unclosedBraces + 1 };
  return [[rest, ...closedBody(wanted, whole, body)]];
}

function loopHead(scene: Scene, text: string, blank: string): readonly Lines[] | undefined {
  const { language } = scene;
  if (language === "python") {
    if (text === "for") return [[`${blank}i in range(10):`]];
    if (/^for\s+\w+\s+in$/.test(text)) return [[`${blank}range(10):`]];
    if (text === "import") return [[`${blank}os`]];
  }
  if (/^for\s*\($/.test(text) && language !== "python") {
    const kind = /script/.test(language) ? "let" : "int";
    return [[`${kind} i = 0; i < 10; i++) {`]];
  }
  return undefined;
}

function assigned(scene: Scene, text: string, blank: string): readonly Lines[] | undefined {
  const name = /([A-Za-z_]\w*)\s*(?::\s*[\w<>[\]]+\s*)?:?=$/.exec(text)?.[1];
  const { dialect } = scene;
  if (!name || /[=!<>]=$/.test(text) || dialect.block === "none") return undefined;
  const parameters = enclosingHeader(scene)?.parameters ?? [];
  const operation = operationFor(name);
  if (operation && parameters.length >= operation.parameters.length) {
    const expression = operation.express(parameters, name);
    if (expression.kind === "value") return [[`${blank}${expression.text}${dialect.semicolon}`]];
  }
  return [[`${blank}${initialValue(name, parameters[0] ?? dialect.nothing)}${dialect.semicolon}`]];
}

function initialValue(name: string, otherwise: string): string {
  if (/^(?:i|j|k|n|x|y)$|count|total|sum|index|size|length|number/i.test(name)) return "0";
  if (/s$|list|array|items|result/i.test(name)) return "[]";
  if (/map|dict|object|options|config|settings/i.test(name)) return "{}";
  if (/name|text|title|message|label|string/i.test(name)) return '""';
  return otherwise;
}

const leastTailLetters = 4;

/** What followed the last words of this line where they stood before. */
function rememberedTail(scene: Scene): readonly Lines[] | undefined {
  const { current } = scene;
  const starts = [...current.matchAll(/(?<![\w$])[\w$"'(]/g)].map(({ index }) => index);
  const before = scene.above.join("\n");
  for (const start of starts) {
    const tail = current.slice(start);
    if ((tail.match(/\w/g)?.length ?? 0) < leastTailLetters) break;
    const rest =
      lineRest(before, before.lastIndexOf(tail), tail.length) ??
      lineRest(scene.suffix, scene.suffix.indexOf(tail), tail.length);
    if (rest) return [[rest]];
  }
  return undefined;
}

function lineRest(text: string, at: number, length: number): string | undefined {
  if (at < 0) return undefined;
  const end = text.indexOf("\n", at + length);
  const rest = text.slice(at + length, end < 0 ? undefined : end).trimEnd();
  return rest === "" ? undefined : rest;
}

/** The rest of a name that stands above, and the brackets that the line leaves open. */
function finishedName(scene: Scene): readonly Lines[] | undefined {
  const { current, dialect } = scene;
  const begun = /[A-Za-z_$][\w$]+$/.exec(current)?.[0];
  const name = begun ? lastNameLike(scene.above, begun) : undefined;
  const open = openBrackets(current);
  if (!name && open === "") return undefined;
  const argument = current.endsWith("(") ? (enclosingHeader(scene)?.parameters[0] ?? lastAssigned(scene.above)) : "";
  const end = open === "" ? "" : `${open}${dialect.semicolon}`;
  return [[`${name?.slice(begun?.length) ?? argument}${end}`]];
}

function lastAssigned(lines: readonly string[]): string {
  for (const line of lines.slice(-50).reverse()) {
    const name = /^\s*(?:const |let |var |val |auto |local |int )?(\$?[A-Za-z_]\w*)\s*:?=(?!=)/.exec(line)?.[1];
    if (name) return name;
  }
  return "";
}

function lastNameLike(lines: readonly string[], begun: string): string | undefined {
  for (const line of lines.slice(-200).reverse()) {
    if (!line.includes(begun)) continue;
    const names = line.match(/[A-Za-z_$][\w$]*/g) ?? [];
    const found = names.findLast((name) => name.length > begun.length && name.startsWith(begun));
    if (found) return found;
  }
  return undefined;
}

function openBrackets(text: string): string {
  const closers: string[] = [];
  for (const sign of text) {
    if (sign === "(") closers.push(")");
    else if (sign === "[") closers.push("]");
    else if (closers.at(-1) === sign) closers.pop();
  }
  return closers.reverse().join("");
}
