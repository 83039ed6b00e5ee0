// What holds of the text once a suggestion was taken, whatever the document, the place and the answer.

import * as fc from "fast-check";
import { expect, it } from "vitest";
import { plainText } from "../../shared/documents.ts";
import type { DocumentRequest } from "../../shared/completion.ts";
import { createShownSuggestions } from "../../server/completion/cache/shown-suggestions.ts";
import { cursorContextOf } from "../../server/completion/postprocess/cursor-context.ts";
import { createPostprocess } from "../../server/completion/postprocess/postprocess.ts";
import { buildPrompt } from "../../server/completion/prompt/build.ts";
import { createPromptPositions } from "../../server/completion/prompt-position.ts";
import type { CompletionQuery } from "../../server/completion/query.ts";
import { planFor } from "../../server/completion/strategy.ts";
import { typed } from "../lsp/support/editing-session.ts";
import type { Text } from "../lsp/support/take-suggestion.ts";
import { accept, documentRequest, usualSettings } from "./support/requests.ts";

const positionOf = createPromptPositions();
const numRuns = 10_000;
const patienceMs = 120_000;
const languageIds = [
  ..."c cpp csharp css clojure dart emacs-lisp go haskell html java javascript json julia kotlin latex lua makefile".split(
    " ",
  ),
  ..."matlab ocaml perl php powershell python r ruby rust scala shellscript sql swift toml typescriptreact vim vue".split(
    " ",
  ),
  ..."yaml zig unknown".split(" "),
];
const languageId = fc.constantFrom(...languageIds);

const requestAt = ({ before, after }: Text, changes: Partial<DocumentRequest> = {}): DocumentRequest => ({
  ...documentRequest("▮", changes),
  before,
  after,
});

/** As the rules fit it, without the ways that an answer takes to them. */
function accepted(request: DocumentRequest, answer: string): Text | undefined {
  const item = createPostprocess(cursorContextOf(request), () => "id")({ index: 0, text: answer });
  return item && accept(request, item);
}

const scraps = fc.constantFrom(
  ..."a b foo \n \r\n \t ( ) [ ] { } < > => \" ' ` \\ ; : , . 🙂 é e\u0301 👍🏽 // # -- % /* */ ``` ''' \"\"\" ${ end fi do".split(
    " ",
  ),
  ..."\u3000 \u00a0 #endif \n\n \n\t".split(" "),
  " ",
  "    ",
);
const anyText = fc.array(scraps, { maxLength: 24 }).map((parts) => parts.join(""));
const anyPlace = fc.record({ before: anyText.map((text) => text.replace(/\r$/, "")), after: anyText });

it(
  "leaves what stands before the cursor, and the lines below",
  () => {
    fc.assert(
      fc.property(anyPlace, anyText, languageId, ({ before, after }, answer, id) => {
        const request = requestAt({ before, after }, { languageId: id });
        const lf = answer.replaceAll("\r\n", "\n");
        const taken = accepted(request, lf);
        if (!taken) return;
        const lineBefore = /[^\r\n]*$/.exec(before)?.[0] ?? "";
        const lineAfter = /^[^\r\n]*/.exec(after)?.[0] ?? "";
        // Indentation on an otherwise blank line is the answer's to choose.
        const kept = /^[ \t]*$/.test(lineBefore) ? before.slice(0, before.length - lineBefore.length) : before;
        expect(taken.before.startsWith(kept)).toBe(true);
        expect(after.endsWith(taken.after)).toBe(true);
        expect(taken.after.endsWith(after.slice(lineAfter.length))).toBe(true);
      }),
      { numRuns, includeErrorInReport: true },
    );
  },
  patienceMs,
);

