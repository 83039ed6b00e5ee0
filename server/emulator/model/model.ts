// The "model" of the offline service: the same question always gets the same answer, without any state. It repeats what
// the text itself suggests where it can, and falls back on a little knowledge of each language.

import type { ModelQuestion } from "../types.ts";
import { bodiesFor, nextStatements } from "./blocks.ts";
import { closedBody, indented, lineEnds } from "./line-ends.ts";
import { plainLineEnds, plainLines } from "./plain.ts";
import { recall } from "./recall.ts";
import { indentOf, isComment, opensBlock, readable, readScene, type Scene } from "./scene.ts";

type Lines = readonly string[];

/**
 * The text of up to `n` alternatives, best first, all different; at least one, which is empty when there is nothing
 * sensible to say. A text goes on at the end of the prompt: after a line break it brings its own indentation.
 */
export function continueText(question: ModelQuestion): readonly string[] {
  const scene = readScene(question);
  if (scene.current !== readable(scene.current)) return [""];
  const isFresh = scene.current.trim() === "";
  const candidates = [...recall(scene), ...(isFresh ? freshLines(scene) : (plainLineEnds(scene) ?? lineEnds(scene)))];
  const texts = candidates
    .map((lines) => (isFresh ? freshText(scene, lines) : lines.join("\n")))
    .filter((text) => text.trim() !== "");
  const distinct = [...new Set(texts)];
  if (distinct.length < question.n && isFresh) distinct.push(...variations(scene, distinct));
  return distinct.length > 0 ? [...new Set(distinct)].slice(0, question.n) : [""];
}

/** Whole lines for the empty line that the cursor is on. */
function freshLines(scene: Scene): readonly Lines[] {
  const { anchor, dialect, indent } = scene;
  if (anchor === "" && scene.next === "") return [];
  const known = plainLines(scene);
  if (known) return known.map((lines) => indented(scene, lines, indent));
  if (opensBlock(anchor, dialect)) return bodiesFor(scene, anchor).map((body) => closedBody(scene, anchor, body));
  return nextStatements(scene).map((lines) => indented(scene, lines, indent));
}

/** The lines as text, without the indentation that stands on the cursor's line already. */
function freshText(scene: Scene, lines: Lines): string {
  const [first = "", ...rest] = lines;
  const begun = first.startsWith(scene.current) ? first.slice(scene.current.length) : first.trimStart();
  // Nothing is offered that stands on the next line as it is.
  return first.trim() === scene.next ? "" : [begun, ...rest].join("\n");
}

/** Further alternatives, made of the best one. */
function variations(scene: Scene, texts: readonly string[]): readonly string[] {
  const { dialect } = scene;
  const [best] = texts;
  if (best === undefined || dialect.block === "markup" || dialect.block === "none") return [];
  const end = dialect.comment === "/*" ? " */" : "";
  const comment = (words: string): string => `${dialect.comment} ${words}${end}`;
  const first = best.split("\n")[0] ?? "";
  return [
    ...(first === best || isComment(first, dialect) || opensBlock(first, dialect) ? [] : [first]),
    `${indentOf(best)}${comment("Handles the usual case.")}\n${scene.current}${best}`,
    `${best}\n${scene.current}${indentOf(best)}${comment("Nothing else to do.")}`,
  ];
}
