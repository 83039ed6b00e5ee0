import { execFile, spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { CopilotError } from "../../shared/errors.ts";
import { items } from "../support/fake-core.ts";
import { serve } from "./support/serve.ts";

const hasCurl = spawnSync("curl", ["--version"]).status === 0;

interface Run {
  readonly code: number;
  readonly stdout: string;
}

function run(command: string, args: readonly string[], input = ""): Promise<Run> {
  return new Promise((resolve) => {
    const child = execFile(command, args, (error, stdout) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout }),
    );
    child.stdin?.end(input);
  });
}

describe.skipIf(!hasCurl)("a script with curl", () => {
  test("appends what it gets and asks again until it gets nothing", async () => {
    const { core, url } = await serve();
    const whole = "a = 1\nb = 2\nc = 'ä'\n";
    core.answerWith(async (_ctx, request) => {
      const rest = whole.slice(request.before.length);
      const line = rest.slice(0, rest.indexOf("\n") + 1);
      return line === "" ? { kind: "empty", reason: "upstream-empty" } : items(line);
    });
    let text = "";
    for (let rounds = 0; rounds < 10; rounds += 1) {
      const body = JSON.stringify({ prompt: text, language: "python" });
      const { code, stdout } = await run("curl", ["-sS", "--fail", "--data-binary", "@-", url], body);
      expect(code).toBe(0);
      if (stdout === "") break;
      text += stdout;
    }
    expect(text).toBe(whole);
    expect(core.asked).toHaveLength(4);
  });

  test("fails when an answer breaks off", async () => {
    const { core, url } = await serve();
    core.answerWith(async (_ctx, _request, onPartial) => {
      await onPartial?.({ index: 0, text: "half" });
      throw new CopilotError("upstream-failed", "The stream broke off.");
    });
    const ask = (version: string): Promise<Run> => run("curl", ["-sS", version, "-d", '{"prompt":"x"}', url]);
    expect(await ask("--http1.1")).toEqual({ code: 18, stdout: "half" });
    expect((await ask("--http1.0")).code).toBeGreaterThan(0);
  });

  test("reads why ten megabytes are too many", async () => {
    const { url } = await serve();
    const body = JSON.stringify({ prompt: "x".repeat(10_000_000) });
    for (const headers of [
      ["-H", "Expect: 100-continue"],
      ["-H", "Expect:"],
      ["-H", "Transfer-Encoding: chunked"],
    ]) {
      const { code, stdout } = await run("curl", ["-sS", ...headers, "--data-binary", "@-", url], body);
      expect(stdout).toContain('"code":"too-large"');
      expect(code).toBe(0);
    }
  });
});
