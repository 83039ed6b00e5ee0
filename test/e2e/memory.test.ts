// When an answer that was given before is given again, in the built program.

import { expect, test } from "vitest";
import type { Position } from "../support/lsp-client.ts";
import { type Machine, openMachine } from "./bridge.ts";

const uri = "file:///home/user/project/use.c";
const words = "// configuration describes everything necessary here\n".repeat(600);
const document = `int old_name(int a);\n${words}void main() {\n  use\n}\n`;
const position: Position = { line: document.split("\n").length - 3, character: 5 };

async function opened(machine: Machine) {
  const editor = machine.edit();
  await editor.initialize({ processId: null, rootUri: null, capabilities: { textDocument: { inlineCompletion: {} } } });
  const ask = async (): Promise<readonly string[]> => {
    const asked = editor.inlineCompletion<{ readonly items: readonly { readonly insertText: string }[] }>(
      uri,
      position,
    );
    return (await asked.answer).items.map(({ insertText }) => insertText.trim());
  };
  const asked = () => machine.emulator.callsTo("completions").length;
  editor.open(uri, document, { languageId: "c" });
  return { editor, ask, asked };
}

test("a definition that was renamed far above is asked about again, and one that is as before is not", async ({
  onTestFinished,
}) => {
  const machine = await openMachine({ signedIn: true });
  onTestFinished(() => machine.close());
  machine.emulator.setModel(({ prompt }) => [prompt.includes("old_name") ? "(old_name(1));" : "(new_name(1));"]);
  const { editor, ask, asked } = await opened(machine);
  expect(await ask()).toEqual(["use(old_name(1));"]);
  expect(await ask()).toEqual(["use(old_name(1));"]);
  expect(asked()).toBe(1);
  editor.change(uri, 2, document.replace("old_name", "new_name"));
  expect(await ask()).toEqual(["use(new_name(1));"]);
  editor.change(uri, 3, document);
  expect(await ask()).toEqual(["use(old_name(1));"]);
  expect(asked()).toBe(2);
});

test("after a sign-out nothing is answered, not even what is known", async ({ onTestFinished }) => {
  const machine = await openMachine({ signedIn: true });
  onTestFinished(() => machine.close());
  machine.emulator.setModel(() => ["(1);"]);
  const { editor, ask, asked } = await opened(machine);
  expect(await ask()).toEqual(["use(1);"]);
  await editor.request("signOut", {});
  expect(await ask()).toEqual([]);
  expect(asked()).toBe(1);
});
