// An opaque name for this installation, which the service wants to see with each request: drawn at random once and kept
// in the private folder. It says nothing about the machine or the person, and deleting the file draws a new one.

import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readBoundedSync } from "../runtime/read-bounded.ts";

const shape = /^[0-9a-f]{64}$/;

/** 64 hexadecimal digits, the same at every call. Where nothing can be kept it lasts as long as the process. */
export function createMachineId(folder: string): () => string {
  let known: string | undefined;
  const path = join(folder, "machine-id");

  const read = (): string | undefined => {
    try {
      const text = readBoundedSync(path, 4096).toString("utf8").trim();
      return shape.test(text) ? text : undefined;
    } catch {
      return undefined;
    }
  };

  const draw = (): string => {
    const drawn = randomBytes(32).toString("hex");
    const draft = `${path}.${drawn.slice(0, 8)}`;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(draft, `${drawn}\n`, { mode: 0o600, flag: "wx" });
      try {
        // Whole or not at all: of two processes that start together, one wins and the other reads its name.
        linkSync(draft, path);
      } catch {
        // Also where the file system has no links. What is no name is replaced, as a crash may have left it.
        if (read() === undefined) renameSync(draft, path);
      }
      return read() ?? drawn;
    } catch {
      return read() ?? drawn;
    } finally {
      rmSync(draft, { force: true });
    }
  };

  return () => {
    known ??= read() ?? draw();
    return known;
  };
}
