import { afterEach, describe, expect, test, vi } from "vitest";
import { CopilotError } from "../../shared/errors.ts";
import { Secret } from "../../server/runtime/secret.ts";
import { createTestCtx } from "../support/test-ctx.ts";
import { callWith, createHarness, emulate, harnessFor, rejection, sessionAt } from "./harness.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

const details = {
  message: "Resource not accessible by integration",
  can_signup_for_limited: true,
  error_details: {
    message: "You don't have a Copilot subscription.",
    notification_id: "not_signed_up",
    title: "Not signed up",
    url: "https://github.com/settings/copilot",
  },
};

describe("a refused completion", () => {
  test.each([
    [401, {}, "unauthorized: token expired", { code: "signed-out", httpStatus: 401 }],
    [
      402,
      {},
      { message: "You have no completions left." },
      { code: "quota", message: "You have no completions left." },
    ],
    [
      403,
      {},
      details,
      { code: "not-authorized", message: details.error_details.message, url: details.error_details.url },
    ],
    [429, { "retry-after": "7" }, {}, { code: "limited", retryAfterMs: 7_000 }],
    [429, {}, "slow down", { code: "limited", retryAfterMs: undefined }],
    [466, {}, "Update your client.", { code: "client-rejected", message: "Update your client." }],
    [503, { "retry-after": "3" }, {}, { code: "limited", retryAfterMs: 3_000 }],
    [503, {}, {}, { code: "upstream-failed", httpStatus: 503 }],
    [500, {}, "<html>oops</html>", { code: "upstream-failed", httpStatus: 500 }],
    [404, {}, { error: { message: "no such model" } }, { code: "upstream-rejected", httpStatus: 404 }],
    [422, {}, { message: "bad" }, { code: "upstream-rejected", httpStatus: 422 }],
    [421, {}, "Misdirected", { code: "upstream-rejected", httpStatus: 421 }],
  ])("with %i %j %j", async (status, headers, body, expected) => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    emulator.script("completions", { kind: "status", status, headers, body });
    const error = await rejection(upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(emulator.url))));
    expect(error).toBeInstanceOf(CopilotError);
    expect(error).toMatchObject(expected);
    expect(emulator.callsTo("completions")).toHaveLength(1);
  });

  test.each([400, 401, 403, 429])(
    "without GitHub's header (%i) was refused by something in between",
    async (status) => {
      const emulator = await emulate();
      const { upstream } = harnessFor(emulator);
      emulator.script("completions", { kind: "status", status, body: "Blocked by policy", fromGitHub: false });
      const error = await rejection(
        upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(emulator.url))),
      );
      expect(error).toMatchObject({ code: "intercepted", message: expect.stringContaining("Blocked by policy") });
    },
  );

  test("without GitHub's header keeps the pause that it asks for", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    const headers = { "retry-after": "7" };
    emulator.script("completions", { kind: "status", status: 429, headers, body: "slow", fromGitHub: false });
    const error = await rejection(upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(emulator.url))));
    expect(error).toMatchObject({ code: "intercepted", httpStatus: 429, retryAfterMs: 7_000 });
  });

  test.each([
    [200, { error: { message: "Slow down.", code: "rate_limited" } }],
    [503, { error: { message: "Slow down.", type: "upstream_provider_rate_limit" } }],
    [403, { message: "Slow down.", code: "user_weekly_rate_limited" }],
  ])("is a limit where the code in its body says so (%i)", async (status, body) => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    emulator.script("completions", { kind: "status", status, body });
    const error = await rejection(upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(emulator.url))));
    expect(error).toMatchObject({ code: "limited", message: expect.stringContaining("Slow down.") });
  });

  test("a redirect to a sign-in page names where it leads", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    emulator.script("login", {
      kind: "status",
      status: 302,
      headers: { location: "http://wifi.hotel.example/login?x=1" },
      fromGitHub: false,
    });
    const error = await rejection(upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001")));
    expect(error).toMatchObject({ code: "intercepted", message: expect.stringContaining("wifi.hotel.example") });
  });
});

describe("a refused session token", () => {
  test.each([
    [401, {}, { message: "Bad credentials" }, { code: "signed-out" }],
    [
      403,
      {},
      details,
      { code: "not-authorized", message: details.error_details.message, url: details.error_details.url },
    ],
    [404, {}, { message: "Not Found" }, { code: "not-authorized", httpStatus: 404 }],
    [429, { "retry-after": "30" }, {}, { code: "limited", retryAfterMs: 30_000 }],
    [403, {}, { message: "API rate limit exceeded for user ID 1." }, { code: "limited" }],
    [403, { "retry-after": "60" }, { message: "secondary" }, { code: "limited", retryAfterMs: 60_000 }],
    [200, {}, "not json", { code: "upstream-failed" }],
    [200, {}, { token: "x" }, { code: "upstream-failed", message: expect.stringContaining("expires_at") }],
  ])("with %i %j %j", async (status, headers, body, expected) => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    emulator.script("session-token", { kind: "status", status, headers, body });
    const error = await rejection(upstream.github.exchangeSession(createTestCtx(), new Secret("ghu_0001")));
    expect(error).toMatchObject(expected);
  });
});

