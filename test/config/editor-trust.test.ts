// An editor passes on what the folder says that is open. Whatever that is, the token goes where the person's own settings
// send it, and nothing is looser than the person has it.

import { createServer, type Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import * as fc from "fast-check";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createConfig } from "../../server/config/layers.ts";
import { type SettingKey, settingKeys, settingsTable } from "../../server/config/settings.ts";
import { openMachine } from "../e2e/bridge.ts";
import { caFile, serverCertificate } from "../upstream/certificates.ts";
import { createRecordingLog } from "../support/test-ctx.ts";

const evil = "https://evil.example";

const open = (json?: unknown) =>
  createConfig({
    flags: [],
    environment: {},
    file: { path: "/config.json", json },
    log: createRecordingLog(),
  });

const keysOf = (...trusts: readonly string[]): readonly SettingKey[] =>
  settingKeys.filter((key) => trusts.includes(settingsTable[key].editor));

/** A value of the setting's kind that is not its default. */
const otherValue = (key: SettingKey): unknown => {
  const { kind, defaultValue } = settingsTable[key];
  switch (kind.type) {
    case "boolean":
      return defaultValue !== true;
    case "integer":
      return kind.max;
    case "choice":
      return kind.choices.find((choice) => choice !== defaultValue);
    case "strings":
      return ["evil.example"];
    case "switches":
      return { lua: false };
    case "string":
      return evil;
  }
};

test.each(keysOf("never"))("%s is the person's own, and the editor's is named with the way to set it", (key) => {
  const config = open();
  expect(config.setEditorLayer({ [key]: otherValue(key) })).toEqual([
    { key, message: expect.stringContaining(`copilot-lsp config ${key}`) },
  ]);
  expect(config.settings()[key]).toEqual(settingsTable[key].defaultValue);
  expect(config.setEditorLayer({ [key]: settingsTable[key].defaultValue })).toEqual([]);
});

test.each(keysOf("any"))("%s may come from an editor", (key) => {
  const config = open();
  expect(config.setEditorLayer({ [key]: otherValue(key) })).toEqual([]);
  expect(config.settings()[key]).toEqual(otherValue(key));
});

test.each(keysOf("lower"))("%s may be lowered by an editor, not raised", (key) => {
  const config = open({ [key]: 2_000 });
  expect(config.setEditorLayer({ [key]: 3_000 })).toHaveLength(1);
  expect(config.settings()[key]).toBe(2_000);
  expect(config.setEditorLayer({ [key]: 1_500 })).toEqual([]);
  expect(config.settings()[key]).toBe(1_500);
});

test.each(["governor.typingBurst", "governor.scriptsBurst"] as const)("%s = 0 is no limit, and so not lower", (key) => {
  const config = open();
  expect(config.setEditorLayer({ [key]: 0 })).toHaveLength(1);
  expect(config.settings()[key]).toBe(settingsTable[key].defaultValue);
  const unlimited = open({ [key]: 0 });
  expect(unlimited.setEditorLayer({ [key]: 5 })).toEqual([]);
  expect(unlimited.settings()[key]).toBe(5);
});

test.each(keysOf("off").filter((key) => settingsTable[key].kind.type !== "switches"))(
  "%s may be turned off by an editor, not on",
  (key) => {
    const [off, on] = settingsTable[key].kind.type === "boolean" ? [false, true] : ["off", "on"];
    const config = open({ [key]: off });
    expect(config.setEditorLayer({ [key]: on })).toHaveLength(1);
    expect(config.settings()[key]).toBe(off);
    const other = open({ [key]: on });
    expect(other.setEditorLayer({ [key]: off })).toEqual([]);
    expect(other.settings()[key]).toBe(off);
  },
);

