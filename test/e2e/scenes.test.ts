// A sample of the scenes in the built program, over real pipes and sockets: what `test/lsp/scenes.test.ts` plays in full
// inside one process.

import { expect, test } from "vitest";
import { cursor } from "../completion/support/requests.ts";
import { readFittingCases } from "../completion/support/postprocess-cases.ts";
import { textAfter, type Way } from "../lsp/support/take-suggestion.ts";
import { openMachine } from "./bridge.ts";

const ways: readonly Way[] = ["inlineCompletion", "getCompletions", "copilot/complete", "menu"];
// A shorter document is not worth a request.
const minChars = 10;
const sampled = 5;

const scenes = readFittingCases()
  .filter(({ trigger, lines, document }) => trigger !== "script" && lines === "auto" && document.length > minChars)
  .filter((_, at) => at % sampled === 0);

test.for(ways)(
  "a suggestion that was asked for by %s leaves the text that is wanted",
  async (way, { onTestFinished }) => {
    const machine = await openMachine({ signedIn: true, environment: { COPILOT_LSP_GOVERNOR_TYPING_BURST: "0" } });
    onTestFinished(() => machine.close());
    const editor = machine.edit();
    await editor.initialize({
      processId: null,
      rootUri: null,
      initializationOptions: { lsp: { menu: "always" } },
      capabilities: { textDocument: { completion: {}, inlineCompletion: {} } },
    });
    const wrong: string[] = [];
    for (const [at, { name, languageId, document, answers, becomes, indentation }] of scenes.entries()) {
      const [before = "", after = ""] = document.split(cursor);
      machine.emulator.setModel(() => answers);
      const uri = `file:///home/user/project/scene-${at}`;
      editor.open(uri, before + after, { languageId });
      const taken = await textAfter(editor, { way, uri, text: { before, after }, indentation, profile: "plain" });
      editor.notify("textDocument/didClose", { textDocument: { uri } });
      const found = taken && taken.before + taken.after;
      const wanted = becomes?.replace(cursor, "");
      if (found !== wanted) wrong.push(`${name}: ${JSON.stringify({ wanted, found })}`);
    }
    expect(wrong).toEqual([]);
    expect(scenes.length).toBeGreaterThan(50);
  },
);