describe("how long to wait", () => {
  const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toUTCString();
  test.each([
    ["seconds", { "retry-after": "120" }, 120_000],
    ["a date, by the service's own clock", { "retry-after": at(95), date: at(5) }, 90_000],
    ["a date in the past, with the least pause", { "retry-after": at(1), date: at(5) }, 1_000],
    ["no time at all, with the least pause", { "retry-after": "0" }, 1_000],
    ["more than a day", { "retry-after": "999999999" }, 86_400_000],
    ["nonsense", { "retry-after": "soon" }, undefined],
    ["a negative number", { "retry-after": "-5" }, undefined],
    ["a signed number", { "retry-after": "+5" }, undefined],
    ["a list", { "retry-after": "5, 10" }, undefined],
    ["a date of another form", { "retry-after": "2026-01-01" }, undefined],
    ["half a date", { "retry-after": "Mon, 5" }, undefined],
    ["a date that is none", { "retry-after": "Mon, 99 Foo 2026 00:00:00 GMT" }, undefined],
    ["a date without its zone", { "retry-after": "Thu, 01 Jan 2026 00:01:30" }, undefined],
    ["a number of another form", { "retry-after": "1e3" }, undefined],
    ["a number with a unit", { "retry-after": "5s" }, undefined],
    ["digits without end", { "retry-after": "9".repeat(400) }, 86_400_000],
    ["the form of RFC 850", { "retry-after": "Thursday, 01-Jan-26 00:01:35 GMT", date: at(5) }, 90_000],
    ["the form of asctime, which is GMT too", { "retry-after": "Thu Jan  1 00:01:35 2026", date: at(5) }, 90_000],
    ["a date, while the service's own clock makes no sense", { "retry-after": at(30), date: "-5" }, 30_000],
    [
      "the end of a used-up limit",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(Date.UTC(2026, 0, 1) / 1000 + 42), date: at(2) },
      40_000,
    ],
    ["nothing, of a limit that is not used up", { "x-ratelimit-remaining": "3", "x-ratelimit-reset": "1" }, undefined],
  ])("is read from %s", async (_name, headers, expected) => {
    // Dates are not of this machine's zone.
    vi.stubEnv("TZ", "Asia/Tokyo");
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    emulator.script("completions", { kind: "status", status: 429, headers });
    const error = await rejection(upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(emulator.url))));
    expect(error).toMatchObject({ code: "limited", retryAfterMs: expected });
  });

  test("counts a date by the given clock when the service sends none", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    emulator.script("completions", {
      kind: "status",
      status: 429,
      headers: { "retry-after": at(30), date: "" },
    });
    const error = await rejection(upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(emulator.url))));
    expect(error).toMatchObject({ retryAfterMs: 30_000 });
  });
});

describe("tokens", () => {
  // Of no shape that could be recognised: only what the request carried gives it away.
  const plain = "s3cretS3cretS3cret";
  test.each([
    ["text", (token: string) => `bad token ${token} (${encodeURIComponent(token)})`],
    ["JSON", (token: string) => ({ message: `token ${token} expired` })],
    ["details", (token: string) => ({ error_details: { message: token, url: `https://github.com/?t=${token}` } })],
    ["other tokens", (token: string) => `Authorization: Bearer ${token} gho_16C7e42F292c6912E7710c838347Ae178B4a`],
  ])("never get into an error, even when the body echoes them: %s", async (_name, echo) => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    const ctx = createTestCtx();
    for (const token of [plain, "tid=abc;exp=17;sku=x:mac+/=", emulator.githubToken]) {
      for (const status of [200, 400, 401, 403, 404, 429, 466, 500]) {
        const answer = { kind: "status", status, body: echo(token) } as const;
        const errors = [];
        for (const route of ["session-token", "copilot-user", "login"] as const) emulator.script(route, answer);
        errors.push(await rejection(upstream.github.exchangeSession(ctx, new Secret(token))));
        errors.push(await rejection(upstream.github.fetchCopilotUser(ctx, new Secret(token))));
        errors.push(await rejection(upstream.github.fetchLogin(ctx, new Secret(token))));
        emulator.script("access-token", answer);
        errors.push(
          await rejection(upstream.github.pollAccessToken(ctx, new Secret(token)).then(JSON.stringify)).catch(
            (poll) => poll,
          ),
        );
        if (status !== 200) {
          emulator.script("completions", answer);
          const call = callWith(sessionAt(emulator.url, token));
          errors.push(await rejection(upstream.copilot.openCompletions(ctx, call)));
        }
        for (const error of errors) {
          const shown =
            error instanceof CopilotError
              ? [String(error), error.advice, error.url, error.stack, JSON.stringify(error)]
              : [String(error)];
          expect(shown.join("\n")).not.toContain(token);
          expect(shown.join("\n")).not.toContain("gho_16C7e42F292c6912E7710c838347Ae178B4a");
        }
      }
    }
    expect(JSON.stringify(ctx.log.lines)).not.toContain(plain);
  });

  test("a password in the proxy's URL does not get into an error either", async () => {
    const { upstream, log } = createHarness({ proxy: "http://someone:hunter2@127.0.0.1:1" });
    const error = await rejection(upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001")));
    expect(error).toMatchObject({ code: "offline", message: expect.stringContaining("127.0.0.1:1") });
    expect(`${String(error)} ${JSON.stringify(error)} ${JSON.stringify(log.lines)}`).not.toContain("hunter2");
  });
});

test("words from outside come as one bounded line", async () => {
  const emulator = await emulate();
  const { upstream } = harnessFor(emulator);
  emulator.script("completions", { kind: "status", status: 466, body: `a\r\n\u001b[31mb${"c".repeat(100_000)}` });
  const error = await rejection(upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(emulator.url))));
  expect(error).toMatchObject({ code: "client-rejected" });
  const { message } = error as CopilotError;
  expect(message.length).toBeLessThanOrEqual(300);
  expect(message).toMatch(/^a \[31mb/);
});
