// What goes on a fresh line: the body of what was just opened, or the statement that usually follows the one above.
// Lines are without base indentation, a leading tab for one level.

import { assignments, bodiesOf, functionFor, readHeader } from "./functions.ts";
import { closerOf, indentOf, isComment, readable, type Scene } from "./scene.ts";

type Lines = readonly string[];

const farthestHeader = 200;

/** Bodies for the block that `opener` begins, likeliest first; none when nothing sensible is known. */
export function bodiesFor(scene: Scene, opener: string): readonly Lines[] {
  const { dialect } = scene;
  const text = opener.trim();
  const repeated = loopVariable(text);
  if (repeated) return [[dialect.print(repeated)]];
  const counted = /\bwhile\b\s*\(?\s*(\$?\w+)\s*([<>])/.exec(text);
  if (counted) {
    const step = counted[2] === ">" ? "-" : "+";
    const name = counted[1] ?? "";
    return [[scene.language === "lua" ? `${name} = ${name} ${step} 1` : `${name} ${step}= 1${dialect.semicolon}`]];
  }
  if (/^if\s+err\s*!=\s*nil/.test(text)) return [["return err"]];
  if (/__name__/.test(text)) return [["main()"]];
  if (/^(?:\}\s*)?(?:catch|except|rescue)\b/.test(text)) {
    const name = /(\w+)\s*\)?\s*[:{]?$/.exec(text)?.[1] ?? "error";
    return [[dialect.print(name)]];
  }
  if (/^(?:export\s+)?(?:default\s+)?(?:public\s+)?(?:abstract\s+)?(?:class|data class)\b/.test(text))
    return classBodies(scene);
  if (/\bstruct\b|^type\s+\w+\s+struct/.test(text)) return [structBody(scene)];
  if (/^(?:\}\s*)?(?:if|else if|elif|elsif|elseif|unless)\b/.test(text)) return [conditionBody(scene, text)];
  const header = readHeader(text);
  return header ? bodiesOf(dialect, header) : [];
}

/** What follows a line that opens nothing. */
export function nextStatements(scene: Scene): readonly Lines[] {
  const { anchor, dialect } = scene;
  const text = anchor.trim();
  if (isComment(anchor, dialect)) return commented(scene);
  if (/^(?:return|throw|raise|break|continue|exit|panic!?)\b/.test(text)) return [];
  if (scene.language === "go" && /\berr\s*:?=/.test(text)) return [["if err != nil {", "\treturn err", "}"]];
  const header = enclosingHeader(scene);
  const assigned =
    /^(?:const |let |var |val |auto |local |int |my )?(\$?[a-z_]\w*)\s*(?::[\w\s<>[\]]+)?(?::=|=)\s*[^=]/.exec(
      text,
    )?.[1];
  const own = /^(?:this\.|self\.|\$this->|@)(\w+)\s*=/.exec(text)?.[1];
  if (own && header) {
    const written = scene.above.slice(-farthestHeader).join("\n");
    const left = header.parameters.filter((name) => !written.includes(`${dialect.own(name)} =`));
    return left.length > 0 ? [assignments(dialect, left)] : [];
  }
  if (!assigned) return [];
  if (!header) return scene.oneLine || scene.next === "" ? [[dialect.print(assigned)]] : [];
  return scene.dialect.block === "colon" || /^[}e]/.test(scene.next) ? [[dialect.returns(assigned)]] : [];
}

/** The header of the function that the cursor is in. */
export function enclosingHeader(scene: Scene): ReturnType<typeof readHeader> {
  const width = indentOf(scene.current.trim() === "" ? scene.anchor : scene.current).length;
  const last = scene.current.trim() === "" ? scene.anchorIndex : scene.above.length - 1;
  for (let index = last; index >= Math.max(0, last - farthestHeader); index -= 1) {
    const line = scene.above[index] ?? "";
    if (line.trim() === "" || line !== readable(line)) continue;
    const isOutside = indentOf(line).length < width || (index === last && scene.current.trim() !== "");
    const header = isOutside ? readHeader(line) : undefined;
    if (header && /[:{)]$/.test(line.trim())) return header;
    if (indentOf(line).length === 0 && indentOf(line).length < width) return undefined;
  }
  return undefined;
}

function loopVariable(text: string): string | undefined {
  const each = /\|\s*(?:\w+\s*,\s*)?(\w+)\s*\|$/.exec(text)?.[1];
  if (each) return each;
  if (!/\bfor(?:each)?\b/.test(text)) return undefined;
  const php = /\bas\s+(?:\$\w+\s*=>\s*)?(\$\w+)/.exec(text)?.[1];
  if (php) return php;
  const pair =
    /\bfor\b\s*\(?\s*(?:const\s*|let\s*|var\s*|auto\s*&?\s*)?[[(]?\s*(\w+)\s*,\s*(\w+)\s*[\])]?\s*(?::=|=|in\b|of\b)/.exec(
      text,
    );
  if (pair) return pair[2] === "_" ? pair[1] : pair[2];
  const name = /\bfor(?:each)?\b\s*\(?\s*(?:[\w:<>]+[\s&*]+)*?([A-Za-z_]\w*)\s*(?:=|:=|:|in\b|of\b)/.exec(text)?.[1];
  if (!name) return undefined;
  return /;\s*do$/.test(text) ? `"$${name}"` : name;
}

function conditionBody(scene: Scene, text: string): Lines {
  const { dialect } = scene;
  const isGuard = /!\w|\bnot\b|\bnull\b|\bnil\b|\bNone\b|\bundefined\b|\bis_none\b|-z\b/.test(text);
  if (isGuard && dialect.hasNumberedParameters) return ["return 1"];
  if (isGuard) return [dialect.block === "colon" ? `return ${dialect.nothing}` : `return${dialect.semicolon}`];
  const subject = /\b(?:if|elif|elsif|elseif|unless)\b\W*(\$?[A-Za-z_]\w*)/.exec(text)?.[1];
  return [dialect.print(subject ?? '"yes"')];
}

function classBodies(scene: Scene): readonly Lines[] {
  const { dialect, language } = scene;
  if (language === "python") return [["def __init__(self, name):", "\tself.name = name"]];
  if (language === "ruby") return [["def initialize(name)", "\t@name = name", "end"]];
  if (language === "php") return [["public function __construct(private string $name) {", "}"]];
  if (/^(?:java|type)script/.test(language))
    return [
      [
        language.startsWith("type") ? "constructor(readonly name: string) {}" : "constructor(name) {",
        ...(language.startsWith("type") ? [] : ["\tthis.name = name;", "}"]),
      ],
    ];
  return [[`private ${language === "csharp" ? "string" : "String"} name${dialect.semicolon}`]];
}

function structBody({ language }: Scene): Lines {
  if (language === "go") return ["Name string"];
  if (language === "rust") return ["name: String,"];
  return ["int value;"];
}

function commented(scene: Scene): readonly Lines[] {
  const { anchor, dialect } = scene;
  const comment = anchor
    .trim()
    .slice(dialect.comment.length)
    .replace(/[#/*!-]+/g, " ")
    .trim();
  if (comment.split(/\s+/).length < 2 || dialect.block === "none" || dialect.block === "markup") return [];
  const header = enclosingHeader(scene);
  if (header && indentOf(anchor) !== "") return [[dialect.print(`"${comment.replace(/"/g, "'")}"`)]];
  const probe = dialect.header("f", [], "number", "number");
  return [functionFor(dialect, comment, closerOf(probe, dialect))];
}
