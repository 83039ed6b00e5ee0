import { realProgramsConfig } from "../support/real-programs-config.ts";

export default realProgramsConfig({
  include: ["test/editors/**/*.test.ts"],
  testTimeout: 60_000,
  hookTimeout: 60_000,
});