const word = fc.stringMatching(/^[a-z][a-z0-9]{1,4}$/);
const noise = fc.constantFrom(")", "]", "}", "(", ":)", "it", "");
const { code } = fc.letrec<{ code: string; part: string }>((tie) => ({
  code: fc.array(tie("part"), { minLength: 1, maxLength: 2 }).map((parts) => parts.join(", ")),
  part: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    word,
    fc.tuple(word, tie("code")).map(([name, inner]) => `${name}(${inner})`),
    tie("code").map((inner) => `[${inner}]`),
    fc.tuple(word, tie("code")).map(([name, inner]) => `{ ${name}: ${inner} }`),
    fc.tuple(word, noise).map(([inner, stray]) => `"${inner}${stray}"`),
  ),
}));
// A program: statements, and blocks of them that are indented.
const program = fc
  .array(fc.tuple(word, code, fc.constantFrom("line", "line", "open", "close")), { minLength: 2, maxLength: 5 })
  .map((statements) => {
    const lines: string[] = [];
    let depth = 0;
    for (const [name, inner, kind] of statements) {
      if (kind === "close" && depth > 0) depth -= 1;
      if (kind === "close" && lines.at(-1)?.endsWith("{") === false) lines.push(`${"  ".repeat(depth)}}`);
      else if (kind === "close") depth += lines.length > 0 && depth >= 0 && lines.at(-1)?.endsWith("{") ? 1 : 0;
      lines.push(`${"  ".repeat(depth)}${name}(${inner})${kind === "open" ? " {" : ";"}`);
      if (kind === "open") depth += 1;
    }
    while (depth > 0) {
      depth -= 1;
      lines.push(`${"  ".repeat(depth)}}`);
    }
    return `${lines.join("\n")}\n`;
  })
  .filter((text) => isBalanced(text));

const closerOf: ReadonlyMap<string, string> = new Map([
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
]);

/** What is open at the end, outermost first; undefined when something closes that was not open. */
function openIn(text: string): readonly string[] | undefined {
  const open: string[] = [];
  let isString = false;
  for (const unit of text) {
    if (unit === '"') isString = !isString;
    if (isString || unit === '"') continue;
    const closer = closerOf.get(unit);
    if (closer !== undefined) open.push(closer);
    else if (/[)\]}]/.test(unit) && open.pop() !== unit) return undefined;
  }
  return isString ? [...open, '"'] : open;
}

function isBalanced(text: string): boolean {
  return openIn(text)?.length === 0;
}

interface Cut extends Text {
  readonly whole: string;
  readonly answer: string;
}

/** Cut on a line, with what an editor has paired right of the cursor; the answer goes on for some lines. */
const cut = fc.tuple(program, fc.nat(), fc.nat({ max: 2 })).map(([whole, at, lines]): Cut => {
  const start = at % (whole.length - 1);
  let end = whole.indexOf("\n", start);
  for (let line = 0; line < lines && end + 1 < whole.length; line += 1) end = whole.indexOf("\n", end + 1);
  const before = whole.slice(0, start);
  const lineBefore = before.slice(before.lastIndexOf("\n") + 1);
  const open = openIn(lineBefore) ?? [];
  return {
    whole,
    before,
    after: `${[...open].reverse().join("")}${whole.slice(end)}`,
    answer: whole.slice(start, end),
  };
});

it(
  "keeps brackets balanced when the answer with the lines below has balanced them",
  () => {
    fc.assert(
      fc.property(
        cut,
        fc.constantFrom("javascript", "java", "go", "rust", "unknown"),
        ({ before, after, answer }, id) => {
          const taken = accepted(requestAt({ before, after }, { languageId: id }), answer);
          if (taken) expect(openIn(taken.before + taken.after)).toEqual([]);
        },
      ),
      { numRuns, includeErrorInReport: true },
    );
  },
  patienceMs,
);

it(
  "keeps brackets balanced when the answer is balanced within those that the editor has paired",
  () => {
    fc.assert(
      fc.property(cut, code, fc.constantFrom("javascript", "java", "go", "rust", "unknown"), (place, answer, id) => {
        const below = place.after.slice(place.after.indexOf("\n"));
        const line = place.before.slice(place.before.lastIndexOf("\n") + 1);
        const open = openIn(line);
        fc.pre(open !== undefined && open.at(-1) !== '"' && line.trim() !== "");
        const whole = openIn(place.before + place.after.slice(0, -below.length) + below);
        fc.pre(whole?.length === 0);
        const taken = accepted(requestAt(place, { languageId: id }), answer);
        if (taken) expect(openIn(taken.before + taken.after)).toEqual([]);
      }),
      { numRuns, includeErrorInReport: true },
    );
  },
  patienceMs,
);

