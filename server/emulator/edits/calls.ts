// Calls and declarations of functions in one line: where their arguments begin and end.

export interface CallSite {
  readonly callee: string;
  /** Units in the line: behind the opening bracket, and at the closing one. */
  readonly start: number;
  readonly end: number;
  readonly arguments: readonly string[];
}

const notCalled = new Set([
  "if",
  "for",
  "while",
  "switch",
  "catch",
  "return",
  "with",
  "match",
  "and",
  "or",
  "not",
  "in",
]);
const longestLine = 1_000;

/** Calls whose brackets both stand on the line, the outer before the inner. */
export function callsIn(line: string): readonly CallSite[] {
  if (line.length > longestLine) return [];
  const calls: CallSite[] = [];
  for (const { 1: callee = "", index, 0: whole } of line.matchAll(/([\p{L}_$][\p{L}\p{N}_$]*)\s*\(/gu)) {
    const start = index + whole.length;
    const parts = notCalled.has(callee) ? undefined : argumentsFrom(line, start);
    if (parts) calls.push({ callee, start, ...parts });
  }
  return calls;
}

function argumentsFrom(
  line: string,
  start: number,
): { readonly end: number; readonly arguments: readonly string[] } | undefined {
  const parts: string[] = [];
  let from = start;
  let depth = 0;
  let quote = "";
  for (let at = start; at < line.length; at += 1) {
    const sign = line.charAt(at);
    if (quote !== "") {
      if (sign === "\\") at += 1;
      else if (sign === quote) quote = "";
    } else if (/["'`]/.test(sign)) quote = sign;
    else if (/[([{]/.test(sign)) depth += 1;
    else if (depth === 0 && sign === ")") {
      const last = line.slice(from, at);
      return { end: at, arguments: parts.length === 0 && last.trim() === "" ? [] : [...parts, last] };
    } else if (/[)\]}]/.test(sign)) depth -= 1;
    else if (depth === 0 && sign === ",") {
      parts.push(line.slice(from, at));
      from = at + 1;
    }
  }
  return undefined;
}

/** Whether a line declares what it names before the bracket, rather than calls it. */
export function declares(line: string): boolean {
  return (
    /\b(?:function|def|func|fn|fun|sub|constructor|public|private|protected|static)\b/.test(line) ||
    (/[{:]\s*$/.test(line) && !/^\s*(?:return|if|for|while|else|switch|case|with|\}|await|throw)\b|=|=>/.test(line))
  );
}

/** The name of a parameter as it is declared in one of the usual ways: `name`, `name: Type`, `name Type`, `Type name`. */
export function parameterName(parameter: string, path: string): string {
  const bare = (parameter.split("=", 1)[0] ?? "").replace(/^\s*(?:\.\.\.|[*&]+)/, "").trim();
  const beforeColon = (bare.split(":", 1)[0] ?? "").replace(/[?!]$/, "").trim();
  const words = beforeColon.match(/[\p{L}\p{N}_$]+/gu) ?? [];
  return (/\.(?:go|rs|ts|tsx|js|py|kt|swift)$/.test(path) && !bare.includes(":") ? words[0] : words.at(-1)) ?? "";
}
