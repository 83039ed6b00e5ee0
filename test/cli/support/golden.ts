// Text that is checked in and compared word for word. `UPDATE_GOLDEN=yes` writes what the program says now, to be read
// in the diff like code.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect } from "vitest";

export function expectGolden(file: URL, actual: string): void {
  if (process.env["UPDATE_GOLDEN"] === "yes") {
    mkdirSync(dirname(file.pathname), { recursive: true });
    writeFileSync(file, actual);
  }
  expect(actual).toBe(readFileSync(file, "utf8"));
}
