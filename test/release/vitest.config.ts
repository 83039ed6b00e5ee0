import { realProgramsConfig } from "../support/real-programs-config.ts";

export default realProgramsConfig({
  // The archive's own tests run with every change; here they belong to what a release has to show.
  include: ["test/release/**/*.test.ts", "test/e2e/package.test.ts"],
  testTimeout: 60_000,
  // The first brings several versions of Node.
  hookTimeout: 300_000,
});
