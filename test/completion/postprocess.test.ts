// What becomes of an answer in its document, case by case; the cases are `fixtures/*.txt`.

import { describe, expect, it } from "vitest";
import { createEngine } from "../../server/completion/engine.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createRecordingLog, createTestCtx } from "../support/test-ctx.ts";
import { onCopilot } from "./support/on-copilot.ts";
import { readFittingCases } from "./support/postprocess-cases.ts";
import { accept, cursor, documentRequest, itemsOf, textsOf, usualSettings } from "./support/requests.ts";
import { oneSession, scriptedCopilot } from "./support/scripted-copilot.ts";

function engineThatSays(answers: readonly string[]) {
  const deps = {
    clock: createManualClock(),
    log: createRecordingLog(),
    copilot: scriptedCopilot(() => answers),
    sessions: oneSession(),
    newId: () => "id",
    findRemotes: async () => [],
  };
  return createEngine(onCopilot(deps), () => usualSettings);
}

describe("an answer in its document", () => {
  it.each(readFittingCases())(
    "$name",
    async ({ languageId, indentation, trigger, lines, document, answers, becomes, nothing }) => {
      const request = documentRequest(document, {
        languageId,
        indentation,
        trigger,
        lines,
        n: answers.length,
        beforeOffset: 100,
      });
      const result = await engineThatSays(answers).complete(createTestCtx(), request);

      if (result.kind === "empty") {
        expect(result.reason).toBe(nothing);
        return;
      }
      const [item] = result.items;
      if (!item) throw new Error("An answer with items has at least one.");
      const { before, after } = accept(request, item);
      expect(before + cursor + after).toBe(becomes);

      // The same with the line ends of Windows.
      const crlf = (text: string): string => text.replaceAll(/\r?\n/g, "\r\n");
      const other = { ...request, before: crlf(request.before), after: crlf(request.after) };
      const [twin] = itemsOf(await engineThatSays(answers).complete(createTestCtx(), other));
      if (!twin) throw new Error("Nothing was offered with other line ends.");
      const accepted = accept(other, twin);
      if (other.before.includes("\r\n") || other.after.includes("\r\n")) {
        expect(accepted.before + cursor + accepted.after).toBe(crlf(becomes ?? ""));
      }
    },
  );

  it.each([
    ["fits", "    return n", "return n"],
    ["is to be deeper", "        return n", "    return n"],
  ])("replaces nothing left of the cursor when the indentation %s", async (_, answer, text) => {
    const request = documentRequest("def fib(n):\n    ▮", { languageId: "python" });
    const result = await engineThatSays([answer]).complete(createTestCtx(), request);

    expect(itemsOf(result)).toEqual([{ id: "id", text, replaceBefore: 0, replaceAfter: 0 }]);
  });

  it("offers alternatives that differ, each once", async () => {
    const request = documentRequest("int main() {\n  ▮\n}", { trigger: "invoked", n: 4 });
    const engine = engineThatSays(["  go();", "  go(); ", "  stop();", ""]);

    expect(textsOf(await engine.complete(createTestCtx(), request))).toEqual(["go();", "stop();"]);
  });

  it("shows a growing alternative as the finished one will look", async () => {
    const request = documentRequest("void run() {\r\n\t▮\r\n}", { languageId: "c" });
    const engine = engineThatSays(["    go();\n    if (a)\n        stop();\n}"]);
    let told = "";
    const result = await engine.complete(createTestCtx(), request, ({ text }) => {
      told += text;
    });

    expect(textsOf(result)).toEqual(["go();\r\n\tif (a)\r\n\t\tstop();"]);
    expect(told).toBe("go();\r\n\tif (a)\r\n\t\tstop();\r\n}");
  });
});
