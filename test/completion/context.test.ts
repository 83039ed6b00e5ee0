// What goes into a prompt besides the document's own text.

import { describe, expect, it } from "vitest";
import type { CompletionsBody } from "../../shared/upstream.ts";
import type { DocumentRequest } from "../../shared/completion.ts";
import { type OpenDocument, plainText } from "../../shared/documents.ts";
import { createTestCtx } from "../support/test-ctx.ts";
import { askedOf, type EngineOnEmulator, engineOnEmulator } from "./support/engine-on-emulator.ts";
import { documentRequest, promptRequest } from "./support/requests.ts";

interface Opened {
  reads: number;
  edit(text: string, lines: { startLine: number; endLine: number; newEndLine: number }): void;
}

function open({ engine }: EngineOnEmulator, name: string, text: string, more: Partial<OpenDocument> = {}): Opened {
  let current = text;
  const opened: Opened = {
    reads: 0,
    edit(next, lines) {
      current = next;
      engine.documents.changed(more.id ?? `file:///w/${name}`, lines);
    },
  };
  engine.documents.opened({
    id: `file:///w/${name}`,
    languageId: "java",
    path: name,
    file: `/w/${name}`,
    text() {
      opened.reads += 1;
      return plainText(current);
    },
    ...more,
  });
  return opened;
}

const here = (text: string, changes: Partial<DocumentRequest> = {}): DocumentRequest =>
  documentRequest(text, { documentId: "file:///w/Here.java", path: "Here.java", line: 1, ...changes });

async function bodyOf(place: EngineOnEmulator, request: DocumentRequest) {
  place.emulator.setModel(() => ["x"]);
  const before = place.emulator.callsTo("completions").length;
  // Who wants chance is never answered from memory.
  await place.engine.complete(createTestCtx(), { temperature: 0.1, ...request });
  return askedOf(place.emulator.callsTo("completions")[before]);
}

const text = "parseInvoice(customer, ledger);\n▮\n";

