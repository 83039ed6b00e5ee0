import { realProgramsConfig } from "../support/real-programs-config.ts";

export default realProgramsConfig({
  include: ["test/desktop-editors/**/*.test.ts"],
  testTimeout: 240_000,
  hookTimeout: 60_000,
});
