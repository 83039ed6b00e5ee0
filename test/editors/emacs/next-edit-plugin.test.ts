// A client of next edits in Emacs that sends what copilot.el sends and checks what that checks, written from what is known
// of it.

import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EditorHome, openEditorHome } from "../home.ts";
import { afterEdits, point } from "../support/point.ts";
import { runEmacs } from "./emacs.ts";

let home: EditorHome;

beforeEach(async () => {
  home = await openEditorHome({ signedIn: true });
});

afterEach(() => home.close());

test("copilot.el: an edit is shown and made, the next one of its answer follows, and its notification counts; one that is sent away, and an undo", async () => {
  const file = home.path("project/point.js");
  writeFileSync(file, point);
  await runEmacs(home, { scenario: "copilot-el.el", file });
  expect(JSON.parse(readFileSync(`${file}.seen`, "utf8"))).toEqual({
    first: "  constructor(px, y) {",
    second: "    this.px = px;",
    // Asked again without a change, it stays.
    again: "    this.px = px;",
    // Another one, once it was sent away.
    third: "    return Math.sqrt(this.px * this.px + this.y * this.y);",
  });
  expect(readFileSync(file, "utf8")).toBe(afterEdits(1));
  const log = readFileSync(home.path("copilot-lsp.log"), "utf8");
  expect(log).toContain('profile="copilot plugin"');
  expect(log.match(/a suggestion was accepted .*known.?true/g)).toHaveLength(2);
});
