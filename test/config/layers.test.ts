import { expect, test } from "vitest";
import { type Config, type ConfigInputs, createConfig } from "../../server/config/layers.ts";
import { environmentName, settingKeys } from "../../server/config/settings.ts";
import { createRecordingLog } from "../support/test-ctx.ts";

function open(inputs: Partial<ConfigInputs>): Config {
  return createConfig({
    flags: [],
    environment: {},
    file: { path: "/config.json", json: undefined },
    log: createRecordingLog(),
    ...inputs,
  });
}

const originOf = (config: Config, key: string): string | undefined => {
  const entry = config.entries().find((candidate) => candidate.key === key);
  return entry && `${entry.source} ${entry.origin}`.trim();
};

test("with nothing set every setting has its default, and the addresses are the production ones", () => {
  const settings = open({}).settings();
  expect(settings["github.uri"]).toBe("https://github.com");
  expect(settings["auth.clientId"]).toBe("Iv1.b507a08c87ecfe98");
  expect(settings["http.port"]).toBe(8080);
  expect(Object.keys(settings)).toEqual([...settingKeys]);
});

test("a flag wins over the environment, that over the editor, that over the file, and each says where it was", () => {
  const key = "http.port";
  const file = { path: "/config.json", json: { http: { port: 1 } } };
  const environment = { COPILOT_LSP_HTTP_PORT: "3" };
  const flags = [{ key, text: "4", flag: "--port" }];

  const fileOnly = open({ file });
  expect([fileOnly.settings()[key], originOf(fileOnly, key)]).toEqual([1, "file /config.json"]);
  fileOnly.setEditorLayer({ "http.port": 2 });
  expect([fileOnly.settings()[key], originOf(fileOnly, key)]).toEqual([2, "editor editor"]);

  const withEnvironment = open({ file, environment });
  withEnvironment.setEditorLayer({ "http.port": 2 });
  expect([withEnvironment.settings()[key], originOf(withEnvironment, key)]).toEqual([
    3,
    "environment COPILOT_LSP_HTTP_PORT",
  ]);
  expect(open({ file, environment, flags }).settings()[key]).toBe(4);
});

test("a value of the wrong type is left out and named, and the layer below counts", () => {
  const config = open({
    environment: { COPILOT_LSP_HTTP_PORT: "eighty" },
    file: { path: "/config.json", json: { "http.port": 81, completion: { enabled: "yes" }, colour: 3 } },
  });
  expect(config.settings()["http.port"]).toBe(81);
  expect(config.problems().map(({ message }) => message)).toEqual([
    "COPILOT_LSP_HTTP_PORT takes an integer from 0 to 65535",
    "/config.json: completion.enabled takes true or false",
    "/config.json: there is no setting colour",
  ]);
});

test("an empty variable counts as unset", () => {
  expect(open({ environment: { COPILOT_LSP_HTTP_PORT: "" } }).problems()).toEqual([]);
});

test("every kind can be written as text", () => {
  const config = open({
    flags: [
      { key: "http.enabled", text: "off", flag: "--set" },
      { key: "http.allowedHosts", text: "dev.box, other", flag: "--set" },
      { key: "completion.languages", text: "markdown=on,lua=off", flag: "--set" },
      { key: "completion.lines", text: "block", flag: "--set" },
      { key: "editor.name", text: "ed", flag: "--set" },
    ],
  });
  expect(config.problems()).toEqual([]);
  expect(config.settings()).toMatchObject({
    "http.enabled": false,
    "http.allowedHosts": ["dev.box", "other"],
    "completion.languages": { markdown: true, lua: false },
    "completion.lines": "block",
    "editor.name": "ed",
  });
});

test("a change by the editor is told once, and the same again is not", () => {
  const config = open({});
  const heard: number[] = [];
  config.onChange((settings) => heard.push(settings["http.port"]));
  config.setEditorLayer({ http: { port: 9000 } });
  config.setEditorLayer({ "http.port": 9000 });
  config.setEditorLayer({ http: { port: null } });
  expect(heard).toEqual([9000, 8080]);
});

test("each setting has an environment name of its own", () => {
  expect(environmentName("http.maxBodyBytes")).toBe("COPILOT_LSP_HTTP_MAX_BODY_BYTES");
  expect(new Set(settingKeys.map(environmentName)).size).toBe(settingKeys.length);
});

test("an editor's object that is nested thousands of times deep is refused by name, and what stands beside it holds", () => {
  const deep: unknown = JSON.parse(`${'{"a":'.repeat(9_000)}1${"}".repeat(9_000)}`);
  const config = open({});
  const problems = config.setEditorLayer({ completion: { lines: "one" }, odd: deep });
  expect(problems).toEqual([{ key: "odd.a.a.a.a", message: "editor: there is no setting odd.a.a.a.a" }]);
  expect(config.settings()["completion.lines"]).toBe("one");
});
