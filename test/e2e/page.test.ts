// The page of the built program, as commands and other programs meet it; Chromium opens it in `test/page/`.

import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { get } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { untilHttp } from "../house/support/stage.ts";
import { type Machine, openMachine, program } from "./bridge.ts";

const otherUid = 65_534;
const canBeOther =
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  spawnSync(process.execPath, ["-e", "require('fs').accessSync(process.argv[1], 4)", program], {
    uid: otherUid,
    gid: otherUid,
  }).status === 0;
if (!canBeOther) process.stderr.write("NOT TESTED: another user's browser: it takes Linux and root\n");

const html = { Accept: "text/html" };

/** As a browser asks; `fetch` would say of itself that it is a script. */
function visit(url: string): Promise<{ readonly status: number; readonly policy: string; readonly text: string }> {
  return new Promise((resolve, reject) => {
    get(url, { headers: html, agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      answer.on("end", () =>
        resolve({
          status: answer.statusCode ?? 0,
          policy: String(answer.headers["content-security-policy"]),
          text,
        }),
      );
    }).on("error", reject);
  });
}

const machines: Machine[] = [];
afterEach(async () => {
  for (const machine of machines.splice(0).reverse()) await machine.close();
});

async function openServed(environment: Readonly<Record<string, string>> = {}): Promise<Machine> {
  const machine = await openMachine({ signedIn: true, environment });
  machines.push(machine);
  await machine.start(["serve"]).line();
  return machine;
}

async function addressOf(machine: Machine): Promise<string> {
  const { code, stdout, stderr } = await machine.run(["page", "--json"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return (JSON.parse(stdout) as { url: string }).url;
}

const keyIn = (page: string): string => /name="key" content="([\w-]{43})"/.exec(page)?.[1] ?? "";

test("the page is one file: its policy names all that is in it, and nothing in it is from elsewhere", async () => {
  const machine = await openServed();
  const { status, policy, text: page } = await visit(await addressOf(machine));
  expect(status).toBe(200);
  expect(keyIn(page)).not.toBe("");
  expect(Buffer.byteLength(page)).toBeLessThan(20_000);
  for (const element of ["script", "style"]) {
    const inline = [...page.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, "gs"))].map(([, text]) => text ?? "");
    expect(inline).toHaveLength(1);
    const digest = createHash("sha256")
      .update(inline[0] ?? "")
      .digest("base64");
    expect(policy).toContain(`${element}-src 'sha256-${digest}'`);
  }
  expect([...page.matchAll(/\b(?:src|href)="([^"]*)"/g)].map(([, target = ""]) => target.slice(0, 5))).toEqual([
    "data:",
    "#main",
  ]);
  expect(page).not.toMatch(/ (?:style|on[a-z]+)="/);
});

test("where the listener wants a token, the address that is printed is good for one visit, and the token is not in it", async () => {
  const machine = await openServed({ COPILOT_LSP_HTTP_ACCESS: "token" });
  const { stdout: path } = await machine.run(["config", "--token-path"]);
  expect(path.trim()).toMatch(/http-token$/);
  const token = readFileSync(path.trim(), "utf8").trim();
  expect((await visit(machine.url)).status).toBe(403);
  const address = await addressOf(machine);
  expect(address).not.toContain(token);
  const first = await visit(address);
  expect(first.status).toBe(200);
  expect(first.text).not.toContain(token);
  expect((await visit(address)).status).toBe(403);
  const key = keyIn(first.text);
  expect((await fetch(`${machine.url}/status`, { headers: { "X-Copilot-Page": key } })).status).toBe(200);
  expect((await fetch(`${machine.url}/status`)).status).toBe(401);
});

test("page serves itself where nobody has the port, and ends with the port free again", async () => {
  const machine = await openMachine({ signedIn: true });
  machines.push(machine);
  const command = machine.start(["page", "--no-open"]);
  const line = await command.line();
  expect(line.startsWith(`Page  ${machine.url}/?ticket=`)).toBe(true);
  expect((await visit(line.slice("Page  ".length))).status).toBe(200);
  command.kill("SIGTERM");
  expect(await command.exited).toBe(0);
  await expect(visit(machine.url)).rejects.toThrow("ECONNREFUSED");
});

/** What the page is told from its start until all of it is there. */
async function eventsOf(machine: Machine, key: string): Promise<string> {
  const answer = await fetch(`${machine.url}/page/events`, { headers: { "X-Copilot-Page": key } });
  let all = "";
  for await (const chunk of answer.body ?? []) {
    all += Buffer.from(chunk).toString("utf8");
    if (all.includes("event: settings") && all.endsWith("\n\n")) return all;
  }
  return all;
}

