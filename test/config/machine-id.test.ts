// The opaque name of this installation, as several processes of one person find it.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createMachineId } from "../../server/config/machine-id.ts";
import { bundleScript, run } from "./support/another-process.ts";

let base: string;
let folder: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "machine-id-"));
  folder = join(base, "copilot-lsp");
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

test("is drawn once, and is the same for every process", () => {
  const drawn = createMachineId(folder)();
  expect(drawn).toMatch(/^[0-9a-f]{64}$/);
  expect(createMachineId(folder)()).toBe(drawn);
  expect(readdirSync(folder)).toEqual(["machine-id"]);
});

test("is drawn again where a process was killed before it had written it", () => {
  createMachineId(folder)();
  writeFileSync(join(folder, "machine-id"), "");
  const drawn = createMachineId(folder)();
  expect(createMachineId(folder)()).toBe(drawn);
});

test("is the same for processes that start at once", async () => {
  const script = await bundleScript(
    `
      import { writeFileSync } from "node:fs";
      import { createMachineId } from "./server/config/machine-id.ts";
      const [folder = "", answer = ""] = process.argv.slice(2);
      writeFileSync(answer, createMachineId(folder)());
    `,
    base,
  );
  const answers = ["a", "b", "c", "d"].map((name) => join(base, name));
  await Promise.all(answers.map((answer) => run(script, folder, answer)));
  expect(new Set(answers.map((answer) => readFileSync(answer, "utf8"))).size).toBe(1);
  expect(readdirSync(folder)).toEqual(["machine-id"]);
});
