// Types one stretch key by key and asks for a completion after each, as an editor does, in virtual time: the clock goes
// on only when everything that is due has been done, so that a run is exact, and quick. What is on screen is the answer
// to the latest key.

import type { CompletionItem, CompletionResult, DocumentRequest } from "../../../shared/completion.ts";
import type { Ctx, Log } from "../../../shared/context.ts";
import type { ManualClock } from "../../support/manual-clock.ts";
import { createChance } from "./chance.ts";
import type { Stretch } from "./corpus.ts";
import { gapMs } from "./rhythm.ts";

export interface TypedEngine {
  complete(ctx: Ctx, request: DocumentRequest): Promise<CompletionResult>;
  shown(itemId: string): void;
  accepted(itemId: string): void;
}

export interface Tally {
  keys: number;
  /** Keys at which a right suggestion was on screen so soon. */
  within50Ms: number;
  beforeNextKey: number;
  /** Keys at which a wrong suggestion was on screen when the next one came. */
  wrong: number;
  /** Characters that were inserted by accepting. */
  saved: number;
  characters: number;
}

export interface TypingOptions {
  readonly seed: number;
  /** Median time between two keys of a burst. */
  readonly keyMs: number;
  /** Every right suggestion is taken when it is seen; else everything is typed. */
  readonly accepts: boolean;
  /** The editor tells what it shows, as the plugins for Copilot do. */
  readonly tells: boolean;
}

const soonMs = 50;
const silent: Log = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  trace: () => undefined,
};

export async function typeStretch(
  clock: ManualClock,
  engine: TypedEngine,
  { name, languageId, head, body, tail }: Stretch,
  { seed, keyMs, accepts, tells }: TypingOptions,
): Promise<Tally> {
  const chance = createChance(seed);
  const tally: Tally = {
    keys: 0,
    within50Ms: 0,
    beforeNextKey: 0,
    wrong: 0,
    saved: 0,
    characters: body.trim().length,
  };
  let typed = 0;
  let screen: CompletionItem | undefined;
  let asked = 0;

  const ask = (): void => {
    asked += 1;
    const own = asked;
    screen = undefined;
    const before = head + body.slice(0, typed);
    const request: DocumentRequest = {
      kind: "document",
      documentId: name,
      path: name,
      languageId,
      trigger: "typed",
      lines: "auto",
      before,
      beforeOffset: 0,
      after: `\n${tail}`,
      lineCount: before.split("\n").length + tail.split("\n").length,
    };
    const ctx: Ctx = { signal: new AbortController().signal, log: silent, id: String(own) };
    engine.complete(ctx, request).then(
      (result) => {
        if (own !== asked || result.kind !== "items") return;
        screen = result.items[0];
        if (tells && screen) engine.shown(screen.id);
      },
      () => undefined,
    );
  };
  const isRight = (): boolean => {
    if (!screen || screen.replaceBefore > 0) return false;
    return body.startsWith(screen.text, typed) && screen.text.trim() !== "";
  };
  const press = (key: string): void => {
    typed += key.length;
    tally.keys += 1;
    ask();
  };

  press("");
  while (typed < body.length) {
    const character = body[typed] ?? "";
    const gap = gapMs(chance, keyMs, body[typed - 1] ?? "\n");
    await clock.advance(Math.min(gap, soonMs));
    if (isRight()) tally.within50Ms += 1;
    await clock.advance(Math.max(0, gap - soonMs));
    const right = isRight();
    if (right) tally.beforeNextKey += 1;
    else if (screen) tally.wrong += 1;
    if (right && accepts && screen) {
      tally.saved += screen.text.length;
      engine.accepted(screen.id);
      press(screen.text);
    } else {
      // The editor indents a new line by itself.
      press(character === "\n" ? `\n${/^[ \t]*/.exec(body.slice(typed + 1))?.[0] ?? ""}` : character);
    }
  }
  return tally;
}
