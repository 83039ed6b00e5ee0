// The same service over TLS, by HTTP/1.1 and by HTTP/2.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type ClientHttp2Session, connect, constants } from "node:http2";
import { request } from "node:https";
import { afterEach, describe, expect, test } from "vitest";
import { startEmulator } from "../../server/emulator/emulator.ts";
import type { Emulator } from "../../server/emulator/types.ts";

const read = (name: string): string => readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), "utf8");
const certificate = { key: read("server.key"), cert: read("server.pem") };
const ca = read("ca.pem");

let emulator: Emulator | undefined;
let session: ClientHttp2Session | undefined;

afterEach(async () => {
  session?.destroy();
  session = undefined;
  await emulator?.close();
});

const start = async (http2: boolean): Promise<Emulator> => {
  emulator = await startEmulator({ tls: { ...certificate, http2 } });
  return emulator;
};

function statusByHttp1(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { ca, agent: false }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode));
    })
      .on("error", reject)
      .end();
  });
}

function askByHttp2(url: string, path: string): Promise<{ readonly status: unknown; readonly text: string }> {
  session ??= connect(url, { ca }).on("error", () => undefined);
  const stream = session.request({ ":path": path });
  return new Promise((resolve, reject) => {
    let status: unknown;
    let text = "";
    stream.setEncoding("utf8");
    stream.on("response", (headers) => {
      status = headers[":status"];
    });
    stream.on("data", (chunk: string) => {
      text += chunk;
    });
    stream.on("end", () => resolve({ status, text }));
    stream.on("error", reject);
    stream.on("close", () => reject(new Error("closed")));
    stream.end();
  });
}

describe.each([true, false])("over TLS, with HTTP/2 offered: %s", (http2) => {
  test("HTTP/1.1 is served, and the address says https", async () => {
    const { url } = await start(http2);
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(await statusByHttp1(`${url}/_ping`)).toBe(200);
  });

  test("a reset is a reset", async () => {
    const started = await start(http2);
    started.script("ping", { kind: "reset" });
    await expect(statusByHttp1(`${started.url}/_ping`)).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(await started.calls[0]?.ended).toBe("cut");
  });
});

describe("over HTTP/2", () => {
  test("requests share a connection", async () => {
    const { url, calls } = await start(true);
    const told = await Promise.all([askByHttp2(url, "/_ping"), askByHttp2(url, "/nowhere")]);
    expect(told.map(({ status }) => status)).toEqual([200, 404]);
    expect(calls.map(({ connection }) => connection)).toEqual([1, 1]);
    expect(await Promise.all(calls.map(({ ended }) => ended))).toEqual(["answered", "answered"]);
    expect(Object.keys(calls[0]?.headers ?? {}).filter((name) => name.startsWith(":"))).toEqual([]);
  });

  test("streams come whole", async () => {
    const started = await start(true);
    started.script("ping", { kind: "stream", choices: [["one ", "two"]] });
    const { text } = await askByHttp2(started.url, "/_ping");
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  test("a client that cancels its stream is seen to leave, and the others go on", async () => {
    const started = await start(true);
    started.script("ping", { kind: "stream", choices: [["one"]], end: "stall" });
    session = connect(started.url, { ca });
    const stream = session.request({ ":path": "/_ping" });
    await once(stream, "response");
    stream.close(constants.NGHTTP2_CANCEL);
    expect(await started.calls[0]?.ended).toBe("left");
    expect((await askByHttp2(started.url, "/_ping")).status).toBe(200);
    expect(started.calls.map(({ connection }) => connection)).toEqual([1, 1]);
  });

  test.each([["NGHTTP2_CANCEL"], ["NGHTTP2_NO_ERROR"]] as const)(
    "a client that cancels what is sent already but not read has left, too, with %s",
    async (code) => {
      const started = await start(true);
      started.script("ping", { kind: "status", status: 200, body: "x".repeat(10_000_000) });
      session = connect(started.url, { ca });
      const stream = session.request({ ":path": "/_ping" });
      await once(stream, "response");
      stream.close(constants[code]);
      expect(await started.calls[0]?.ended).toBe("left");
    },
  );

  test("a cut connection ends all its requests", async () => {
    const started = await start(true);
    started.script("ping", { kind: "hang" }, { times: 2 });
    const answers = [askByHttp2(started.url, "/_ping"), askByHttp2(started.url, "/_ping")];
    const outcomes = Promise.allSettled(answers);
    await started.nextCall("ping");
    if (started.calls.length < 2) await started.nextCall("ping");
    started.dropConnections();
    expect((await outcomes).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await Promise.all(started.calls.map(({ ended }) => ended))).toEqual(["cut", "cut"]);
  });
});
