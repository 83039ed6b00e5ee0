// What holds for every answer in every document, tried on many.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CompletionItem, DocumentRequest } from "../../shared/completion.ts";
import { createEngine } from "../../server/completion/engine.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createRecordingLog, createTestCtx } from "../support/test-ctx.ts";
import { onCopilot } from "./support/on-copilot.ts";
import { accept, documentRequest, usualSettings } from "./support/requests.ts";
import { oneSession, scriptedCopilot } from "./support/scripted-copilot.ts";

async function firstItem(
  request: DocumentRequest,
  answer: (prompt: string) => string,
): Promise<CompletionItem | undefined> {
  const deps = {
    clock: createManualClock(),
    log: createRecordingLog(),
    copilot: scriptedCopilot(({ prompt }) => [answer(prompt)]),
    sessions: oneSession(),
    newId: () => "id",
    findRemotes: async () => [],
  };
  const result = await createEngine(onCopilot(deps), () => usualSettings).complete(createTestCtx(), request);
  return result.kind === "items" ? result.items[0] : undefined;
}

// PHP gets no marker, so that the prompt is the document's own text.
const at = (before: string, after: string, changes: Partial<DocumentRequest> = {}): DocumentRequest => ({
  ...documentRequest("▮", { languageId: "php", beforeOffset: 0, ...changes }),
  before,
  after,
});

const scraps = fc.constantFrom(
  ..."a b foo \n \r\n \t ( ) [ ] { } < > => \" ' ` \\ ; : , . 🙂 é e e\u0301 👍🏽 // \n\n".split(" "),
  " ",
  "    ",
);
const anyText = fc.array(scraps, { maxLength: 30 }).map((parts) => parts.join(""));
// No cursor stands between the two halves of a line end, nor inside a character.
const anyPlace = fc.tuple(anyText, anyText).map(([before, after]) => ({ before: before.replace(/\r$/, ""), after }));

