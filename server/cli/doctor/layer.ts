// What looking at one layer comes to, and the way to look at one without its failure ending the rest.

import type { Ctx } from "../../../shared/context.ts";
import { withDeadline } from "../../runtime/cancel.ts";
import type { CliEnv } from "../env.ts";
import { failureOf } from "../failure.ts";
import { plain } from "../output/output.ts";

export type Verdict = "ok" | "warn" | "fail" | "skip";

export interface Finding {
  readonly verdict: Verdict;
  /** What was seen: a clause or two, no token in it. */
  readonly text: string;
  /** What to do about it. */
  readonly advice?: string;
}

export interface Layer extends Finding {
  readonly name: string;
}

/** Longer than the program's own deadlines for connecting and for the head of an answer together. */
const limitMs = 20_000;

export const ok = (text: string): Finding => ({ verdict: "ok", text });
export const warn = (text: string, advice?: string): Finding => ({ verdict: "warn", text, advice });
export const fail = (text: string, advice?: string): Finding => ({ verdict: "fail", text, advice });
export const skip = (text: string): Finding => ({ verdict: "skip", text });

/** Looks at one layer; whatever it throws becomes its finding. Rejects only when the person has had enough. */
export async function look(ctx: Ctx, env: CliEnv, name: string, check: (ctx: Ctx) => Promise<Finding>): Promise<Layer> {
  try {
    const finding = await withDeadline(ctx, env.clock, limitMs, check);
    return { name, ...finding, text: plain(finding.text) };
  } catch (error) {
    if (ctx.signal.aborted) throw ctx.signal.reason;
    return { name, ...failing(error) };
  }
}

export function failing(error: unknown): Finding {
  const { message, advice } = failureOf(error);
  return fail(message, advice);
}

/** The graver of two. */
export function worse(a: Finding, b: Finding): Finding {
  const gravity: Readonly<Record<Verdict, number>> = { skip: 0, ok: 1, warn: 2, fail: 3 };
  return gravity[b.verdict] > gravity[a.verdict] ? b : a;
}
