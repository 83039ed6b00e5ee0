// Requests of the official language server, recorded: each is served.

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEmulator } from "../../server/emulator/emulator.ts";
import type { Emulator, RouteName } from "../../server/emulator/types.ts";
import { ask, choicesIn, newSession, type Told } from "./support/ask.ts";

interface Recorded {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>> | null;
}

const recorded = JSON.parse(
  readFileSync(new URL("../fixtures/official-requests.json", import.meta.url), "utf8"),
) as readonly Recorded[];

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({});
});
afterAll(() => emulator.close());

/** As it was sent, with live tokens where the recording has none. */
async function replay({ method, host, path, headers, body }: Recorded): Promise<Told> {
  const token = host === "api.github.com" ? emulator.githubToken : await newSession(emulator);
  const filled = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      name === "authorization" ? value.replace("<token>", token) : value.replace(/^<.*>$/, crypto.randomUUID()),
    ]),
  );
  return ask(emulator.url + path, { method, headers: filled, ...(body ? { body } : {}) });
}

const shapes: Partial<Record<RouteName, (told: Told, request: Recorded) => void>> = {
  "session-token": (told) =>
    expect(told.json()).toMatchObject({
      token: expect.stringMatching(/^tid=/),
      expires_at: expect.any(Number),
      refresh_in: expect.any(Number),
      endpoints: { api: emulator.url, proxy: emulator.url },
    }),
  "copilot-user": (told) =>
    expect(told.json()).toMatchObject({ login: "octocat", quota_snapshots: { completions: expect.anything() } }),
  models: (told) => expect(told.json()).toMatchObject({ data: expect.any(Array), models: expect.any(Array) }),
  completions(told, { body }) {
    expect(told.headers["content-type"]).toBe("text/event-stream");
    expect(told.text.endsWith("data: [DONE]\n\n")).toBe(true);
    const choices = choicesIn(told.text);
    expect(choices).toHaveLength(1);
    const stop = body?.["stop"] as readonly string[];
    expect(stop.filter((word) => choices[0]?.text.includes(word))).toEqual([]);
  },
};

describe("the official server's request", () => {
  test.each(recorded.map((request, index) => [index, request.method, request.host, request.path, request] as const))(
    "%i, %s %s%s, is served",
    async (_index, _method, _host, _path, request) => {
      const told = await replay(request);
      expect(told.status).toBe(200);
      expect(told.headers).toHaveProperty("x-github-request-id");
      const route = emulator.calls.at(-1)?.route ?? "unknown";
      expect(shapes).toHaveProperty(route);
      shapes[route]?.(told, request);
    },
  );

  test("for experiments gets the object that its parser wants", async () => {
    const told = await ask(`${emulator.url}/telemetry`);
    expect(told.json()).toEqual({
      Features: [],
      Flights: {},
      Configs: [{ Id: "vscode", Parameters: {} }],
      ParameterGroups: [],
      FlightingVersion: 1,
      ImpressionId: "x",
      AssignmentContext: "",
    });
    expect((await ask(`${emulator.url}/telemetry`, { method: "POST", body: {} })).status).toBe(200);
    expect((await ask(`${emulator.url}/embeddings/models`)).json()).toEqual({ models: [] });
  });
});
