// The "model" of the offline service: the same question always gets the same answer, without any state. It repeats what
// the text itself suggests where it can, and falls back on a table of sample functions.

import type { ModelQuestion } from "../types.ts";
import { recall } from "./recall.ts";
import { bodiesOf, enclosingHeader, expressionOf, readHeader } from "./samples.ts";
import { closerOf, indentOf, isReadable, needsCloser, opensBlock, readScene, type Scene } from "./scene.ts";

type Lines = readonly string[];

/**
 * The text of up to `n` alternatives, best first, all different; at least one, which is empty when there is nothing
 * sensible to say. A text goes on at the end of the prompt: after a line break it brings its own indentation.
 */
export function continueText(question: ModelQuestion): readonly string[] {
  const scene = readScene(question);
  if (!isReadable(scene.current)) return [""];
  const isFresh = scene.current.trim() === "";
  const candidates = [...recall(scene), ...(isFresh ? bodiesAfter(scene, scene.anchor) : lineEnds(scene))];
  const texts = candidates
    .map((lines) => (isFresh ? freshText(scene, lines) : lines.join("\n")))
    .filter((text) => text.trim() !== "");
  if (isFresh && texts.length < question.n) texts.push(...variations(scene, texts));
  return texts.length > 0 ? [...new Set(texts)].slice(0, question.n) : [""];
}

/** Bodies for the function that `header` begins, with what closes it, each line whole. */
function bodiesAfter(scene: Scene, header: string): readonly Lines[] {
  const { syntax, unit } = scene;
  const found = opensBlock(header, syntax) ? readHeader(header) : undefined;
  if (!found) return [];
  const indent = indentOf(header);
  const closer = closerOf(header, syntax);
  const end = closer && needsCloser(scene, closer) ? [indent + closer] : [];
  return bodiesOf(found, syntax).map((lines) => [...lines.map((line) => indent + unit + line), ...end]);
}

/** The rest of a line that is begun: what a function returns, or the body behind its header. */
function lineEnds(scene: Scene): readonly Lines[] {
  const { current, syntax, oneLine } = scene;
  const blank = /\s$/.test(current) ? "" : " ";
  if (/^\s*return\s*$/.test(current)) {
    const header = enclosingHeader(scene);
    const expression = header && expressionOf(header, syntax);
    return expression === undefined ? [] : [[`${blank}${expression}${syntax.semicolon}`]];
  }
  const bodies = bodiesAfter(scene, current);
  return oneLine
    ? bodies.slice(0, 1).map((lines) => [blank + lines.map((line) => line.trim()).join(" ")])
    : bodies.map((lines) => ["", ...lines]);
}

/** The lines as text, without the indentation that stands on the cursor's line already. */
function freshText(scene: Scene, lines: Lines): string {
  const [first = "", ...rest] = lines;
  const begun = first.startsWith(scene.current) ? first.slice(scene.current.length) : first.trimStart();
  // Nothing is offered that stands on the next line as it is.
  return first.trim() === scene.next ? "" : [begun, ...rest].join("\n");
}

/** Further alternatives, made of the best one. */
function variations(scene: Scene, [best]: readonly string[]): readonly string[] {
  if (best === undefined) return [];
  const { comment } = scene.syntax;
  const indent = indentOf(best);
  return [
    `${indent}${comment} Handles the usual case.\n${scene.current}${best}`,
    `${best}\n${scene.current}${indent}${comment} Nothing else to do.`,
  ];
}
