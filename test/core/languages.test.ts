// What the program makes of the names that editors have for languages.

import { describe, expect, it } from "vitest";
import { languageIdFor, languageOf, standardLanguageId } from "../../shared/languages.ts";
import { asComment } from "../../server/completion/prompt/comment.ts";
import { documentMarker } from "../../server/completion/context/document-marker.ts";
import { familyOf } from "../../server/completion/context/open-documents.ts";
import { isLanguageOn } from "../../server/completion/skip-reason.ts";
import { isQuietPlace } from "../../server/lsp/menu/comments.ts";
import { wordStart } from "../../server/lsp/menu/word-boundary.ts";
import { documentRequest } from "../completion/support/requests.ts";

describe("the name of a language", () => {
  it.each([
    ["make", "makefile"],
    ["ps1", "powershell"],
    ["dosini", "ini"],
    ["conf", "ini"],
    ["plaintex", "tex"],
    ["rst", "restructuredtext"],
    ["dosbatch", "bat"],
    ["gitcommit", "git-commit"],
    ["Python", "python"],
    ["python-ts-mode", "python"],
    ["makefile-gmake", "makefile"],
    ["source.c++", "cpp"],
    ["source.shell.bash", "shellscript"],
    ["text.html.basic", "html"],
    ["text.html.markdown", "markdown"],
    ["typescript.tsx", "typescriptreact"],
    ["markdown.pandoc", "markdown"],
    ["tuareg", "ocaml"],
    ["crystal", "crystal"],
  ])("%s is %s", (name, id) => expect(standardLanguageId(name)).toBe(id));

  it.each([
    ["", "/project/a.py", "python"],
    ["plaintext", "/project/a.py", "python"],
    ["text", "/project/a.py", "python"],
    ["nobody-knows-it", "/project/a.py", "python"],
    ["nobody-knows-it", "/project/a", "nobody-knows-it"],
    ["", "/project/a", "plaintext"],
    ["ruby", "/project/a.py", "ruby"],
  ])("%j of %s is %s", (name, path, id) => expect(languageIdFor(name, path)).toBe(id));

  it.each(["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"])(
    "%s is that of an unknown language",
    (name) => {
      expect(languageOf(name).lineComments).toEqual(["//"]);
      expect(asComment("a", name)).toBe("// a\n");
      expect(familyOf(name)).toBe(name);
      expect(isLanguageOn({ languages: {} }, { languageId: name })).toBe(true);
      expect(isQuietPlace(name, "// a")).toBe(true);
      expect(wordStart("a b", name)).toBe(2);
      expect(documentMarker(documentRequest("▮", { languageId: name }))?.text).toBe(`Language: ${name}`);
    },
  );
});

describe("the comments of a language", () => {
  it.each([
    ["cmake", "# a"],
    ["elm", "-- a"],
    ["nim", "# a"],
    ["matlab", "% a"],
    ["vhdl", "-- a"],
    ["commonlisp", ";; a"],
    ["vim", '" a'],
    ["make", "# a"],
  ])("are the same in menus and prompts: %s", (id, text) => {
    expect(asComment("a", id).trim()).toBe(text);
    expect(isQuietPlace(id, `  ${text}`)).toBe(true);
  });
});
