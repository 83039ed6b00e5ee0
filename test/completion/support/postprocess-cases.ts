// Reads `fixtures/*.txt`: cases as a person sees them. A case is
//
//     # what it shows
//     java spaces=2 script   language, what the editor says of indentation, `script` when a program asks,
//                            `block` for several lines
//     foo(▮)                 the document, with the cursor
//     --- answer             what the service says; several are several alternatives
//     bar)
//     --- becomes            the document after accepting the first item, or `--- nothing REASON`
//     foo(bar)▮
//
// `→` is a tab, `␍` a carriage return, `·` a space at the end of a line or on a blank one.

import { readdirSync, readFileSync } from "node:fs";
import type { Indentation, LineMode, Trigger } from "../../../shared/completion.ts";

export interface FittingCase {
  readonly name: string;
  readonly languageId: string;
  readonly indentation: Indentation | undefined;
  readonly trigger: Trigger;
  readonly lines: LineMode;
  readonly document: string;
  readonly answers: readonly string[];
  readonly becomes: string | undefined;
  readonly nothing: string | undefined;
}

// A comment in a document begins alike, but no language follows it.
const caseStart = /^# (?=[^\n]+\n[a-z][a-z-]*(?: (?:script|block|(?:spaces|tabs)=\d))*\n)/m;
const folder = new URL("../fixtures/", import.meta.url);

export function readFittingCases(): readonly FittingCase[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".txt"))
    .flatMap((name) => parseFittingCases(readFileSync(new URL(name, folder), "utf8")));
}

export function parseFittingCases(source: string): readonly FittingCase[] {
  return source.split(caseStart).slice(1).map(parse);
}

function parse(source: string): FittingCase {
  const [name = "", head = "", ...rest] = source.trimEnd().split("\n");
  const [languageId = "", ...options] = head.split(" ");
  const sections = rest.join("\n").split(/\n?^--- /m);
  const [document = "", ...others] = sections.map(visibleToReal);
  const answers = others.filter((part) => part.startsWith("answer\n")).map((part) => part.slice("answer\n".length));
  const becomes = others.find((part) => part.startsWith("becomes\n"))?.slice("becomes\n".length);
  const nothing = others.find((part) => part.startsWith("nothing "))?.slice("nothing ".length);
  if (answers.length === 0 || (becomes === undefined) === (nothing === undefined)) throw new Error(`Odd case: ${name}`);
  const trigger = options.includes("script") ? "script" : "invoked";
  const lines = options.includes("block") ? "block" : "auto";
  return { name, languageId, indentation: indentationOf(options), trigger, lines, document, answers, becomes, nothing };
}

function indentationOf(options: readonly string[]): Indentation | undefined {
  const [kind, size] = options.find((option) => option.includes("="))?.split("=") ?? [];
  return kind ? { insertSpaces: kind === "spaces", tabSize: Number(size) } : undefined;
}

function visibleToReal(text: string): string {
  return text.replaceAll("→", "\t").replaceAll("␍", "\r").replaceAll("·", " ");
}