test("the page is told of the requests of the windows beside it, with the reason of each and no text", async () => {
  const machine = await openServed();
  machine.emulator.setModel(() => ["unmistakable_answer()"]);
  const key = keyIn((await visit(await addressOf(machine))).text);
  const editor = machine.edit();
  await editor.initialize({ processId: null, capabilities: {}, clientInfo: { name: "Testedit", version: "1.0" } });
  const uri = "file:///project/unmistakable_name.py";
  editor.open(uri, "def unmistakable_function():\n\n", { languageId: "python" });
  editor.open("file:///project/unmistakable_notes.txt", "unmistakable\n", { languageId: "plaintext" });
  const window = `Testedit, ${editor.process.pid}`;
  const told = await eventually(async () => {
    await editor.inlineCompletion(uri, { line: 1, character: 0 }).answer;
    await editor.inlineCompletion("file:///project/unmistakable_notes.txt", { line: 0, character: 3 }).answer;
    const all = await eventsOf(machine, key);
    expect(all).toContain(`"window":"${window}"`);
    expect(all).toContain('"outcome":"items"');
    expect(all).toContain('"outcome":"disabled"');
    return all;
  });
  expect(told).not.toContain("unmistakable");

  // It has the port next, and then shows them as its own.
  process.kill((JSON.parse(await (await fetch(`${machine.url}/health`)).text()) as { pid: number }).pid);
  const nextKey = await eventually(async () => keyIn((await visit(await addressOf(machine))).text) || Promise.reject());
  await editor.inlineCompletion(uri, { line: 1, character: 0 }).answer;
  const own = await eventsOf(machine, nextKey);
  expect(own).toContain('"outcome":"items"');
  expect(own).not.toContain('"window"');
});

test("nothing that a person typed is in what the page is told, unless recording is on", async () => {
  const machine = await openMachine({ signedIn: true });
  machines.push(machine);
  machine.emulator.setModel(() => ["unmistakable_answer()"]);
  const editor = machine.edit();
  await editor.initialize();
  await untilHttp(machine, "/status", (report) => report.includes('"plan"'));
  const key = keyIn((await visit(await addressOf(machine))).text);
  const uri = "file:///project/unmistakable_name.py";
  const text = "def unmistakable_function(): r";
  editor.open(uri, text, { languageId: "python" });
  await editor.inlineCompletion(uri, { line: 0, character: text.length }).answer;
  const told = await eventsOf(machine, key);
  expect(told).toContain('"outcome":"items"');
  expect(told).not.toContain("unmistakable");
  const init = { method: "POST", headers: { "X-Copilot-Page": key }, body: '{"on":true}' };
  expect((await fetch(`${machine.url}/page/recording`, init)).status).toBe(200);
  editor.change(uri, 2, { at: { line: 0, character: text.length }, insert: "e" });
  await editor.inlineCompletion(uri, { line: 0, character: text.length + 1 }).answer;
  expect(await eventsOf(machine, key)).toContain("def unmistakable_function(): re");
});

describe.skipIf(!canBeOther)("another user of the machine", () => {
  const askAs = (uid: number, url: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const script = `require("http").get(${JSON.stringify(url)}, { headers: ${JSON.stringify(html)} }, (answer) => {
        console.log(answer.statusCode);
        answer.pipe(process.stdout);
      })`;
      execFile(process.execPath, ["-e", script], { uid, gid: uid }, (error, stdout) =>
        error ? reject(error) : resolve(stdout),
      );
    });

  test.each(["same-user", "token", "open"])(
    "is not shown the page, not even with a ticket that is good: http.access is %s",
    async (access) => {
      const machine = await openServed({ COPILOT_LSP_HTTP_ACCESS: access });
      const address = await addressOf(machine);
      for (const url of [machine.url, address]) {
        const answer = await askAs(otherUid, url);
        expect(answer).toMatch(/^403\n.*may not ask this listener/);
        expect(keyIn(answer)).toBe("");
      }
      // It was not used up by that.
      expect((await visit(address)).status).toBe(200);
    },
  );

  test("gets no ticket", async () => {
    const machine = await openServed({ COPILOT_LSP_HTTP_ACCESS: "open" });
    const script = `fetch("${machine.url}/page/ticket", { method: "POST" }).then((answer) => console.log(answer.status))`;
    const { stdout } = spawnSync(process.execPath, ["-e", script], { uid: otherUid, gid: otherUid, encoding: "utf8" });
    expect(stdout.trim()).toBe("403");
  });
});
