// Rules of organisations and repositories, which the service tells an account that has such rules: asked for each work tree
// that a file lies in, and for files outside of any. Loaded with the first session token that says that there are some.

import type { Clock, Ctx, Log } from "../../shared/context.ts";
import { describeError } from "../../shared/errors.ts";
import type { Exclusion, RepositoryRules } from "../../shared/exclusion.ts";
import { belowFolder, slashed } from "./paths.ts";
import type { FileLocation, LocatedPath } from "./file-locations.ts";
import { createRuleCache, outside, type RuleCache, type RuleKey } from "./rule-cache.ts";
import type { Rule } from "./rule-set.ts";
import { ruleKeyOf } from "./remote-address.ts";
import { createTimeLimit } from "./time-limit.ts";
import type { TextSource } from "./types.ts";
import { whenAll } from "../runtime/when-all.ts";

export interface Organisation {
  verdict(subject: Subject, text: TextSource): Exclusion | undefined;
  /** Resolves when the rules that hold for it are known, or could not be read; undefined: at once. Never rejects. */
  settle(subject: Subject): Promise<void> | undefined;
  /** By the rules of every repository that is known, about a path that may be of any. */
  verdictAnywhere(path: string): Exclusion | undefined;
  report(): readonly RepositoryRules[];
  readonly cache: RuleCache;
}

/** A file as it lies on this machine, or the names of what is no file, such as untitled text. */
export type Subject = FileLocation | { readonly names: readonly string[] };

interface Deps {
  readonly clock: Clock;
  readonly log: Log;
  readonly fetch: (ctx: Ctx, remotes: readonly string[] | "outside") => Promise<readonly (readonly Rule[])[]>;
}

interface Question {
  readonly key: RuleKey;
  /** Spellings of the path that globs are matched with. */
  readonly names: readonly string[];
}

export function createOrganisation(deps: Deps): Organisation {
  const questions = new WeakMap<Subject, readonly Question[]>();
  const questionsOf = (subject: Subject): readonly Question[] => {
    const found = questions.get(subject) ?? questionsAbout(subject);
    questions.set(subject, found);
    return found;
  };
  const cache = createRuleCache({ ...deps, limit: createTimeLimit() });

  return {
    cache,
    verdictAnywhere(path) {
      const below = slashed(path).replace(/^(?:\.\/)+/, "");
      for (const key of cache.keys()) {
        const excluded = cache.peek(key).rules?.pathVerdict([`/${below}`, below]);
        if (excluded) return excluded;
      }
      return undefined;
    },
    report: () =>
      cache.keys().map((key) => {
        const { rules, readAtMs, error } = cache.peek(key);
        return {
          ...(key !== outside && { repository: key }),
          ...(rules && { rules: rules.count }),
          ...(readAtMs !== undefined && { readAtMs }),
          ...(error && { problem: describeError(error) }),
        };
      }),
    settle(subject) {
      return whenAll([...new Set(questionsOf(subject).map(({ key }) => key))].map((key) => cache.settle(key)));
    },
    verdict(subject, text) {
      if ("paths" in subject) {
        if (subject.paths.some(({ trees }) => trees === undefined))
          return unknown("The file's git repository cannot be read, so it is not known which rules hold for it.");
      }
      let excluded: Exclusion | undefined;
      // Each is asked, so that none is left unread.
      for (const { key, names } of questionsOf(subject)) {
        const { rules, error } = cache.get(key);
        excluded ??= rules
          ? rules.verdict(names, text)
          : unknown(
              error
                ? `The rules of your organisation could not be read, so nothing is sent. ${error.message}`
                : "The rules of your organisation are not read yet.",
            );
      }
      return excluded;
    },
  };
}

function questionsAbout(subject: Subject): readonly Question[] {
  if (!("paths" in subject)) return [{ key: outside, names: subject.names }];
  return subject.paths.flatMap(questionsOfPath);
}

function questionsOfPath({ path: written, trees = [] }: LocatedPath): readonly Question[] {
  const path = slashed(written);
  const whole = path.startsWith("/") ? [path] : [path, `/${path}`];
  const inTrees = trees.flatMap(({ root, remotes, rewritten }) => {
    const below = belowFolder(path, root) ?? path;
    const keys = [...remotes, ...rewritten].map(ruleKeyOf).filter((key) => key !== undefined);
    return [...new Set(keys)].map((key) => ({ key, names: [`/${below}`, below, ...whole] }));
  });
  return inTrees.length > 0 ? inTrees : [{ key: outside, names: whole }];
}

function unknown(message: string): Exclusion {
  return { by: "unknown", message };
}
