import { realProgramsConfig } from "../support/real-programs-config.ts";

export default realProgramsConfig({
  include: ["test/page/**/*.test.ts"],
  testTimeout: 60_000,
  hookTimeout: 30_000,
});
