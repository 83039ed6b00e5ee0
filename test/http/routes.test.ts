import { describe, expect, test } from "vitest";
import { plainErrors } from "../../server/http/response/error-format.ts";
import type { Route } from "../../server/http/route.ts";
import { createRouter, handlerOf } from "../../server/http/router.ts";
import { createRoutes, type RouteDeps } from "../../server/http/routes.ts";
import { createFakeCore } from "../support/fake-core.ts";
import { serve } from "./support/serve.ts";

describe("GET /health", () => {
  test("is 200 and names nobody, signed in or not", async () => {
    const { ask, core } = await serve();
    expect(JSON.parse((await ask("GET", "/health")).text)).toEqual({
      status: "ok",
      name: "copilot-lsp",
      version: "1.2.3",
      pid: process.pid,
      listeningSinceMs: expect.any(Number),
      account: "signed-in",
      state: "Normal",
    });
    core.setAccount({ kind: "signed-out" });
    core.setStatus({ kind: "Error", busy: false, reason: "signed-out", message: "Sign in." });
    const reply = await ask("GET", "/health");
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.text)).toMatchObject({
      account: "signed-out",
      state: "Error",
      reason: "signed-out",
      message: "Sign in.",
    });
  });

  test("answers HEAD with the same head and no body", async () => {
    const { ask } = await serve();
    const get = await ask("GET", "/health");
    const headOnly = await ask("HEAD", "/health");
    expect(headOnly).toMatchObject({ status: 200, text: "" });
    expect(headOnly.headers["content-length"]).toBe(get.headers["content-length"]);
  });
});

test.each(["/events", "/role"])("HEAD %s ends with the head", async (path) => {
  const { ask } = await serve();
  expect(await ask("HEAD", path)).toMatchObject({ status: 200, text: "" });
});

test("GET /status is the report with the listener's state", async () => {
  const { ask, port } = await serve();
  const reply = await ask("GET", "/status");
  expect(reply.headers["cache-control"]).toBe("no-store");
  expect(JSON.parse(reply.text)).toMatchObject({
    server: "https://github.com",
    account: { user: "octocat" },
    listener: { kind: "listening", address: "127.0.0.1", port, url: `http://127.0.0.1:${port}` },
  });
});

describe("what is not there", () => {
  test("is answered with what is", async () => {
    const { ask } = await serve();
    const reply = await ask("GET", "/v2/chat");
    expect(reply.status).toBe(404);
    expect(JSON.parse(reply.text).error).toMatchObject({
      code: "not-found",
      advice: expect.stringContaining("POST /complete"),
    });
  });

  test.each([
    ["GET", "/complete", "POST"],
    ["HEAD", "/", "POST"],
    ["DELETE", "/health", "GET, HEAD"],
    ["PUT", "/", "POST"],
  ])("%s %s is answered with the methods that are", async (method, path, allow) => {
    const { ask } = await serve();
    expect(await ask(method, path)).toMatchObject({ status: 405, headers: { allow } });
  });
});

describe("the table", () => {
  test("is sorted by path, without doubles", () => {
    const core = createFakeCore();
    // Only the table is read; nothing is asked of what the routes work with.
    const paths = createRoutes({ core } as unknown as RouteDeps).map(({ path }) => path);
    expect(paths).toEqual([...new Set(paths)].sort());
  });

  test("finds a path by its pattern, and an exact one before it", () => {
    const route = (path: string): Route => ({ path, methods: { GET: () => undefined }, errorFormat: plainErrors });
    const router = createRouter([route("/a/{name}/b"), route("/a/x/b")]);
    expect(router.find("/a/m/b")).toMatchObject({ route: { path: "/a/{name}/b" }, params: { name: "m" } });
    expect(router.find("/a/x/b")).toMatchObject({ route: { path: "/a/x/b" }, params: {} });
    expect(router.find("/a//b")).toBeUndefined();
    expect(router.notFound("/a//b").message).toContain("nothing at /a//b");
    expect(() => handlerOf(route("/a"), "constructor")).toThrow("does not take");
  });
});
