// The rules of one repository, or those for files outside of any, ready to be asked about a file. A path that a glob
// matches is excluded; so is a text by `ifAnyMatch` and `ifNoneMatch`, whatever its path. That is how the official server
// reads them. What cannot be read, or takes too long, excludes every file that it is asked about.

import type { DocumentText } from "../../shared/documents.ts";
import type { Exclusion } from "../../shared/exclusion.ts";
import { compileGlob, type GlobMatcher } from "./rule-globs.ts";
import type { TimeLimit } from "./time-limit.ts";
import type { TextSource } from "./types.ts";

/** As the service says it. */
export interface Rule {
  readonly paths: readonly string[];
  /** Regular expressions, bare or as `/pattern/flags`. */
  readonly ifAnyMatch: readonly string[] | undefined;
  readonly ifNoneMatch: readonly string[] | undefined;
  readonly source: { readonly type: string; readonly name: string };
}

export interface RuleSet {
  /** How many rules there are. */
  readonly count: number;
  /** As `verdict`, by the rules about paths alone. */
  pathVerdict(names: readonly string[]): Exclusion | undefined;
  /** `names`: all spellings of the file's path. */
  verdict(names: readonly string[], text: TextSource): Exclusion | undefined;
}

interface TextRule {
  readonly source: Rule["source"];
  readonly kind: "any" | "none";
  readonly patterns: readonly RegExp[];
}

const globLimitMs = 100;
const textLimitMs = 50;
// After so many, nothing is tried any more.
const maxSlow = 3;
const maxPatternUnits = 4_096;
const maxTextUnits = 1024 * 1024;
const maxPatterns = 20_000;
// Compiling takes some 20 us each: keys are answered in between.
const compiledAtOnce = 100;

export async function createRuleSet(rules: readonly Rule[], limit: TimeLimit): Promise<RuleSet> {
  const globs: { readonly source: Rule["source"]; readonly matches: GlobMatcher }[] = [];
  const textRules: TextRule[] = [];
  const patternCount = rules.reduce(
    (sum, { paths, ifAnyMatch = [], ifNoneMatch = [] }) => sum + paths.length + ifAnyMatch.length + ifNoneMatch.length,
    0,
  );
  let broken: Exclusion | undefined;
  let compiled = 0;
  const compile = async <T>(source: Rule["source"], pattern: string, make: () => T): Promise<T | undefined> => {
    compiled += 1;
    if (compiled % compiledAtOnce === 0) await new Promise((resolve) => setImmediate(resolve));
    try {
      if (pattern.length <= maxPatternUnits) return make();
    } catch {
      // Said below.
    }
    broken ??= unreadable(source, pattern);
    return undefined;
  };

  if (patternCount > maxPatterns) {
    broken = {
      by: "organisation",
      message: `There are more than ${maxPatterns} rules about files, which is too many.`,
    };
  } else {
    for (const { paths, ifAnyMatch = [], ifNoneMatch = [], source } of rules) {
      for (const glob of paths) {
        const matches = await compile(source, glob, () => compileGlob(glob));
        if (matches) globs.push({ source, matches });
      }
      for (const [kind, written] of [
        ["any", ifAnyMatch],
        ["none", ifNoneMatch],
      ] as const) {
        const patterns: RegExp[] = [];
        for (const text of written) {
          const pattern = await compile(source, text, () => patternOf(text));
          if (pattern) patterns.push(pattern);
        }
        if (patterns.length > 0) textRules.push({ source, kind, patterns });
      }
    }
  }

  // The same list for the same place.
  const byPath = new WeakMap<readonly string[], { readonly exclusion: Exclusion | undefined }>();
  const byText = new WeakMap<DocumentText, { readonly exclusion: Exclusion | undefined }>();
  let slowPaths = 0;
  let slowTexts = 0;

  function pathVerdict(names: readonly string[]): Exclusion | undefined {
    const known = byPath.get(names);
    if (known) return known.exclusion;
    if (slowPaths >= maxSlow) return tooSlow("paths");
    const found = limit(globLimitMs, () => globs.find(({ matches }) => names.some((name) => matches(name)))?.source);
    if (found === "too-slow") {
      slowPaths += 1;
      return tooSlow("paths");
    }
    const exclusion = found.value && excludedBy(found.value);
    byPath.set(names, { exclusion });
    return exclusion;
  }

  function textVerdict(text: TextSource): Exclusion | undefined {
    if (textRules.length === 0) return undefined;
    if (!text) return { by: "organisation", message: "A rule goes by the file's text, which is not known." };
    if (slowTexts >= maxSlow) return tooSlow("texts");
    const version = text();
    const known = byText.get(version);
    if (known) return known.exclusion;
    const exclusion = judge(version);
    byText.set(version, { exclusion });
    return exclusion;
  }

  function judge(text: DocumentText): Exclusion | undefined {
    if (text.length > maxTextUnits)
      return { by: "organisation", message: "A rule goes by the file's text, which is too long." };
    const whole = text.slice(0);
    // As the official server does: what is empty tells nothing.
    if (whole === "") return undefined;
    const found = limit(textLimitMs, () => textRules.find((rule) => isExcludedBy(rule, whole))?.source);
    if (found !== "too-slow") return found.value && excludedBy(found.value);
    slowTexts += 1;
    return tooSlow("texts");
  }

  return {
    count: rules.length,
    pathVerdict: (names) => broken ?? pathVerdict(names),
    verdict: (names, text) => broken ?? pathVerdict(names) ?? textVerdict(text),
  };
}

function isExcludedBy({ kind, patterns }: TextRule, text: string): boolean {
  const isMatched = patterns.some((pattern) => {
    // Where it is sticky, it begins at the start each time.
    pattern.lastIndex = 0;
    return pattern.test(text);
  });
  return isMatched === (kind === "any");
}

/** Throws for what is no regular expression. */
function patternOf(text: string): RegExp {
  const end = text.lastIndexOf("/");
  const isDelimited = text.startsWith("/") && end > 0;
  return isDelimited ? new RegExp(text.slice(1, end), text.slice(end + 1)) : new RegExp(text);
}

function ownerOf({ type, name }: Rule["source"]): string {
  const kind = type === "" ? "organization" : type.toLowerCase();
  return name === "" ? `Your ${kind}` : `Your ${kind} '${name}'`;
}

function excludedBy(source: Rule["source"]): Exclusion {
  return { by: "organisation", message: `${ownerOf(source)} has disabled Copilot for this file.` };
}

function unreadable(source: Rule["source"], pattern: string): Exclusion {
  const shown = pattern.length > 80 ? `${pattern.slice(0, 80)}…` : pattern;
  return {
    by: "organisation",
    message: `${ownerOf(source)} has a rule that cannot be read, so nothing is sent: ${JSON.stringify(shown)}.`,
  };
}

function tooSlow(what: "paths" | "texts"): Exclusion {
  return { by: "organisation", message: `The rules about ${what} take too long to apply, so nothing is sent.` };
}
