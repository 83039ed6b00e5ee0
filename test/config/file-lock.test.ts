import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { withFileLock } from "../../server/config/file-lock.ts";

test.skipIf(process.platform === "win32")(
  "a FIFO where the lock file should be does not hold the action up for ever",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "lock-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "config.json.lock");
    execFileSync("mkfifo", [path]);
    expect(withFileLock(path, () => "done")).toBe("done");
  },
);
