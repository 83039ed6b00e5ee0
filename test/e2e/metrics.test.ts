// What Prometheus would scrape from the whole program once all kinds of things have happened in it.

import { afterEach, describe, expect, test } from "vitest";
import { readExposition } from "../http/support/exposition.ts";
import { isThere, run } from "../http/support/program.ts";
import { type Machine, openMachine } from "./bridge.ts";
import { eventually } from "../support/eventually.ts";

const hasPromtool = isThere("promtool", "Prometheus's own word on the metrics");

let machine: Machine;
afterEach(() => machine.close());

async function scrapeAfterWork(): Promise<string> {
  machine = await openMachine({ signedIn: true });
  machine.emulator.setModel(() => ["    return left * right"]);
  const editor = machine.edit();
  await editor.initialize();
  const uri = "file:///project/numbers.py";
  editor.open(uri, "def multiply(left, right):\n\n", { languageId: "python" });
  await editor.inlineCompletion(uri, { line: 1, character: 0 }).answer;
  const post = (path: string, body: unknown): Promise<number> =>
    fetch(machine.url + path, { method: "POST", body: JSON.stringify(body) }).then((answer) => answer.status);
  await eventually(async () => expect(await post("/", { prompt: "a = ", language: "python" })).toBe(200));
  await post("/", { prompt: "a = ", language: "python" });
  await post("/v1/completions", { prompt: "b = ", stream: true });
  await post("/v1/completions", { prompt: 1 });
  machine.emulator.script("completions", { kind: "status", status: 429, headers: { "retry-after": "30" }, body: "no" });
  await post("/", { prompt: "c = " });
  await post("/", { prompt: "d = " });
  await fetch(`${machine.url}/nowhere`);
  return (await fetch(`${machine.url}/metrics`)).text();
}

describe("the metrics of the whole program", () => {
  test("are read by a strict reader, and count each front's own", async () => {
    const metrics = readExposition(await scrapeAfterWork());
    const requests = metrics.get("copilot_lsp_requests_total")?.samples ?? [];
    const countOf = (front: string, outcome: string): number | undefined =>
      requests.find(({ labels }) => labels["front"] === front && labels["outcome"] === outcome)?.value;
    expect(countOf("lsp", "items")).toBe(1);
    expect(countOf("http", "items")).toBe(3);
    expect(countOf("http", "limited")).toBe(2);
    expect(metrics.get("copilot_lsp_in_flight")?.samples.map(({ labels }) => labels["front"])).toEqual(["lsp", "http"]);
    expect(metrics.get("copilot_lsp_stage_seconds")?.type).toBe("histogram");
  });

  test.skipIf(!hasPromtool)("are found clean by promtool", async () => {
    const checked = await run("promtool", ["check", "metrics"], await scrapeAfterWork());
    expect(checked).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});
