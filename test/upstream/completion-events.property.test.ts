import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CompletionEvents } from "../../server/upstream/copilot/completion-events.ts";

// How an event of the service may look, and how one of somebody who means harm may.
const frames: readonly ((text: string) => string)[] = [
  (text) => `{"choices":[{"index":0,"text":${text},"finish_reason":null}]}`,
  (text) => `{"choices":[{"index":1,"text":${text},"finish_reason":null}]}`,
  (text) => `{"choices":[{"index":0,"text":${text},"finish_reason":"stop"}]}`,
  (text) => `{"id":"cmpl-1","created":1,"choices":[{"text":${text},"index":0}],"model":"gpt-41-copilot"}`,
  (text) => `{"note":{"text":"x"},"choices":[{"text":${text}}]}`,
  (text) => `{"note":{"text":${text}},"choices":[{"text":"x"}]}`,
  (text) => `{"choices":[{"text":${text},"text":"x"}]}`,
  (text) => `{"choices":[{"text":"x","text":${text}}]}`,
  (text) => `{"choices":[{"a\\"text":${text},"text":"x"}]}`,
  (text) => `{"choices":[{"text":${text}},{"index":1,"text":${text}}]}`,
  (text) => `{"choices":[{"text":${text}},{"index":1}]}`,
  (text) => `{"note":{"text":${text}},"choices":[{"index":0}]}`,
  (text) => `{"note":{"text":${text}},"choices":[{"\\u0074ext":"x"}]}`,
  (text) => `{"choices":[{"\\u0074ext":"x"}],"note":{"text":${text}}}`,
  (text) => `{"choices":[],"choices":[{"text":${text}}]}`,
  (text) => `{"text":${text}}`,
  (text) => `{"choices":[{"text":${text}}],"error":null}`,
  (text) => `{"choices":[{"text":${text}}],"error":"text"}`,
];

const literal = fc.oneof(
  fc.constantFrom('"x"', '"y"', '""', '"a b"'),
  fc.string({ unit: "grapheme" }).map((text) => JSON.stringify(text)),
  fc.constantFrom('"\\u0061"', '"\\\\"', '"\\""', '"\\n"', '"\\ud83d"'),
  // No JSON, or another event altogether.
  fc.constantFrom(
    '"a"b"',
    '"\t"',
    '"\\x"',
    '"',
    "",
    "1",
    '"x","finish_reason":"stop',
    '"x"}],"error":"no","a":[{"b":"',
  ),
);
const event = fc.tuple(fc.constantFrom(...frames), literal).map(([frame, text]) => frame(text));
const stream = fc.oneof(
  // Many of one frame, as they come.
  fc
    .tuple(fc.constantFrom(...frames), fc.array(literal, { minLength: 3, maxLength: 12 }))
    .map(([frame, texts]) => texts.map(frame)),
  // Several alternatives that take turns.
  fc
    .tuple(fc.array(literal, { minLength: 4, maxLength: 16 }), fc.integer({ min: 2, max: 13 }))
    .map(([texts, n]) =>
      texts.map((text, at) => `{"choices":[{"index":${at % n},"text":${text},"finish_reason":null}]}`),
    ),
  fc.array(fc.oneof(event, fc.constant("[DONE]"), fc.string()), { maxLength: 12 }),
);

describe("the events of a completion", () => {
  test("say what each of them says alone, whatever came before", () => {
    fc.assert(
      fc.property(stream, (datas) => {
        const events = new CompletionEvents([]);
        for (const data of datas) expect(events.read(data)).toEqual(new CompletionEvents([]).read(data));
      }),
      { numRuns: 2_000 },
    );
  });
});