/** What the engine does with an answer and with the suggestion that it becomes, without the ways between. */
function suggesting(answer: string, id: string) {
  const suggestions = createShownSuggestions();
  const plan = planFor(requestAt({ before: "", after: "" }), {
    settings: usualSettings,
    capabilities: { maxStops: 4, trimsByIndentation: true },
    afterAccept: false,
  });
  return (text: Text): Text | undefined => {
    const request = requestAt(text, { languageId: id });
    const asked: Pick<CompletionQuery, "plan" | "prefetch" | "prompt"> = {
      plan,
      prefetch: undefined,
      prompt: () =>
        buildPrompt(request, {
          blocks: [],
          repository: undefined,
          contextStyle: "comments",
          steady: (suffix) => suffix,
        }),
    };
    const query: CompletionQuery = {
      ...asked,
      trigger: "typed",
      documentId: request.documentId,
      languageId: id,
      models: [],
      position: positionOf(request, [], ""),
      isRepeatable: true,
      isExcluded: false,
      subject: { file: { path: undefined, file: undefined }, text: plainText("") },
      speculative: false,
      askedAtMs: 0,
      fitted: () => asked,
    };
    const through = suggestions.through(query);
    // Another answer would not fit what was typed.
    const texts = through?.texts ?? (suggestions.of(request.documentId) ? [] : [{ text: answer }]);
    const choices = texts.map((words, index) => ({ ...words, index }));
    const items = choices
      .map(createPostprocess(cursorContextOf(request), () => "id"))
      .filter((item) => item !== undefined);
    suggestions.offer(query, request, { model: "", source: through ? "typed-through" : "upstream", choices }, items);
    const [item] = items;
    return item && accept(request, item);
  };
}

const lineEnd = fc.constantFrom("\n", "\r\n");
const withLineEnds = ({ before, after }: Cut, end: string): Text => ({
  before: before.replaceAll("\n", end),
  after: after.replaceAll("\n", end),
});

it(
  "is the same text, whether the suggestion is taken or typed",
  () => {
    fc.assert(
      fc.property(cut, lineEnd, fc.nat(), fc.constantFrom("java", "rust", "javascript"), (place, end, at, id) => {
        const start = withLineEnds(place, end);
        const ask = suggesting(place.answer, id);
        const taken = ask(start);
        if (!taken?.before.startsWith(start.before)) return;
        const text = taken.before.slice(start.before.length).replaceAll("\r\n", "\n");
        let now = start;
        for (const key of text.slice(0, at % text.length)) now = typed(now, key === "\n" ? end : key);
        const later = ask(now) ?? now;
        expect(later.before + later.after).toBe(taken.before + taken.after);
      }),
      { numRuns, includeErrorInReport: true },
    );
  },
  patienceMs,
);

it(
  "is the same text, whether the suggestion is taken whole, by lines or by words",
  () => {
    const steps = { words: /^\s*(?:\w+|[^\w\s]+)/, lines: /^(?:\r?\n)*[^\r\n]*/ };
    const step = fc.constantFrom<"words" | "lines">("words", "lines");
    fc.assert(
      fc.property(cut, lineEnd, step, fc.constantFrom("java", "javascript"), (place, end, by, id) => {
        const start = withLineEnds(place, end);
        const ask = suggesting(place.answer, id);
        const taken = ask(start);
        if (!taken?.before.startsWith(start.before)) return;
        let now = start;
        for (let next = ask(now); next; next = ask(now)) {
          const rest = next.before.slice(now.before.length);
          const part = steps[by].exec(rest)?.[0] ?? rest;
          // The last part is all that is left, and what it replaces goes with it.
          now = part === rest ? next : { before: now.before + part, after: now.after };
        }
        expect(now.before + now.after).toBe(taken.before + taken.after);
      }),
      { numRuns, includeErrorInReport: true },
    );
  },
  patienceMs,
);
