import { afterEach, expect, test, vi } from "vitest";
import { createNursery } from "../../server/runtime/heap.ts";
import { createManualClock } from "../support/manual-clock.ts";

const flags = vi.hoisted((): string[] => []);
vi.mock("node:v8", () => ({
  setFlagsFromString: (flag: string) => flags.push(flag),
  getHeapSpaceStatistics: () => [{ space_name: "new_space", space_size: 1024 * 1024 }],
}));

afterEach(() => {
  flags.length = 0;
});

test("the nursery grows while there are many requests, and no more when none come after them", async () => {
  const clock = createManualClock();
  const nursery = createNursery(clock);
  for (let request = 0; request < 256; request += 1) nursery.served();
  expect(flags).toEqual(["--semi-space-growth-factor=8"]);
  await clock.advance(5_000);
  expect(flags).toEqual(["--semi-space-growth-factor=8", "--semi-space-growth-factor=1"]);
});

test("the nursery stays as it is where requests come one by one", async () => {
  const clock = createManualClock();
  const nursery = createNursery(clock);
  for (let request = 0; request < 600; request += 1) {
    await clock.advance(30);
    nursery.served();
  }
  expect(flags).toEqual([]);
});
