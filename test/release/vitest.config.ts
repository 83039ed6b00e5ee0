import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    // The archive's own tests run with every change; here they belong to what a release has to show.
    include: ["test/release/**/*.test.ts", "test/e2e/package.test.ts"],
    pool: "forks",
    // Each file starts several programs, and the first brings several versions of Node.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 300_000,
    reporters: ["default", new URL("../support/closing-line-reporter.ts", import.meta.url).pathname],
    globalSetup: [new URL("../support/build-once.ts", import.meta.url).pathname],
  },
});
