// Builds the program before the tests, so that those that spawn it never run yesterday's. `TEST_BUILD=no` leaves the
// build that is there, for a quick round on tests that spawn nothing.

import { execFileSync } from "node:child_process";

export default function setup(): void {
  if (process.env["TEST_BUILD"] === "no") return;
  const root = new URL("../..", import.meta.url).pathname;
  execFileSync(process.execPath, ["server/build.mjs"], { cwd: root, stdio: "inherit" });
}
