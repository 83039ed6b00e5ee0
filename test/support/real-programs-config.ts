// What the runs over real programs have in common: editors, browsers, several versions of Node.

import { defineConfig, type ViteUserConfig } from "vitest/config";

export function realProgramsConfig(limits: {
  readonly include: readonly string[];
  readonly testTimeout: number;
  readonly hookTimeout: number;
}): ViteUserConfig {
  return defineConfig({
    test: {
      ...limits,
      include: [...limits.include],
      root: new URL("../..", import.meta.url).pathname,
      // Unlike a thread, a process can always be ended: a run never waits for one that hangs.
      pool: "forks",
      // Large programs on a small machine: one at a time.
      fileParallelism: false,
      reporters: ["default", new URL("closing-line-reporter.ts", import.meta.url).pathname],
      globalSetup: [new URL("build-once.ts", import.meta.url).pathname],
    },
  });
}
