import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/desktop-editors/**/*.test.ts"],
    pool: "forks",
    // Large programs on a small machine: one at a time, and time to start.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    reporters: ["default", new URL("../support/closing-line-reporter.ts", import.meta.url).pathname],
    globalSetup: [new URL("../support/build-once.ts", import.meta.url).pathname],
  },
});