describe("pieces of other open documents", () => {
  it("stand as comments between the path and the text, the most alike last", async () => {
    const place = await engineOnEmulator();
    open(place, "Far.java", "ledger unrelated things entirely otherwise\n");
    open(place, "Near.java", "customer ledger parseInvoice\n  second();\n");
    expect((await bodyOf(place, here(text))).prompt).toBe(
      [
        "// Path: Here.java",
        "// Compare this snippet from Far.java:",
        "// ledger unrelated things entirely otherwise",
        "// Compare this snippet from Near.java:",
        "// customer ledger parseInvoice",
        "//   second();",
        "parseInvoice(customer, ledger);",
        "",
      ].join("\n"),
    );
  });

  it("are sent beside the text, without comment marks, where settings say so", async () => {
    const place = await engineOnEmulator({ contextStyle: "extra" });
    open(place, "Near.java", "customer ledger\n");
    const body = await bodyOf(place, here(text));
    expect(body.prompt).toBe("parseInvoice(customer, ledger);\n");
    expect(body.extra.context).toEqual(["Path: Here.java", "Compare this snippet from Near.java:\ncustomer ledger"]);
  });

  it("are four at most, each of sixty lines, the window with most in common", async () => {
    const place = await engineOnEmulator();
    const filler = Array.from({ length: 100 }, (_, at) => `f${at}`);
    for (const name of ["A", "B", "C", "D", "E"]) {
      open(place, `${name}.java`, [...filler, "ledger customer", ...filler.slice(0, 50)].join("\n"));
    }
    const { prompt } = await bodyOf(place, here(text));
    const pieces = prompt.split("// Compare this snippet from ").slice(1);
    expect(pieces).toHaveLength(4);
    for (const piece of pieces) {
      expect(piece).toContain("// ledger customer\n");
      expect(piece.match(/^\/\/ /gm)?.length).toBe(60);
    }
  });

  it.each([
    ["of another language", { languageId: "python" }],
    ["with no file", { file: undefined }],
    ["with no path", { path: undefined }],
    ["that a rule keeps", { path: "conf/Kept.java" }],
    ["that is closed", {}],
  ])("are never of a document %s", async (what, more) => {
    const place = await engineOnEmulator({ isExcluded: (path) => path?.startsWith("conf/") === true });
    open(place, "Other.java", "customer ledger\n", more);
    if (what === "that is closed") place.engine.documents.closed("file:///w/Other.java");
    expect((await bodyOf(place, here(text))).prompt).not.toContain("customer ledger\n");
  });

  it("are never of a language that is turned off, nor of one that is too long", async () => {
    const place = await engineOnEmulator({ languages: { typescriptreact: false } });
    open(place, "Off.tsx", "customer ledger off\n", { languageId: "typescriptreact" });
    open(place, "Long.ts", `customer ledger long\n${"x".repeat(10_000)}`, { languageId: "typescript" });
    open(place, "Fine.ts", "customer ledger fine\n", { languageId: "typescript" });
    const { prompt } = await bodyOf(place, here(text, { languageId: "typescript" }));
    expect(prompt.match(/customer ledger \w+/g)).toEqual(["customer ledger fine"]);
  });

  it("follow the rules about files as they are when it is asked", async () => {
    const place = await engineOnEmulator();
    open(place, "Near.java", "customer ledger\n");
    expect((await bodyOf(place, here(text))).prompt).toContain("Near.java");
    place.set({ isExcluded: (path) => path === "Near.java" });
    expect((await bodyOf(place, here(text))).prompt).not.toContain("Near.java");
  });

  it("are those of the open document where the question goes by another name", async () => {
    const place = await engineOnEmulator({}, { "/w/Here.java": ["git@github.com:acme/widgets"] });
    open(place, "Here.java", text);
    await place.engine.preview(here(text));
    const aside = { documentId: "aside", openDocumentId: "file:///w/Here.java" };
    const { prompt, nwo } = await bodyOf(place, here(text, aside));
    expect(nwo).toBe("acme/widgets");
    expect(prompt).not.toContain("Compare this snippet");
  });

  it("are left out by a setting, and of a bare prompt", async () => {
    const place = await engineOnEmulator({ neighbours: false });
    open(place, "Near.java", "customer ledger\n");
    expect((await bodyOf(place, here(text))).prompt).not.toContain("Near.java");
    place.set({ neighbours: true });
    await place.engine.complete(createTestCtx(), promptRequest("customer = ledger", { languageId: "java" }));
    expect(askedOf(place.emulator.callsTo("completions")[1]).prompt).toBe("customer = ledger");
  });

  it("of C and C++ go together, several from one file", async () => {
    const place = await engineOnEmulator();
    const gap = Array.from({ length: 130 }, (_, at) => `g${at}`).join("\n");
    open(place, "a.c", `customer one\n${gap}\ncustomer two\n`, { languageId: "c" });
    const { prompt } = await bodyOf(place, here(text, { languageId: "cpp" }));
    expect(prompt.match(/Compare this snippet from a\.c/g)).toHaveLength(2);
  });

  it("are of what the person looked at last, when there are too many", async () => {
    const place = await engineOnEmulator();
    open(place, "First.java", "customer first\n");
    for (let at = 0; at < 20; at += 1) open(place, `N${at}.java`, `other${at}\n`);
    expect((await bodyOf(place, here(text))).prompt).not.toContain("First.java");
    place.engine.documents.focused("file:///w/First.java");
    expect((await bodyOf(place, here("parseInvoice(customer, ledger);\n\n▮"))).prompt).toContain("First.java");
  });
});

describe("the work for a key", () => {
  it("reads no document that has not changed, and no more documents when more are open", async () => {
    const readsWith = async (count: number): Promise<number> => {
      const place = await engineOnEmulator();
      const all = Array.from({ length: count }, (_, at) => open(place, `N${at}.java`, `customer n${at}\n`));
      await bodyOf(place, here(text));
      const before = all.reduce((sum, { reads }) => sum + reads, 0);
      let typed = "";
      for (const key of "total = customer") {
        typed += key;
        await bodyOf(place, here(`parseInvoice(customer, ledger);\n${typed}▮\n`));
      }
      expect(all.reduce((sum, { reads }) => sum + reads, 0)).toBe(before);
      all.at(-1)?.edit("customer changed\n", { startLine: 0, endLine: 0, newEndLine: 0 });
      expect((await bodyOf(place, here(text))).prompt).toContain("customer changed\n");
      return all.reduce((sum, { reads }) => sum + reads, 0) - before;
    };
    expect(await readsWith(500)).toBe(await readsWith(20));
  });
});

