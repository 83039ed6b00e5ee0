// The checks in their order. What passes all of them may be offered.

import type { Hunk } from "../answer/hunk.ts";
import { atCursor } from "./at-cursor.ts";
import { contrary } from "./contrary.ts";
import { duplicate } from "./duplicate.ts";
import { imports } from "./imports.ts";
import { markup } from "./markup.ts";
import { noOp } from "./no-op.ts";
import { repetition } from "./repetition.ts";
import type { EditRule, RuleFacts } from "./rule.ts";
import { size } from "./size.ts";
import { undo } from "./undo.ts";
import { unrelated } from "./unrelated.ts";
import { whiteSpace } from "./white-space.ts";

const rules: readonly EditRule[] = [
  markup,
  noOp,
  duplicate,
  whiteSpace,
  undo,
  contrary,
  unrelated,
  imports,
  size,
  repetition,
  atCursor,
];

export type Checked =
  | { readonly kind: "hunk"; readonly hunk: Hunk }
  /** `rule`: the name of the rule that dropped it. */
  | { readonly kind: "dropped"; readonly rule: string };

export function check(hunk: Hunk, facts: RuleFacts): Checked {
  let checked = hunk;
  for (const rule of rules) {
    const next = rule.apply({ ...checked, old: facts.lines(checked.start, checked.end) }, facts);
    if (!next) return { kind: "dropped", rule: rule.name };
    checked = { start: next.start, end: next.end, lines: next.lines };
  }
  return { kind: "hunk", hunk: checked };
}
