import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/page/**/*.test.ts"],
    pool: "forks",
    // A browser takes all of a small machine.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 30_000,
    reporters: ["default", new URL("../support/closing-line-reporter.ts", import.meta.url).pathname],
    globalSetup: [new URL("../support/build-once.ts", import.meta.url).pathname],
  },
});