describe("any answer in any document", () => {
  it("changes nothing outside its range, and takes nothing away that it does not hold", async () => {
    await fc.assert(
      fc.asyncProperty(
        anyPlace,
        anyText,
        fc.constantFrom("script", "typed"),
        async ({ before, after }, text, trigger) => {
          const request = at(before, after, { trigger, beforeOffset: 100 });
          const item = await firstItem(request, () => text);
          if (!item) return;

          const lineBefore = /[^\r\n]*$/.exec(before)?.[0] ?? "";
          const lineAfter = /^[^\r\n]*/.exec(after)?.[0] ?? "";
          expect(item.replaceBefore).toBeLessThanOrEqual(lineBefore.length);
          expect(before.slice(before.length - item.replaceBefore)).toMatch(/^[ \t]*$/);
          expect(item.replaceAfter).toBeLessThanOrEqual(lineAfter.length);

          // Lines below that go on with what the answer leaves open close it themselves.
          const goesOnBelow = /[\r\n]\s*(?:[ \t]|[)\]}])/.test(after);
          let from = 0;
          // A colon that stands left of the cursor already is not needed twice.
          const replaced = after.slice(0, item.replaceAfter).trim();
          const isWritten = replaced === ":" && lineBefore.trimEnd().endsWith(":");
          for (const character of goesOnBelow || isWritten ? "" : replaced.replaceAll(/\s/g, "")) {
            const found = item.text.indexOf(character, from);
            expect(found).toBeGreaterThanOrEqual(0);
            from = found + character.length;
          }
          if (item.replaceAfter > 0) expect(after.slice(item.replaceAfter)).not.toMatch(/^\p{M}/u);
          // A line break at the end only before a bracket that goes to a line of its own.
          if (after.slice(item.replaceAfter).startsWith(" ") || lineAfter.trim() === "") {
            expect(item.text).toBe(item.text.trimEnd());
          }
          const accepted = accept(request, item);
          expect(/\p{Surrogate}/u.test(accepted.before)).toBe(false);
          expect(/\p{Surrogate}/u.test(accepted.after)).toBe(false);
          const whole = accepted.before + accepted.after;
          if (!/\n/.test(before.replaceAll("\r\n", "")) && before.includes("\r\n")) {
            expect(item.text.replaceAll("\r\n", "")).not.toContain("\n");
          }
          expect(whole.startsWith(before.slice(0, before.length - item.replaceBefore))).toBe(true);
          expect(whole.endsWith(after.slice(item.replaceAfter))).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

const word = fc.stringMatching(/^[a-z][a-z0-9]{2,6}$/);
const closerOf: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", '"': '"', "'": "'", "`": "`" };

// Code whose own brackets and strings are complete, strings holding stray brackets.
const { balanced } = fc.letrec<{ balanced: string; part: string }>((tie) => ({
  balanced: fc.array(tie("part"), { minLength: 1, maxLength: 4 }).map((parts) => parts.join(".")),
  part: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    word,
    fc.tuple(word, tie("balanced")).map(([name, inner]) => `${name}(${inner})`),
    tie("balanced").map((inner) => `[${inner}]`),
    tie("balanced").map((inner) => `{${inner}}`),
    fc.tuple(word, fc.constantFrom(")", "]", "}", "(", ":)", "")).map(([inner, stray]) => `"${inner}${stray}"`),
  ),
}));

// What auto-pairs leave: everything that is open left of the cursor is closed right of it.
const paired = fc
  .record({
    name: word,
    opens: fc.array(fc.constantFrom("(", "[", "{"), { maxLength: 3 }),
    quote: fc.option(fc.constantFrom('"', "'", "`"), { nil: "" }),
    mark: fc.constantFrom("", "", ";", ",", ":"),
    trailing: fc.constantFrom("", " "),
    middle: balanced,
    inString: fc.tuple(word, fc.constantFrom("", ")", " (", "]", ":)")).map((parts) => parts.join("")),
  })
  .map(({ name, opens, quote, mark, trailing, middle, inString }) => {
    const all = quote === "" ? opens : [...opens, quote];
    const closers = all.map((open) => closerOf[open]).reverse();
    return {
      left: `${name} = ${all.map((open) => (open === quote ? open : `${name}${open}`)).join("")}`,
      right: closers.join("") + mark,
      trailing,
      middle: quote === "" ? middle : inString,
    };
  });

describe("what stands right of the cursor", () => {
  const holds = async (place: { left: string; right: string; trailing: string; middle: string }, repeats: boolean) => {
    const { left, right, trailing, middle } = place;
    const request = at(left, `${right}${trailing}\nnext_statement();\n`, { beforeOffset: 100 });
    const item = await firstItem(request, () => middle + (repeats ? right : ""));
    fc.pre(item !== undefined);
    if (!item) return;
    const { before, after } = accept(request, item);
    expect(before + after).toBe(`${left}${middle}${right}${trailing}\nnext_statement();\n`);
  };

  it("is never doubled when the answer writes it too", async () => {
    await fc.assert(
      fc.asyncProperty(paired, (place) => holds(place, true)),
      { numRuns: 1_000 },
    );
  });

  it("is never lost when the answer does not", async () => {
    await fc.assert(
      fc.asyncProperty(paired, (place) => holds(place, false)),
      { numRuns: 1_000 },
    );
  });
});

const indent = fc.constantFrom("", "  ", "    ", "      ");
const codeLine = fc.tuple(indent, word, word).map(([space, one, other]) => `${space}${one}(${other});`);

describe("typing a suggestion character by character", () => {
  it("gives the same document as accepting it, whenever it is accepted", async () => {
    const scene = fc.record({
      above: fc.array(codeLine, { minLength: 1, maxLength: 3 }),
      cursorIndent: indent,
      lines: fc.uniqueArray(codeLine, { minLength: 1, maxLength: 4 }),
      rest: fc.constantFrom("", ")", ");", '")'),
      lineEnd: fc.constantFrom("\n", "\r\n"),
      place: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(scene, async ({ above, cursorIndent, lines, rest, lineEnd, place }) => {
        const start = `${above.join("\n")}\n${cursorIndent}${rest === "" ? "" : `call(${rest.startsWith('"') ? '"' : ""}`}`;
        const [first = "", ...others] = lines;
        const middle = rest === "" ? [first.trimStart(), ...others].join("\n") : "argument";
        const whole = `${start}${middle}${rest}`;
        const continueIt = (prompt: string): string => {
          if (!whole.startsWith(prompt)) throw new Error("The prompt is not the document's text.");
          return whole.slice(prompt.length);
        };
        const real = (text: string): string => text.replaceAll("\n", lineEnd);
        const after = real(`${rest}\nthe_end_of_it();\n`);

        const atStart = at(real(start), after);
        const item = await firstItem(atStart, continueIt);
        if (!item) throw new Error("Nothing was offered.");
        const accepted = accept(atStart, item);
        expect(accepted.before + accepted.after).toBe(real(`${whole}\nthe_end_of_it();\n`));

        const typed = middle.slice(0, place % middle.length);
        const later = at(real(start + typed), after);
        const laterItem = await firstItem(later, continueIt);
        if (!laterItem) throw new Error("Nothing was offered any more.");
        const acceptedLater = accept(later, laterItem);
        expect(acceptedLater.before + acceptedLater.after).toBe(accepted.before + accepted.after);
      }),
      { numRuns: 1_000 },
    );
  });
});
