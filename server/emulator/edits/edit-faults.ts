// The ways in which a model's answer to a prompt for an edit is wrong. Each makes a wrong answer of the right one, so that
// a client's checks are tested on texts that they have to be compared with.

import type { EditFault, EditQuestion } from "../types.ts";
import { type AnswerDress, dressAnswer, dressOf } from "./answer-dress.ts";
import { newWindow } from "./edit-model.ts";
import { type EditScene, readEditScene } from "./edit-scene.ts";

export interface FaultyAnswer {
  readonly text: string;
  readonly finishReason: "stop" | "length";
}

export const refusal = "Sorry, I can't assist with that.";

/** Undefined for a prompt that shows no file, and where there is nothing to get wrong in this way. */
export function faultyAnswer(fault: EditFault, question: EditQuestion): FaultyAnswer | undefined {
  const scene = readEditScene(question.user);
  if (!scene) return undefined;
  const dress = dressOf(question.strategy);
  const right = newWindow(scene);
  const dressed = (lines: readonly string[]): string => dressAnswer(dress, question.strategy, scene, lines);
  const whole = (text: string): FaultyAnswer => ({ text, finishReason: "stop" });
  switch (fault) {
    case "refusal":
      return whole(refusal);
    case "unchanged":
      return whole(dressed(scene.window));
    case "cut":
      return { text: firstHalf(dressed(right)), finishReason: "length" };
    case "ends-early":
      return whole(firstHalf(dressed(right)));
    case "undo":
      return whole(dressed(undone(scene)));
    case "repeats-below":
      return whole(dressed([...right, ...below(scene, 2)]));
    case "repeats-line":
      return whole(dressed(right.flatMap((line, index) => (line === scene.window[index] ? [line] : [line, line]))));
    case "wrong-word":
      return whole(dressed(right.map((line, index) => (line === scene.window[index] ? line : garbled(line)))));
    case "deletes-rest":
      return whole(dressed(right.slice(0, Math.max(1, Math.ceil(right.length / 3)))));
    case "markup":
      return whole(dressed(right.map((line, index) => (line === scene.window[index] ? line : `${line}<|cursor|>`))));
    case "prose":
      return whole(`Here is the updated code:\n${fenced(right)}\nLet me know if you need anything else.`);
    case "other-format":
      return whole(otherFormat(dress, scene, right));
    case "no-end":
      return whole(dressed(right).replace(/\n(?:<\/EDIT>|```)$/, ""));
    case "wrong-anchor":
      return whole(
        dressed(right).replace(/^(.*:)(\d+)$/gm, (_, path: string, line: string) => `${path}${Number(line) + 3}`),
      );
    case "wrong-removed":
      return whole(dressed(right).replace(/^-(.*)$/gm, "-$1 // as it never was"));
    case "wrong-path":
      return whole(dressed(right).replaceAll(`${scene.path}:`, "elsewhere/unknown.ts:"));
  }
}

function firstHalf(text: string): string {
  return text.slice(0, Math.ceil(text.length / 2));
}

function fenced(lines: readonly string[]): string {
  return `\`\`\`typescript\n${lines.join("\n")}\n\`\`\``;
}

/** What the newest edit of this file added gives way to what it removed. */
function undone({ path, history, window }: EditScene): readonly string[] {
  for (const patch of history.filter((other) => other.path === path).reverse()) {
    const at = window.findIndex((_, index) => patch.added.every((line, offset) => window[index + offset] === line));
    if (at >= 0 && patch.added.length > 0) return window.toSpliced(at, patch.added.length, ...patch.removed);
  }
  return window;
}

function below({ file, fileStart, windowStart, window }: EditScene, count: number): readonly string[] {
  const end = windowStart - fileStart + window.length;
  return file.slice(end, end + count);
}

/** The last name of the line, spelled wrong. */
function garbled(line: string): string {
  return line.replace(/([\p{L}_$][\p{L}\p{N}_$]*)(?!.*[\p{L}_$])/u, "$1Wrong");
}

function otherFormat(dress: AnswerDress, scene: EditScene, lines: readonly string[]): string {
  switch (dress) {
    case "xml":
      return `<CHANGE>\n${lines.join("\n")}\n</CHANGE>`;
    case "patch":
      return fenced(lines);
    case "window":
    case "fence":
      return dressAnswer("patch", "patchBased", scene, lines);
    case "intent":
    case "intent-letter":
      return lines.join("\n");
  }
}