test("globs of an editor are added to those that keep files from being sent", () => {
  const config = open();
  expect(config.setEditorLayer({ "completion.excludeGlobs": [] })).toEqual([]);
  expect(config.settings()["completion.excludeGlobs"]).toContain(".env");
  config.setEditorLayer({ completion: { excludeGlobs: ["*.mine"] } });
  expect(config.settings()["completion.excludeGlobs"]).toEqual(expect.arrayContaining([".env", "*.pem", "*.mine"]));
});

describe("languages", () => {
  test("that the person turned off stay off, by name and by the star", () => {
    const config = open({ completion: { languages: { lua: false } } });
    expect(config.setEditorLayer({ "completion.languages": { lua: true, yaml: false } })).toHaveLength(1);
    expect(config.settings()["completion.languages"]).toEqual({ lua: false, yaml: false });
    const only = open({ completion: { languages: { "*": false, rust: true } } });
    only.setEditorLayer({ "completion.languages": { "*": true, go: true } });
    expect(only.settings()["completion.languages"]).toEqual({ "*": false, rust: true, go: false });
    const plain = open({ completion: { languages: { lua: false } } });
    plain.setEditorLayer({ "completion.languages": {} });
    expect(plain.settings()["completion.languages"]).toEqual({ lua: false });
  });

  test("may be called by names that every object has", () => {
    const config = open({ completion: { languages: { "*": false } } });
    config.setEditorLayer({ "completion.languages": { constructor: true, toString: true } });
    expect(config.settings()["completion.languages"]).toEqual({ "*": false, constructor: false, toString: false });
    const other = open({ completion: { languages: { lua: false } } });
    other.setEditorLayer({ "completion.languages": { constructor: false } });
    expect(other.settings()["completion.languages"]).toEqual({ lua: false, constructor: false });
  });

  test("that only the built-in list turns off may be turned on", () => {
    const config = open();
    expect(config.setEditorLayer({ "completion.languages": { markdown: true } })).toEqual([]);
    expect(config.settings()["completion.languages"]).toEqual({ markdown: true });
  });
});

describe("a proxy of an editor", () => {
  test.each(keysOf("strict-tls"))("is taken only where the person wants certificates to be trusted: %s", (key) => {
    const strict = open();
    expect(strict.setEditorLayer({ [key]: "http://p:1" })).toEqual([]);
    expect(strict.settings()[key]).toBe("http://p:1");
    const loose = open({ upstream: { strictTls: false } });
    expect(loose.setEditorLayer({ [key]: "http://p:1" })).toHaveLength(1);
    expect(loose.settings()[key]).toBe("");
    expect(loose.setEditorLayer({ [key]: "http://p:1", "upstream.strictTls": true })).toEqual([]);
    expect(loose.settings()).toMatchObject({ [key]: "http://p:1", "upstream.strictTls": true });
  });
});

test("what an editor must not decide is named here once more, so that a row of the table is not changed by mistake", () => {
  const persons = [
    "auth.clientId",
    "completion.secrets",
    "github.apiUri",
    "github.uri",
    "http.access",
    "http.address",
    "http.allowedHosts",
    "http.allowedOrigins",
    "http.socket",
    "log.file",
    "upstream.caFile",
  ];
  expect(keysOf("never")).toEqual(expect.arrayContaining(persons));
  expect(
    keysOf("any").filter((key) => /^(?:auth|github|governor)\.|Token$|\b(?:caFile|file)$|secret|exclude/.test(key)),
  ).toEqual([]);
  expect(settingsTable["upstream.strictTls"].editor).toBe("on");
  expect([settingsTable["upstream.proxy"].editor, settingsTable["upstream.noProxy"].editor]).toEqual([
    "strict-tls",
    "strict-tls",
  ]);
});

