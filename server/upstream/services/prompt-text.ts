// The prompt of a family of models, from its pieces. Words of a template in the source text are broken up, so that a file
// about such words does not end its own prompt.

import { languageOf } from "../../../shared/languages.ts";
import type { ModelFamily } from "../../../shared/model-families.ts";
import type { ServiceFile, ServiceRequest } from "../../completion/service.ts";
import type { PromptPieces } from "./prompt-layout.ts";

type Facts = Pick<ServiceRequest, "languageId" | "path" | "repository">;

export function promptText(family: ModelFamily, pieces: PromptPieces, facts: Facts): string {
  const clean = breaker(family);
  const { fill, files: words } = family;
  const line = clean(pieces.line);
  const after = clean(pieces.after);
  const named = pieces.files.filter(({ path }) => words !== undefined && path !== undefined);
  const remarks = pieces.files.filter((file) => !named.includes(file));
  const path = facts.path === undefined ? undefined : clean(oneLine(facts.path));
  const saysPath = words !== undefined && path !== undefined && (named.length > 0 || words.always === true);
  const comments = remarks.map((file) => clean(asRemark(file, facts.languageId))).join("");
  const own = comments + (saysPath ? "" : clean(pieces.heading)) + clean(pieces.above);
  if (after === "" && family.noEmptyHole) return own + line;

  const others = named
    .map((file) => `${words?.file}${clean(oneLine(file.path ?? ""))}\n${clean(file.text)}\n`)
    .join("");
  const name = facts.repository === undefined ? undefined : clean(oneLine(facts.repository));
  const repository =
    words?.repository === undefined || name === undefined || !saysPath
      ? ""
      : `${words.repository}${name}${words.isRepositoryLine ? "\n" : ""}`;
  const pathLine = saysPath ? `${path}\n` : "";
  const ownWord = saysPath ? words.file : "";
  const place = words?.place;
  const before = place === "before" ? "" : place === "split" ? pathLine : others + ownWord + pathLine;
  const preamble =
    place === "before"
      ? repository + others + ownWord + pathLine
      : place === "split"
        ? repository + others + ownWord
        : "";
  const prefix = fill.prefix + before + own;
  const suffix = fill.suffix + after;
  return preamble + (family.suffixFirst ? suffix + prefix : prefix + suffix) + (fill.middle ?? "") + line;
}

/** The text above the cursor for a service that writes the words around it itself: other files as remarks, then the own. */
export function plainPrompt({ files, heading, above, line }: PromptPieces, languageId: string): string {
  return files.map((file) => asRemark(file, languageId)).join("") + heading + above + line;
}

/** Words that no answer of the family holds. */
export function endWords({ fill, files, ends }: ModelFamily): readonly string[] {
  const words = [fill.prefix, fill.suffix, fill.middle, files?.repository, files?.file, ...ends];
  // Plus signs and what else has no brackets may be source.
  return [...new Set(words.flatMap((word) => word?.trim() ?? []))].filter((word) => /^[<[]/.test(word));
}

/** Text from another place as comment lines of the language. */
export function asRemark({ path, text }: ServiceFile, languageId: string): string {
  const { start, end } = languageOf(languageId).note;
  const lines = path === undefined ? text : `Compare this snippet from ${oneLine(path)}:\n${text}`;
  return lines
    .split("\n")
    .map((part) => `${start}${part}${end}\n`)
    .join("");
}

function oneLine(name: string): string {
  return name.replaceAll(/[\r\n]+/g, " ");
}

// Tokenizers take words of these two shapes for tokens of their own, whatever family they are of.
const controlWords = "<\\|(?=[\\w▁]{1,40}\\|>)|<｜(?=[^｜\\n]{1,40}｜>)";
const zeroWidthSpace = "\u200b";

/** Puts a zero-width space behind the first character of each word. */
function breaker(family: ModelFamily): (text: string) => string {
  const words = endWords(family).map((word) => `${escaped(word.charAt(0))}(?=${escaped(word.slice(1))})`);
  const plus = family.files?.file === "+++++ " ? ["^\\+(?=\\+{4} )"] : [];
  const pattern = new RegExp([controlWords, ...words, ...plus].join("|"), "gm");
  return (text) => text.replace(pattern, (start) => start + zeroWidthSpace);
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
