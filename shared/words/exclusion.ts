// Rules about files, and what they keep back, in sentences for a person.

import type { ExclusionReport, RepositoryRules } from "../exclusion.ts";
import { count } from "./in-words.ts";

/** One sentence for each repository that was asked about. */
export function rulesInWords({ repositories }: ExclusionReport): readonly string[] {
  return repositories.map(
    (one) =>
      `${describeRules(one)}${one.repository === undefined ? " for files outside of any repository" : ` for ${one.repository}`}${describeTime(one)}.`,
  );
}

/** One sentence for each file that was kept back, the last first. */
export function keptBackInWords({ keptBack }: ExclusionReport, most: number): readonly string[] {
  return keptBack.slice(0, most).map(({ file, message }) => `${file}: ${message}`);
}

function describeRules({ rules, problem }: RepositoryRules): string {
  if (rules !== undefined) return rules === 0 ? "none" : count(rules, "rule");
  return problem === undefined ? "not read yet" : "not known, so nothing is sent";
}

function describeTime({ rules, readAtMs, problem }: RepositoryRules): string {
  const read = readAtMs === undefined ? "" : `, read ${new Date(readAtMs).toTimeString().slice(0, 5)}`;
  if (problem === undefined) return read;
  return `${read}${rules === undefined ? ": " : "; the last look failed: "}${problem.replace(/\.$/, "")}`;
}
