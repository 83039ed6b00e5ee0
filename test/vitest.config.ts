import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["test/**/*.test.ts"],
    // Real editors need programs that a plain machine does not have; `npm run test:editors` and `test:desktop-editors` run them, and `test:page` drives a browser.
    exclude: ["test/editors/**", "test/desktop-editors/**", "test/page/**", "node_modules/**"],
    pool: "threads",
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // On a machine that is busy elsewhere, as CI is, a second may be too short for another process.
    expect: { poll: { timeout: 15_000 } },
    reporters: ["default", new URL("./support/closing-line-reporter.ts", import.meta.url).pathname],
    globalSetup: [new URL("./support/build-once.ts", import.meta.url).pathname],
  },
});
