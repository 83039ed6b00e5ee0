// Clients that show an edit and do not tell when the person dismisses it: what was looked at and passed over does not come
// back with the next key.

import { expect, test } from "vitest";
import { type OpenDocument, plainText } from "../../shared/documents.ts";
import { createOfflineEdits } from "./support/offline-edits.ts";

const before = ["let x = 1;", "", "use(x);", "", "log(x);", ""];

/** An editor in which `x` was renamed, and a service that knows what follows from it. */
function renaming({
  dismissesSilently,
  text = before,
  jump,
}: {
  readonly dismissesSilently: boolean;
  readonly text?: readonly string[];
  readonly jump?: "words";
}) {
  const edits = createOfflineEdits(
    (window) => window.replaceAll("(x)", "(total)").replaceAll("this.x = x", "this.total = total"),
    jump,
  );
  let lines: readonly string[] = text;
  const document: OpenDocument = {
    id: "file:///a.ts",
    languageId: "typescript",
    path: "a.ts",
    file: undefined,
    text: () => plainText(lines.join("\n")),
  };
  edits.documents.opened(document);
  const editor = {
    asked: edits.asked,
    wait: (ms: number) => edits.clock.advance(ms),
    /** Makes one line another, as typed. */
    type(line: number, text: string) {
      lines = lines.with(line, text);
      edits.documents.changed(document.id, { startLine: line, endLine: line, newEndLine: line });
    },
    /** What the editor shows; it asks at the line that was changed last. */
    async shown(line: number): Promise<string> {
      const result = await edits.ask({
        kind: "document",
        documentId: document.id,
        line,
        character: 0,
        trigger: "typed",
        dismissesSilently,
      });
      return result.kind === "edit" ? result.edit.newText : result.reason;
    },
    note(text: string): Promise<string> {
      editor.type(1, text);
      return editor.shown(1);
    },
  };
  editor.type(0, (text[0] ?? "").replace("x", "total"));
  return editor;
}

test("what was looked at and passed over is held back, and the others are offered", async () => {
  const editor = renaming({ dismissesSilently: true });
  expect(await editor.shown(0)).toBe("use(total);");
  await editor.wait(1_000);
  expect(await editor.note("// a")).toBe("log(total);");
  expect(editor.asked()).toBe(1);
});

test("it comes once more, and when it was passed over again never", async () => {
  const editor = renaming({ dismissesSilently: true });
  await editor.shown(0);
  await editor.wait(1_000);
  await editor.note("// a");
  await editor.wait(30_000);
  // Whatever the editor shows below counts by itself.
  expect(await editor.shown(0)).toBe("use(total);");
  await editor.wait(1_000);
  for (const note of ["// b", "// c", "// d"]) {
    expect(await editor.note(note)).not.toBe("use(total);");
    await editor.wait(60_000);
  }
});

test("a glance is not enough, nor are keys in the edit itself, nor moves without a change", async () => {
  const editor = renaming({ dismissesSilently: true });
  expect(await editor.shown(0)).toBe("use(total);");
  editor.type(1, "// a");
  expect(await editor.shown(0)).toBe("use(total);");
  await editor.wait(10_000);
  expect(await editor.shown(1)).toBe("use(total);");
  editor.type(2, "use(tox);");
  editor.type(2, "use(x);");
  expect(await editor.shown(0)).toBe("use(total);");
});

test("an edit that was made was not passed over", async () => {
  const editor = renaming({ dismissesSilently: true });
  await editor.shown(0);
  await editor.wait(5_000);
  editor.type(2, "use(total);");
  expect(await editor.shown(2)).toBe("log(total);");
  expect(editor.asked()).toBe(1);
});

test("of a client that tells what is dismissed nothing is concluded", async () => {
  const editor = renaming({ dismissesSilently: false });
  await editor.shown(0);
  await editor.wait(60_000);
  expect(await editor.note("// a")).toBe("use(total);");
  await editor.wait(60_000);
  expect(await editor.note("// b")).toBe("use(total);");
});

test("nothing is repeated on a line whose edit was passed over", async () => {
  const text = ["let x = 1;", "", "use(x);", "", "this.x = x;", ""];
  const editor = renaming({ dismissesSilently: true, text });
  expect(await editor.shown(0)).toBe("use(total);");
  editor.type(2, "use(total);");
  expect(await editor.shown(2)).toBe("this.total = total;");
  await editor.wait(1_000);
  expect(await editor.note("// a")).not.toContain("this.");
});

test("for what is held back nobody is asked about another place, too", async () => {
  const steps = Array.from({ length: 40 }, (_, index) => `step(${index});`);
  const editor = renaming({
    dismissesSilently: true,
    jump: "words",
    text: ["x = 1;", "", "use(x);", ...steps, "log(x);"],
  });
  expect(await editor.shown(0)).toBe("use(total);");
  await editor.wait(1_000);
  const asked = editor.asked();
  expect(await editor.note("// a")).toBe("filtered");
  expect(editor.asked()).toBe(asked + 1);
});