describe("recent edits", () => {
  const other = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n";

  it("follow the pieces, as a diff with what was removed marked, once they have rested", async () => {
    const place = await engineOnEmulator({ neighbours: false });
    const doc = open(place, "Other.java", other);
    doc.edit(other.replace("five", "FIVE\nand more"), { startLine: 4, endLine: 4, newEndLine: 5 });
    expect((await bodyOf(place, here(text))).prompt).toBe("// Path: Here.java\nparseInvoice(customer, ledger);\n");
    await place.clock.advance(500);
    expect((await bodyOf(place, here(text))).prompt).toBe(
      [
        "// Path: Here.java",
        "// These are recently edited files. Do not suggest code that has been deleted.",
        "// File: Other.java",
        "// @@ -2,7 +2,8 @@",
        "//  two",
        "//  three",
        "//  four",
        "// +FIVE",
        "// +and more",
        "// -five --- IGNORE ---",
        "//  six",
        "//  seven",
        "//  eight",
        "// End of recent edits",
        "parseInvoice(customer, ledger);",
        "",
      ].join("\n"),
    );
  });

  it("may be of other languages, but not of one that is turned off", async () => {
    const place = await engineOnEmulator();
    for (const languageId of ["python", "markdown"]) {
      open(place, languageId, "a\n", { languageId }).edit("b\n", { startLine: 0, endLine: 0, newEndLine: 0 });
    }
    await place.clock.advance(500);
    const { prompt } = await bodyOf(place, here(text));
    expect(prompt.match(/File: \w+/g)).toEqual(["File: python"]);
  });

  it.each([
    ["that only moved white space", "one\n  two\nthree\n", 1],
    ["that was undone", "one\ntwo\nthree\n", 1],
    ["of more than ten lines", `one\n${"more\n".repeat(11)}three\n`, 11],
  ])("leave out an edit %s", async (_, now, newEndLine) => {
    const place = await engineOnEmulator({ neighbours: false });
    const doc = open(place, "Other.java", "one\ntwo\nthree\n");
    doc.edit(now, { startLine: 1, endLine: 1, newEndLine });
    await place.clock.advance(500);
    expect((await bodyOf(place, here(text))).prompt).not.toContain("recently edited");
  });

  it("leave out what stands near the cursor and keep what stands far from it", async () => {
    const place = await engineOnEmulator();
    const lines = Array.from({ length: 300 }, (_, at) => `line${at}`);
    const own = open(place, "Here.java", lines.join("\n"));
    own.edit(lines.with(250, "far").join("\n"), { startLine: 250, endLine: 250, newEndLine: 250 });
    own.edit(lines.with(250, "far").with(20, "near").join("\n"), { startLine: 20, endLine: 20, newEndLine: 20 });
    await place.clock.advance(500);
    const { prompt } = await bodyOf(place, here(text, { line: 10 }));
    expect(prompt).toContain("// +far\n");
    expect(prompt).not.toContain("near");
  });

  it("are left out by a setting", async () => {
    const place = await engineOnEmulator({ recentEdits: false });
    open(place, "Other.java", "a\n").edit("b\n", { startLine: 0, endLine: 0, newEndLine: 0 });
    await place.clock.advance(500);
    expect((await bodyOf(place, here(text))).prompt).not.toContain("recently edited");
  });
});

