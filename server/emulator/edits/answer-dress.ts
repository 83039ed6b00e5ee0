// The answer formats of the strategies: the new lines of the window, in the dress that a client expects of the model.

import type { EditScene } from "./edit-scene.ts";

export type AnswerDress = "window" | "fence" | "xml" | "intent" | "intent-letter" | "patch";

const dresses: Readonly<Record<string, AnswerDress>> = {
  xtab275: "window",
  xtabAggressiveness: "window",
  xtab275Aggressiveness: "window",
  xtab275AggressivenessHighLow: "window",
  xtab275EditIntent: "intent",
  xtab275EditIntentShort: "intent-letter",
  copilotNesXtab: "fence",
  simplifiedSystemPrompt: "fence",
  xtabUnifiedModel: "xml",
  nes41miniv3: "xml",
  codexv21nesUnified: "xml",
  patchBased: "patch",
  patchBased01: "patch",
  patchBased02: "patch",
  patchBased02WithRecentLineNumbers: "patch",
  patchBased02WithoutRecentLineNumbers: "patch",
};

/** A strategy that is not known is answered with the bare window. */
export function dressOf(strategy: string): AnswerDress {
  return Object.hasOwn(dresses, strategy) ? (dresses[strategy] ?? "window") : "window";
}

export function dressAnswer(dress: AnswerDress, strategy: string, scene: EditScene, lines: readonly string[]): string {
  const isSame = lines.join("\n") === scene.window.join("\n");
  const text = lines.join("\n");
  switch (dress) {
    case "window":
      return text;
    case "fence":
      return `\`\`\`\n${text}\n\`\`\``;
    case "xml":
      return isSame ? "<NO_CHANGE>" : `<EDIT>\n${text}\n</EDIT>`;
    case "intent":
      return `<|edit_intent|>${isSame ? "no_edit" : "high"}<|/edit_intent|>\n${text}`;
    case "intent-letter":
      return `${isSame ? "N" : "H"}\n${text}`;
    case "patch":
      if (isSame) return strategy === "patchBased" ? "<NO_EDIT>" : "";
      return patchesOf(scene, lines);
  }
}

/** A patch for each run of lines that differ, those at or below the cursor first. */
function patchesOf({ path, window, windowStart, cursorLine }: EditScene, lines: readonly string[]): string {
  const runs: { readonly start: number; readonly text: string }[] = [];
  for (let old = 0, now = 0; old < window.length || now < lines.length; ) {
    if (window[old] === lines[now]) {
      old += 1;
      now += 1;
      continue;
    }
    const [start, startNow] = [old, now];
    [old, now] = meeting(window, lines, old, now);
    const gone = window.slice(start, old).map((line) => `-${line}\n`);
    const come = lines.slice(startNow, now).map((line) => `+${line}\n`);
    runs.push({ start: windowStart + start, text: `${path}:${windowStart + start}\n${gone.join("")}${come.join("")}` });
  }
  const below = runs.filter(({ start }) => start >= cursorLine);
  return [...below, ...runs.filter(({ start }) => start < cursorLine)].map(({ text }) => text).join("");
}

/** The nearest place behind a difference where both say the same again; their ends when there is none. */
function meeting(window: readonly string[], lines: readonly string[], old: number, now: number): [number, number] {
  const most = window.length - old + lines.length - now;
  for (let steps = 1; steps <= most; steps += 1) {
    for (let gone = 0; gone <= steps; gone += 1) {
      const [oldAt, nowAt] = [old + gone, now + steps - gone];
      if (oldAt < window.length && nowAt < lines.length && window[oldAt] === lines[nowAt]) return [oldAt, nowAt];
    }
  }
  return [window.length, lines.length];
}
