// What of a document never reaches the service, whatever asks.

import { describe, expect, it } from "vitest";
import { createTestCtx } from "../support/test-ctx.ts";
import { askedOf, engineOnEmulator } from "./support/engine-on-emulator.ts";
import { documentRequest, promptRequest, textsOf } from "./support/requests.ts";

// Put together here, so that no scanner takes this file for a leak.
const token = `ghp_${"aB3dE6gH9j".repeat(4).slice(0, 36)}`;
const replaced = `ghp_${"x".repeat(36)}`;
const python = { languageId: "python", path: "a.py" };

describe("a token in the text", () => {
  it("is replaced in what is sent", async () => {
    const { engine, emulator } = await engineOnEmulator();
    emulator.setModel(() => ["1"]);
    await engine.complete(createTestCtx(), documentRequest(`token = "${token}"\ncount = ▮\n# ${token}\n`, python));
    const { prompt, suffix } = askedOf(emulator.callsTo("completions")[0]);
    expect([prompt, suffix].join()).not.toContain(token.slice(4));
    expect(prompt).toContain(`token = "${replaced}"\ncount = `);
    expect(suffix).toContain(`# ${replaced}`);
  });

  it("is replaced in the text of other open documents", async () => {
    const { engine, emulator } = await engineOnEmulator();
    emulator.setModel(() => ["1"]);
    const other = `def count_tokens(words):\n    secret = "${token}"\n    return words\n`;
    const request = promptRequest("def count_words(words):\n    return ", {
      languageId: "python",
      files: [{ path: "other.py", text: other }],
    });
    await engine.complete(createTestCtx(), request);
    const body = JSON.stringify(askedOf(emulator.callsTo("completions")[0]));
    expect(body).toContain(replaced);
    expect(body).not.toContain(token.slice(4));
  });

  it("is not offered again as its replacement", async () => {
    const { engine, emulator } = await engineOnEmulator();
    emulator.setModel(() => [`"${replaced}"`]);
    const request = documentRequest(`token = "${token}"\nagain = ▮\n`, python);
    const result = await engine.complete(createTestCtx(), request);
    expect(result).toMatchObject({ kind: "empty" });
  });

  it("keeps the request back while the cursor is at its end, and says why, each time", async () => {
    const { engine, emulator } = await engineOnEmulator();
    const request = documentRequest(`token = "${token}▮\n`, python);
    for (let time = 0; time < 2; time += 1) {
      expect(await engine.complete(createTestCtx(), request)).toMatchObject({ kind: "empty", reason: "secret" });
    }
    expect(emulator.callsTo("completions")).toHaveLength(0);
  });

  it("keeps the request back wherever it is, when that is what the person set", async () => {
    const { engine, emulator, set } = await engineOnEmulator({ secrets: "withhold" });
    emulator.setModel(() => ["1"]);
    const request = documentRequest(`token = "${token}"\ncount = ▮\n`, python);
    expect(await engine.complete(createTestCtx(), request)).toMatchObject({ kind: "empty", reason: "secret" });
    set({ secrets: "send" });
    expect(textsOf(await engine.complete(createTestCtx(), request))).toEqual(["1"]);
    expect(askedOf(emulator.callsTo("completions")[0]).prompt).toContain(token);
  });

  it("is shown as replaced, by its kind, in the preview of a request", async () => {
    const { engine } = await engineOnEmulator();
    const preview = await engine.preview(documentRequest(`token = "${token}"\ncount = ▮\n`, python));
    expect(preview.secrets).toEqual(["GitHub token"]);
    expect(JSON.stringify(preview.body)).not.toContain(token.slice(4));
  });
});
