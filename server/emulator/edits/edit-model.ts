// The "model" of next edits: goes on with what the latest edits have begun, in the lines that it may rewrite. The same
// prompt always gets the same answer. Asked where to go, it names the nearest line outside of them that has to change.

import type { EditQuestion } from "../types.ts";
import { dressAnswer, dressOf } from "./answer-dress.ts";
import { applyChanges } from "./apply-changes.ts";
import { changesIn } from "./changes.ts";
import { type EditScene, readEditScene } from "./edit-scene.ts";

/** Empty for a prompt that shows no file. */
export function continueEdits(question: EditQuestion): string {
  const scene = readEditScene(question.user);
  if (!scene) return "";
  if (question.kind === "jump") return String(nextPlace(scene));
  return dressAnswer(dressOf(question.strategy), question.strategy, scene, newWindow(scene));
}

/** The window as it should be: the same lines when nothing has to change. */
export function newWindow(scene: EditScene): readonly string[] {
  const below = scene.file[scene.windowStart - scene.fileStart + scene.window.length];
  return applyChanges(changesIn(scene), scene.window, below);
}

function nextPlace(scene: EditScene): number {
  const { file, fileStart, windowStart, window, cursorLine } = scene;
  const changes = changesIn(scene);
  const places = file
    .map((line, index) => ({ line, number: fileStart + index }))
    .filter(({ number }) => number < windowStart || number >= windowStart + window.length)
    .filter(({ line, number }) => applyChanges(changes, [line], file[number - fileStart + 1]).join("\n") !== line)
    .sort((a, b) => Math.abs(a.number - cursorLine) - Math.abs(b.number - cursorLine));
  return places[0]?.number ?? cursorLine;
}
