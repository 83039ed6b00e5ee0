// The archive on every version of Node that it promises to run on, without a package beside it.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { spawnLspServer } from "../support/lsp-client.ts";
import { type Archive, packArchive } from "./support/archive.ts";
import { nodeNames, nodeProgram } from "./support/nodes.ts";

const root = resolve(import.meta.dirname, "../..");
const { engines, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly engines: { readonly node: string };
  readonly version: string;
};

let archive: Archive;
let command: string;

beforeAll(async () => {
  archive = await packArchive(root);
  command = join(archive.folder, "dist/copilot-lsp.js");
});

afterAll(() => archive.close());

test("nothing above the archive offers it a package", () => {
  const above: string[] = [];
  for (let folder = archive.folder; folder !== dirname(folder); folder = dirname(folder)) above.push(folder);
  expect(above.filter((folder) => existsSync(join(folder, "node_modules")))).toEqual([]);
});

test("the oldest Node is the one that package.json promises", () => {
  expect(engines.node).toBe(">=20.18.1");
});

describe.each(nodeNames)("%s", (name) => {
  let node: string;
  // Of somebody who has never run it.
  let environment: Readonly<Record<string, string>>;

  beforeAll(async () => {
    node = await nodeProgram(root, name);
    environment = { HOME: archive.place(`home of ${name}`), PATH: "/usr/bin:/bin" };
    const { stdout } = await promisify(execFile)(node, ["--version"]);
    process.stdout.write(`${name}: ${stdout}`);
  });

  const run = (...args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> =>
    promisify(execFile)(node, [command, ...args], { env: environment, cwd: environment["HOME"] });

  test("says its version", async () => {
    expect(await run("--version")).toEqual({ stdout: `${version}\n`, stderr: "" });
  });

  test("finds nothing wrong with itself in the demo", async () => {
    const { stdout } = await run("--demo", "--port", "0", "doctor");
    expect(stdout).toMatch(/^ok +completion +answered in /m);
    expect(stdout).toMatch(/^All is well\.$/m);
  });

  test("completes in an editor", async () => {
    const server = spawnLspServer([node, command, "--stdio", "--demo", "--no-http"], {
      cwd: environment["HOME"],
      env: environment,
    });
    try {
      const { serverInfo } = await server.initialize<{ serverInfo: unknown }>();
      expect(serverInfo).toEqual({ name: "copilot-lsp", version });
      const uri = "file:///project/arithmetic.js";
      server.open(uri, "function multiply(first, second) {\n  \n}\n", { languageId: "javascript" });
      const { items } = await server.inlineCompletion<{ items: readonly { insertText: string }[] }>(uri, {
        line: 1,
        character: 2,
      }).answer;
      expect(items[0]?.insertText).toBe("  return first * second;");
      await server.shutdown();
      expect(await server.exited).toEqual({ code: 0, signal: null });
      expect(server.stderr()).toBe("");
    } finally {
      await server.kill();
    }
  });

  test("answers a script over HTTP", async () => {
    const server = spawn(node, [command, "--demo", "serve", "0", "--json"], {
      env: environment,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(server, "exit");
    try {
      const [line] = (await once(createInterface({ input: server.stdout }), "line")) as [string];
      const { url } = JSON.parse(line) as { url: string };
      const answer = await fetch(url, {
        method: "POST",
        body: JSON.stringify({ prompt: "function multiply(first, second) {\n  ", language: "javascript" }),
      });
      expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining("return first * second;")]);
    } finally {
      server.kill("SIGTERM");
      await ended;
    }
  });
});
