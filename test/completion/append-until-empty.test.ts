// The oldest way to use this program: a script appends the answer to its prompt and asks again until it is empty.

import { describe, expect, it } from "vitest";
import { createTestCtx } from "../support/test-ctx.ts";
import { engineOnEmulator } from "./support/engine-on-emulator.ts";
import { promptRequest } from "./support/requests.ts";

const source = `def fib(n):
    """Fibonacci."""
    a, b = 0, 1

    for _ in range(n):
        a, b = b, a + b
    return a


print(fib(3))
`;
const body = source.slice(0, source.indexOf("\n\n\n"));

const upTo = (words: string): string => source.slice(0, source.indexOf(words) + words.length);

/** What a script ends up with that starts from `prompt`, and its answers. */
async function loop(
  prompt: string,
  append: (text: string, answer: string) => string = (text, answer) => text + answer,
) {
  const { engine, emulator } = await engineOnEmulator();
  // A model that knows one file, and whose service obeys the stops it is given.
  emulator.setModel(({ prompt: seen, stop }) => {
    if (!source.startsWith(seen)) throw new Error(`The prompt went astray: ${JSON.stringify(seen)}`);
    const rest = source.slice(seen.length);
    const ends = stop.map((one) => rest.indexOf(one)).filter((at) => at >= 0);
    return [rest.slice(0, Math.min(rest.length, ...ends))];
  });
  const answers: string[] = [];
  let text = prompt;
  for (let round = 0; round < 50; round += 1) {
    const result = await engine.complete(createTestCtx(), promptRequest(text));
    if (result.kind === "empty") return { text, answers, asked: emulator.callsTo("completions").length };
    const answer = result.items[0]?.text ?? "";
    answers.push(answer);
    text = append(text, answer);
  }
  throw new Error("The loop did not end.");
}

describe("appending answers until they are empty", () => {
  it.each([
    ["ends where a line ends", "def fib(n):"],
    ["ends after a line break", "def fib(n):\n"],
    ["ends in the middle of a line", upTo("a, b =")],
    ["ends in indentation", "def fib(n):\n    "],
    ["ends before a blank line", upTo("a, b = 0, 1\n")],
  ])("writes the rest of the function and stops, from a prompt that %s", async (_, prompt) => {
    const { text, answers, asked } = await loop(prompt);
    expect(text).toBe(body);
    for (const answer of answers) expect(answer.trim()).not.toMatch(/\n/);
    expect(asked).toBe(answers.length + 1);
  });

  it("writes the same when a shell strips the line breaks at the end of each answer", async () => {
    const { text } = await loop("def fib(n):", (text, answer) => text + answer.replace(/\n+$/, ""));
    expect(text).toBe(body);
  });

  it("gives one line per round, with the line breaks that lead up to it", async () => {
    const { answers } = await loop("def fib(n):");
    expect(answers).toEqual([
      '\n    """Fibonacci."""',
      "\n    a, b = 0, 1",
      "\n\n    for _ in range(n):",
      "\n        a, b = b, a + b",
      "\n    return a",
    ]);
  });
});