describe("room", () => {
  const line = "call(alpha, beta, gamma, delta);\n";

  it("is made by leaving context out before the text is cut, and the path stays", async () => {
    const place = await engineOnEmulator();
    open(place, "Near.java", "call alpha beta\n".repeat(50));
    const { prompt, extra } = await bodyOf(place, here(`start\n${line.repeat(1200)}▮\n`));
    expect(prompt).toMatch(/^\/\/ Path: Here\.java\ncall\(alpha/);
    expect(prompt).not.toContain("Compare this");
    expect(extra.prompt_tokens + extra.suffix_tokens).toBeLessThanOrEqual(7_692);
  });

  it("goes to the edits before the pieces, and to the piece most alike before the others", async () => {
    const place = await engineOnEmulator();
    open(place, "Far.java", `call\n${"other filler words\n".repeat(50)}`);
    open(place, "Near.java", "call alpha beta gamma delta\n".repeat(40));
    open(place, "Edited.py", "a\n", { languageId: "python" }).edit("b\n", { startLine: 0, endLine: 0, newEndLine: 0 });
    await place.clock.advance(500);
    const shown = async (lines: number): Promise<readonly string[]> => {
      const { prompt, extra } = await bodyOf(place, here(`${line.repeat(lines)}▮`));
      expect(extra.prompt_tokens).toBeLessThanOrEqual(7_692);
      return ["Far.java", "Near.java", "Edited.py"].filter((name) => prompt.includes(name));
    };
    const all = [];
    for (let lines = 300; lines < 1_000; lines += 5) all.push((await shown(lines)).join(" "));
    expect(all[0]).toBe("Far.java Near.java Edited.py");
    expect(all).toContain("Near.java Edited.py");
    expect(all.at(-1)).toBe("");
    for (const names of all) expect(names === "" || names.endsWith("Edited.py")).toBe(true);
  });

  it("that is left over goes to context that fits", async () => {
    const place = await engineOnEmulator();
    open(place, "Near.java", "call alpha beta\n");
    const { prompt } = await bodyOf(place, here(`${line.repeat(700)}▮\n`));
    expect(prompt).toContain("Compare this snippet from Near.java");
  });
});

describe("the text after the cursor", () => {
  const below = Array.from({ length: 40 }, (_, at) => `  statement${at}();`).join("\n");

  it("stays as it was sent while it is nearly the same", async () => {
    const place = await engineOnEmulator();
    const first = await bodyOf(place, here(`head(1);\n▮\n${below}\n`));
    const second = await bodyOf(place, here(`head(12);\n▮\n${below.replace("statement9", "other9")}\n`));
    expect(second.suffix).toBe(first.suffix);
    const third = await bodyOf(place, here(`head(123);\n▮\n${below.replaceAll("statement", "other")}\n`));
    expect(third.suffix).toContain("other0");
  });

  it("is compared as it is, not as it was sent, when an answer is remembered", async () => {
    const place = await engineOnEmulator();
    place.emulator.setModel(() => ["x"]);
    const near = below.replace("statement9", "other9");
    const sources = [];
    for (const after of [below, near, below, near]) {
      const result = await place.engine.complete(createTestCtx(), here(`head(1);\n▮\n${after}\n`));
      sources.push(result.kind === "items" ? result.source : result.reason);
    }
    expect(sources.slice(0, 2)).toEqual(["upstream", "upstream"]);
    expect(sources.slice(2)).not.toContain("upstream");
    expect(place.emulator.callsTo("completions")).toHaveLength(2);
  });

  it("is each document's own", async () => {
    const place = await engineOnEmulator();
    await bodyOf(place, here(`head(1);\n▮\n${below}\n`));
    const near = below.replace("statement30", "another30");
    const other = await bodyOf(place, here(`head(12);\n▮\n${near}\n`, { documentId: "file:///w/Other.java" }));
    expect(other.suffix).toContain("another30");
  });
});

describe("the repository", () => {
  it.each([
    ["git@github.com:Acme/Widgets.git", "acme/widgets"],
    ["https://user:secret@github.com/Acme/Widgets", "acme/widgets"],
    ["ssh://git@acme.ghe.com:22/Acme/Widgets.git/", "acme/widgets"],
    ["https://code.acme.example/Acme/Widgets", "acme/widgets"],
    ["https://gitlab.com/acme/widgets.git", undefined],
    ["../widgets", undefined],
    ["https://github.com/acme/widgets/extra", undefined],
  ])("of %s is %s", async (remote, name) => {
    const place = await engineOnEmulator({ serverHost: "code.acme.example" }, { "/w/Here.java": [remote] });
    open(place, "Here.java", text);
    const { body } = await place.engine.preview(here(text));
    expect((body as CompletionsBody).nwo).toBe(name);
  });

  it("is part of what is sent, and absent where there is none", async () => {
    const remotes = { "/w/Here.java": ["git@example.org:a/b", "git@github.com:acme/widgets"] };
    const place = await engineOnEmulator({}, remotes);
    open(place, "Here.java", text);
    open(place, "Other.java", text);
    await place.engine.preview(here(text));
    expect((await bodyOf(place, here(text))).nwo).toBe("acme/widgets");
    expect(await bodyOf(place, here(text, { documentId: "file:///w/Other.java" }))).not.toHaveProperty("nwo");
  });
});

describe("the preview of a prompt", () => {
  it("is the very body that is then sent, and sends nothing itself", async () => {
    const place = await engineOnEmulator();
    open(place, "Near.java", "customer ledger\n");
    open(place, "Here.java", text);
    const request = here(text, { temperature: 0.3 });
    const { body, reason } = await place.engine.preview(request);
    expect(place.emulator.calls).toEqual([]);
    expect(reason).toBeUndefined();
    expect(await bodyOf(place, request)).toEqual(body);
  });

  it("says why nothing would be sent", async () => {
    const { engine } = await engineOnEmulator();
    expect(await engine.preview(here("word▮ and more words"))).toMatchObject({ reason: "mid-line" });
  });
});
