// What GitHub's language server is told of documents, without the rest of the program.

import { array, assert, constantFrom, property, string } from "fast-check";
import { expect, test } from "vitest";
import { createOfficialDocuments } from "../../server/upstream/official/documents.ts";

interface Position {
  readonly line: number;
  readonly character: number;
}

/** As a language server applies changes: by lines and UTF-16 units. */
function createServer() {
  const documents = new Map<string, { text: string; version: number }>();
  const offsetAt = (text: string, { line, character }: Position): number =>
    text.split("\n").slice(0, line).join("\n").length + (line > 0 ? 1 : 0) + character;
  return {
    documents,
    notify(method: string, params: object) {
      // What a message holds is the test's to say.
      // oxlint-disable-next-line typescript/no-explicit-any
      const { textDocument, contentChanges } = params as any;
      const { uri, version } = textDocument;
      if (method === "textDocument/didOpen") {
        expect(documents.has(uri)).toBe(false);
        documents.set(uri, { text: textDocument.text, version });
      } else if (method === "textDocument/didClose") expect(documents.delete(uri)).toBe(true);
      else {
        let { text, version: before } = documents.get(uri) ?? { text: "", version: Number.NaN };
        expect(version).toBeGreaterThan(before);
        for (const { range, text: put } of contentChanges) {
          text = text.slice(0, offsetAt(text, range.start)) + put + text.slice(offsetAt(text, range.end));
          before = version;
        }
        documents.set(uri, { text, version });
      }
    },
  };
}

const texts = array(constantFrom("a", "ab", "\n", "𝒳", "𝒴", "é", " ", "\n\n"), { maxLength: 30 }).map((parts) =>
  parts.join(""),
);

test("after any texts in any order it has each text as it was last told, and half a character is never sent", () => {
  assert(
    property(array(array(texts, { minLength: 2, maxLength: 2 }), { maxLength: 40 }), (steps) => {
      const server = createServer();
      const sent: string[] = [];
      const documents = createOfficialDocuments((method, params) => {
        sent.push(JSON.stringify(params));
        server.notify(method, params);
      });
      for (const [name = "", text = ""] of steps) {
        const uri = `file:///${name.length}`;
        const version = documents.tell({ uri, languageId: "python", text });
        expect(server.documents.get(uri)).toEqual({ text, version });
      }
      expect(server.documents.size).toBeLessThanOrEqual(20);
      expect(sent.join("")).not.toMatch(/\\ud[89a-f]/);
    }),
  );
});

test("a text of any kind arrives whole", () => {
  assert(
    property(string({ unit: "binary" }), string({ unit: "binary" }), (one, other) => {
      const server = createServer();
      const documents = createOfficialDocuments(server.notify);
      for (const text of [one, other]) documents.tell({ uri: "file:///a", languageId: "", text });
      expect(server.documents.get("file:///a")?.text).toBe(other);
    }),
  );
});
