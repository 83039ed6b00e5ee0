import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/editors/**/*.test.ts"],
    // Unlike a thread, a process can always be ended: a run never waits for one that hangs.
    pool: "forks",
    // Real editors on a small machine: one at a time, and time to start.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", new URL("../support/closing-line-reporter.ts", import.meta.url).pathname],
    globalSetup: [new URL("../support/build-once.ts", import.meta.url).pathname],
  },
});
