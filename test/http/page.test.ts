// The page: who is given it, who may ask what it asks, and what its routes answer.

import { request as httpRequest } from "node:http";
import { describe, expect, test } from "vitest";
import { CopilotError } from "../../shared/errors.ts";
import type { PageEvents, TicketReply } from "../../shared/page.ts";
import { pageKeyHeader } from "../../shared/page.ts";
import { createAccess } from "../../server/http/guard/access.ts";
import type { PeerOwner } from "../../server/http/guard/peer-owner.ts";
import { proofFor } from "../../server/http/port/proof.ts";
import { Secret } from "../../server/runtime/secret.ts";
import { deviceFlow, items } from "../support/fake-core.ts";
import { createRecordingLog } from "../support/test-ctx.ts";
import { type RawClient, type Served, serve } from "./support/serve.ts";

type Headers = Readonly<Record<string, string>>;

const navigation: Headers = {
  Accept: "text/html,application/xhtml+xml,*/*;q=0.8",
  "Sec-Fetch-Site": "none",
  "Sec-Fetch-Mode": "navigate",
  "Sec-Fetch-Dest": "document",
};
const script: Headers = { "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty" };

function keyIn(html: string): string {
  const [, key = ""] = /content="([^"]+)"/.exec(html) ?? [];
  return key;
}

/** As the page's own script asks. */
async function openPage(served: Served): Promise<{ readonly key: string; readonly headers: Headers }> {
  const key = keyIn((await served.ask("GET", "/", { headers: navigation })).text);
  return { key, headers: { ...script, Origin: served.url, [pageKeyHeader]: key } };
}

function codeOf(text: string): string {
  return JSON.parse(text).error.code;
}