test("no settings of an editor change where a token goes, send more or let more in", () => {
  const value = fc.oneof(
    fc.boolean(),
    fc.integer({ min: 0, max: 200_000 }),
    fc.constantFrom(evil, "", "off", "on", "open", "0.0.0.0", null),
    fc.array(fc.constantFrom(".env", "*", evil)),
    fc.dictionary(fc.constantFrom("*", "lua", "markdown"), fc.boolean()),
  );
  const flat = fc.dictionary(fc.constantFrom<string>(...settingKeys), value);
  const nested = flat.map((entries) => {
    const groups: Record<string, Record<string, unknown>> = {};
    for (const [key, inner] of Object.entries(entries)) {
      const [group = "", name = ""] = key.split(".");
      groups[group] = { ...groups[group], [name]: inner };
    }
    return groups;
  });
  const strictTls = fc.boolean();
  fc.assert(
    fc.property(fc.array(fc.oneof(flat, nested), { minLength: 1, maxLength: 3 }), strictTls, (layers, strict) => {
      const config = open({ "upstream.strictTls": strict, "completion.neighbours": false });
      const before = config.settings();
      for (const json of layers) config.setEditorLayer(json);
      const after = config.settings();
      for (const key of keysOf("never")) expect(after[key]).toEqual(before[key]);
      for (const key of keysOf("strict-tls")) {
        expect(after[key] === before[key] || after["upstream.strictTls"]).toBe(true);
      }
      expect(after["upstream.strictTls"] || !before["upstream.strictTls"]).toBe(true);
      expect(after["completion.excludeGlobs"]).toEqual(expect.arrayContaining([...before["completion.excludeGlobs"]]));
      expect(after["completion.neighbours"]).toBe(false);
    }),
    { numRuns: 500 },
  );
});

/** A proxy that opens TLS itself, and keeps what it then reads. */
async function openEvilProxy() {
  const asked: string[] = [];
  const read: string[] = [];
  const sockets = new Set<Socket>();
  const secureContext = createSecureContext(serverCertificate);
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", (head) => {
      asked.push(head.toString("latin1").split("\r\n", 1)[0] ?? "");
      read.push(head.toString("latin1"));
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      const inner = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ["http/1.1"] });
      inner.on("error", () => undefined);
      inner.on("data", (chunk) => read.push(chunk.toString("latin1")));
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, port, asked, read };
}

describe("the token in the program that an editor runs", () => {
  type Proxy = Awaited<ReturnType<typeof openEvilProxy>>;
  const hostile: readonly [string, (proxy: Proxy) => object][] = [
    ["our own section", ({ url }) => ({ "copilot-lsp": { upstream: { proxy: url, strictTls: false } } })],
    ["a certificate of the folder", ({ url }) => ({ "copilot-lsp": { upstream: { proxy: url, caFile } } })],
    ["the official keys", ({ url }) => ({ http: { proxy: url, proxyStrictSSL: false } })],
  ];

  test.each(hostile)("does not go to a proxy that %s names", async (_how, settingsFor) => {
    const proxy = await openEvilProxy();
    const machine = await openMachine({
      signedIn: true,
      environment: { COPILOT_LSP_GITHUB_URI: "https://github.com" },
    });
    onTestFinished(() => machine.close());
    const editor = machine.edit();
    await editor.initialize({ initializationOptions: settingsFor(proxy) });
    editor.notify("workspace/didChangeConfiguration", { settings: settingsFor(proxy) });
    await editor.request("setEditorInfo", {
      editorInfo: { name: "Vim", version: "9" },
      editorPluginInfo: { name: "p", version: "1" },
      networkProxy: { host: "127.0.0.1", port: proxy.port, rejectUnauthorized: false },
    });
    await editor.request("checkStatus", {}).catch(() => undefined);
    await vi.waitFor(() => expect(proxy.asked.length).toBeGreaterThan(0), { timeout: 10_000 });
    await vi.waitFor(
      () => {
        const told = editor
          .calls("window/showMessage")
          .filter((params) => /strictTls|caFile/.test(JSON.stringify(params)));
        expect(told.length).toBeGreaterThan(0);
      },
      { timeout: 10_000 },
    );
    expect(proxy.asked[0]).toContain("CONNECT");
    expect(proxy.read.join("")).not.toMatch(/gh[a-z]_|authorization/i);
  });
});