describe("GET /", () => {
  test("is the page for a browser, with a policy that lets nothing else in", async () => {
    const { ask } = await serve();
    const { status, headers, text } = await ask("GET", "/", { headers: navigation });
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(keyIn(text)).toMatch(/^[\w-]{43}$/);
    const policy = String(headers["content-security-policy"]);
    expect(policy.split("; ")).toEqual([
      "default-src 'none'",
      // Of `1` and of `a{}`.
      "script-src 'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='",
      "style-src 'sha256-X1RutGBrXCt9KkSaXMK7tHftWiRscFHOhxsS8tv8hBk='",
      "connect-src 'self'",
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
    expect((await ask("HEAD", "/", { headers: navigation })).status).toBe(200);
  });

  test.each<Headers>([{}, { Accept: "*/*" }, { Accept: "application/json" }, { Accept: "text/html;q=0" }])(
    "is what it was for a client that says %j",
    async (headers) => {
      const { ask } = await serve();
      expect(await ask("GET", "/", { headers })).toMatchObject({ status: 405, headers: { allow: "POST" } });
    },
  );

  test.each<Headers>([
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site" },
    // A page that had this port before may still be open.
    { "Sec-Fetch-Site": "same-origin" },
    { "Sec-Fetch-Dest": "iframe" },
    { "Sec-Fetch-Dest": "embed" },
    { "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty" },
    { "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image" },
    { Origin: "https://evil.example" },
    { Origin: "null" },
    // DNS rebinding: the browser takes the name for the page's own site.
    { Host: "evil.example" },
    { Host: "127.0.0.1.evil.example:8080" },
  ])("does not give the page to a request that says %j", async (wrong) => {
    const { ask } = await serve();
    const { status, text } = await ask("GET", "/", { headers: { ...navigation, ...wrong } });
    expect(status).toBe(403);
    expect(codeOf(text)).toBe("forbidden");
    expect(keyIn(text)).toBe("");
  });

  test("is given to a browser that says nothing of where a request comes from", async () => {
    const { ask } = await serve();
    expect((await ask("GET", "/", { headers: { Accept: "text/html" } })).status).toBe(200);
  });
});

describe("the page's key", () => {
  test("lets the page ask what other pages may not", async () => {
    const served = await serve();
    const { headers } = await openPage(served);
    expect((await served.post("/complete", { prompt: "x" }, headers)).status).toBe(200);
    expect(
      (await served.ask("GET", "/status", { headers: { ...script, [pageKeyHeader]: headers[pageKeyHeader] ?? "" } }))
        .status,
    ).toBe(200);
    expect((await served.post("/page/prompt", { prompt: "x" }, headers)).status).toBe(200);
  });

  test.each([
    "/complete",
    "/signin",
    "/signout",
    "/page/prompt",
    "/page/recording",
    "/page/signin",
    "/page/signin/cancel",
  ])("is missing or wrong: nothing happens at %s for a page of the same origin", async (path) => {
    const served = await serve();
    const { key } = await openPage(served);
    const wrongKeys: readonly Headers[] = [{}, { [pageKeyHeader]: "" }, { [pageKeyHeader]: `${key.slice(0, -1)}!` }];
    for (const given of wrongKeys) {
      const reply = await served.post(path, { prompt: "x", on: true }, { ...script, Origin: served.url, ...given });
      expect(reply.status).toBe(403);
    }
    expect(served.core.asked).toEqual([]);
  });

  test.each(["/status", "/events", "/metrics", "/page/events", "/health"])(
    "is missing: a page of the same origin does not read %s",
    async (path) => {
      const { ask } = await serve();
      expect((await ask("GET", path, { headers: script })).status).toBe(403);
    },
  );

  test("is needed by programs too, where the page's own data is", async () => {
    const { ask, post } = await serve();
    for (const reply of [await ask("GET", "/page/events"), await post("/page/prompt", { prompt: "x" })]) {
      expect(reply.status).toBe(401);
      expect(codeOf(reply.text)).toBe("unauthorized");
    }
  });

  test("does not excuse a foreign origin or host", async () => {
    const served = await serve();
    const { headers } = await openPage(served);
    const foreign: readonly Headers[] = [
      { Origin: "https://evil.example" },
      { Origin: `https://127.0.0.1:${served.port}` },
      { Origin: "http://127.0.0.1:1" },
      { Host: "evil.example", Origin: "http://evil.example" },
    ];
    for (const wrong of foreign) {
      expect((await served.post("/complete", { prompt: "x" }, { ...headers, ...wrong })).status).toBe(403);
    }
    expect(served.core.asked).toEqual([]);
  });

  test("is another one in each process, and in no log", async () => {
    const [one, other] = [await serve(), await serve()];
    const { key } = await openPage(one);
    const { headers } = await openPage(one);
    await one.post("/complete", { prompt: "x" }, headers);
    expect(key).not.toBe((await openPage(other)).key);
    expect(JSON.stringify(one.log.lines)).not.toContain(key);
    expect((await other.post("/complete", { prompt: "x" }, { ...headers, Origin: other.url })).status).toBe(403);
  });
});

describe("where the listener wants a token", () => {
  const ticketFor = async (served: Served): Promise<string> => {
    const reply = await served.ask("POST", "/page/ticket");
    expect(reply.status).toBe(200);
    return (JSON.parse(reply.text) as TicketReply).ticket;
  };

  test("the page is shown for a ticket, once, and then asks without a token", async () => {
    const served = await serve({ settings: { access: "token" } });
    expect((await served.ask("GET", "/", { headers: navigation })).status).toBe(403);
    const ticket = await ticketFor(served);
    expect((await served.ask("GET", "/?ticket=wrong", { headers: navigation })).status).toBe(403);
    const page = await served.ask("GET", `/?ticket=${ticket}`, { headers: navigation });
    expect(page.status).toBe(200);
    expect((await served.ask("GET", `/?ticket=${ticket}`, { headers: navigation })).status).toBe(403);
    const headers = { ...script, Origin: served.url, [pageKeyHeader]: keyIn(page.text) };
    expect((await served.post("/complete", { prompt: "x" }, headers)).status).toBe(200);
    expect((await served.post("/complete", { prompt: "x" })).status).toBe(401);
    expect(JSON.stringify(served.log.lines)).not.toContain(ticket);
  });

  test("a ticket that a frame or a script tries is not used up by it", async () => {
    const served = await serve({ settings: { access: "token" } });
    const ticket = await ticketFor(served);
    const framed = { ...navigation, "Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site" };
    expect((await served.ask("GET", `/?ticket=${ticket}`, { headers: framed })).status).toBe(403);
    expect((await served.ask("GET", `/?ticket=${ticket}`, { headers: navigation })).status).toBe(200);
  });
});

describe("whose browser it is", () => {
  const visit = async (
    owner: PeerOwner,
    access: "same-user" | "token" | "open",
    hasTicket: boolean,
  ): Promise<string> => {
    const { log } = { log: createRecordingLog() };
    const guard = createAccess({ findPeerOwner: async () => owner, uid: 1000, log }, () => ({
      access,
      token: () => new Secret("0123456789abcdef"),
    }));
    const request = { socket: {}, headers: {} } as Parameters<typeof guard.checkVisitor>[0];
    return guard
      .checkVisitor(request, () => hasTicket)
      .then(
        () => "shown",
        () => "refused",
      );
  };
  const own: PeerOwner = { kind: "user", uid: 1000 };
  const other: PeerOwner = { kind: "user", uid: 1001 };

  test.each([
    ["one's own", own, "same-user", false, "shown"],
    ["one's own", own, "open", false, "shown"],
    ["one's own", own, "token", false, "refused"],
    ["one's own", own, "token", true, "shown"],
    ["another user's", other, "same-user", true, "refused"],
    ["another user's", other, "open", false, "refused"],
    ["another user's", other, "token", true, "refused"],
    ["nobody knows whose", { kind: "no-table" }, "same-user", false, "refused"],
    ["nobody knows whose", { kind: "no-table" }, "same-user", true, "shown"],
    ["nobody knows whose", { kind: "no-table" }, "open", false, "refused"],
  ] as const)("%s (%j), with access %s and ticket %s", async (_, owner, access, hasTicket, outcome) => {
    expect(await visit(owner, access, hasTicket)).toBe(outcome);
  });
});

describe("POST /page/ticket", () => {
  test("is for this person's processes: by the system's word here, whatever is sent", async () => {
    const { ask } = await serve();
    const reply = await ask("POST", "/page/ticket", {
      headers: { "X-Copilot-Proof": proofFor(new Secret("x".repeat(20)), "") },
    });
    expect(JSON.parse(reply.text)).toEqual({ ticket: expect.stringMatching(/^[\w-]{43}$/), expiresInSeconds: 600 });
  });

  test("is refused to every page", async () => {
    const served = await serve();
    expect((await served.ask("POST", "/page/ticket", { headers: { ...script, Origin: served.url } })).status).toBe(403);
    expect((await served.ask("POST", "/page/ticket", { headers: { Origin: "https://evil.example" } })).status).toBe(
      403,
    );
  });
});

/** Events of a stream, as they come. */
function eventsOf(client: RawClient): readonly (readonly [string, unknown])[] {
  return [...client.received().matchAll(/event: (\S+)\ndata: (.*)\n/g)].map(([, name = "", data = ""]) => [
    name,
    JSON.parse(Buffer.from(data, "latin1").toString("utf8")),
  ]);
}

function followPage(served: Served, key: string): RawClient {
  const client = served.connect();
  client.write(`GET /page/events HTTP/1.1\r\nHost: localhost\r\n${pageKeyHeader}: ${key}\r\n\r\n`);
  return client;
}

function newest<N extends keyof PageEvents>(client: RawClient, name: N): PageEvents[N] {
  const found = eventsOf(client).findLast(([one]) => one === name);
  if (!found) throw new Error(`no ${name} came`);
  return found[1] as PageEvents[N];
}

describe("GET /page/events", () => {
  test("says everything at once, and again what has changed", async () => {
    const served = await serve();
    const { key } = await openPage(served);
    const client = followPage(served, key);
    await client.until("event: settings");
    expect(eventsOf(client).map(([name]) => name)).toEqual(["status", "requests", "latency", "clients", "settings"]);
    expect(newest(client, "clients")).toEqual([{ pid: process.pid, name: "Testedit", version: "1.0", isHere: true }]);
    served.core.setStatus({ kind: "Warning", busy: false, reason: "offline", message: "No way out." });
    await client.until("No way out.");
    expect(newest(client, "status").status.reason).toBe("offline");
  });

  test("names the processes that wait for the port, as they say it, and no longer than they wait", async () => {
    const served = await serve();
    const { key } = await openPage(served);
    const client = followPage(served, key);
    await client.until("event: settings");
    const waiting = served.connect();
    waiting.write("GET /role HTTP/1.1\r\nHost: localhost\r\nX-Copilot-Client: 4242 Neo%C3%A9vim 0.12\r\n\r\n");
    await client.until("4242");
    expect(newest(client, "clients")[1]).toEqual({ pid: 4242, name: "Neoévim", version: "0.12", isHere: false });
    const before = eventsOf(client).length;
    waiting.socket.destroy();
    await expect.poll(() => eventsOf(client).length).toBeGreaterThan(before);
    expect(newest(client, "clients")).toHaveLength(1);
  });

  test("has room for sixteen pages", async () => {
    const served = await serve();
    const { key } = await openPage(served);
    const pages = Array.from({ length: 16 }, () => followPage(served, key));
    await Promise.all(pages.map((page) => page.until("event: settings")));
    const over = await served.ask("GET", "/page/events", { headers: { [pageKeyHeader]: key } });
    expect(over.status).toBe(429);
    pages[0]?.socket.destroy();
    await expect
      .poll(async () => (await served.ask("HEAD", "/page/events", { headers: { [pageKeyHeader]: key } })).status)
      .toBe(200);
  });
});

describe("POST /page/signin", () => {
  test("says the code and how it ended", async () => {
    const served = await serve();
    const { headers } = await openPage(served);
    Object.assign(served.core.account, {
      signIn: async () => deviceFlow,
      finishSignIn: async () => ({ user: "octocat" }),
    });
    const reply = await served.post("/page/signin", {}, headers);
    expect(reply.text).toBe(
      `event: code\ndata: ${JSON.stringify(deviceFlow)}\n\nevent: signed-in\ndata: {"user":"octocat"}\n\n`,
    );
  });

  test("says why it came to nothing, in words", async () => {
    const served = await serve();
    const { headers } = await openPage(served);
    const refuse = async (): Promise<never> => {
      throw new CopilotError("sign-in-expired", "The code ran out.", { advice: "Start again." });
    };
    Object.assign(served.core.account, { signIn: async () => deviceFlow, finishSignIn: refuse });
    const ended = await served.post("/page/signin", {}, headers);
    expect(ended.text).toContain(
      'event: error\ndata: {"error":{"code":"sign-in-expired","message":"The code ran out.","advice":"Start again."}}',
    );
    Object.assign(served.core.account, { signIn: refuse });
    const refused = await served.post("/page/signin", {}, headers);
    expect(refused.status).toBe(410);
    expect(codeOf(refused.text)).toBe("sign-in-expired");
  });

  test("goes on when the page leaves", async () => {
    const served = await serve();
    const { headers } = await openPage(served);
    let wasCancelled = false;
    const began = new Promise<void>((resolve) => {
      Object.assign(served.core.account, {
        signIn: async () => deviceFlow,
        cancelSignIn: () => void (wasCancelled = true),
        finishSignIn: ({ signal }: { signal: AbortSignal }) => {
          resolve();
          return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
        },
      });
    });
    const leaving = httpRequest({
      host: "127.0.0.1",
      port: served.port,
      path: "/page/signin",
      method: "POST",
      headers,
    });
    leaving.on("error", () => undefined);
    leaving.end();
    await began;
    leaving.destroy();
    await expect.poll(() => served.log.lines.some(({ message }) => message === "HTTP: answered")).toBe(true);
    expect(wasCancelled).toBe(false);
    await served.post("/page/signin/cancel", {}, headers);
    expect(wasCancelled).toBe(true);
  });
});

test("POST /page/recording turns recording on and off", async () => {
  const served = await serve();
  served.core.answerWith(async () => items("42"));
  const { key, headers } = await openPage(served);
  const client = followPage(served, key);
  await client.until("event: requests");
  expect(newest(client, "requests").isRecording).toBe(false);
  expect(JSON.parse((await served.post("/page/recording", { on: true }, headers)).text)).toEqual({ on: true });
  await client.until('"isRecording":true');
  await served.post("/page/recording", { on: false }, headers);
  await expect.poll(() => newest(client, "requests").isRecording).toBe(false);
});
