// The editor's configuration as settings of this program: our own section as it stands, and the few keys of the official
// Copilot server that mean something here. Knows no setting by itself; the core refuses what it does not know.

import { settingsSection } from "../../shared/lsp.ts";
import { isJsonObject, type Json, looseObject } from "./params.ts";

/** Sections asked for by `workspace/configuration`, in this order. */
export const configurationSections = [settingsSection, "github.copilot", "github-enterprise", "http"] as const;

export interface EditorSettings {
  /** From `initialize`. */
  setInitial(options: unknown): void;
  /** From `workspace/didChangeConfiguration`. */
  setPushed(settings: unknown): void;
  /** From the answer to `workspace/configuration`. */
  setPulled(answers: unknown): void;
  /** Everything in one object; what came later wins. */
  current(): Json;
}

export function createEditorSettings(): EditorSettings {
  let initial: Json = {};
  let pushed: Json = {};
  let pulled: Json = {};
  return {
    setInitial(options) {
      initial = ownSettings(looseObject(options));
    },
    setPushed(settings) {
      pushed = ownSettings(looseObject(settings));
    },
    setPulled(answers) {
      const parts: readonly unknown[] = Array.isArray(answers) ? answers : [];
      pulled = ownSettings(Object.fromEntries(configurationSections.map((section, index) => [section, parts[index]])));
    },
    current: () => merge(merge(initial, pushed), pulled),
  };
}

function ownSettings(json: Json): Json {
  const copilot = { ...looseObject(looseObject(json["github"])["copilot"]), ...looseObject(json["github.copilot"]) };
  const { proxy, proxyStrictSSL, noProxy } = looseObject(json["http"]);
  const official: Json = {
    "upstream.proxy": said(proxy),
    "upstream.strictTls": said(proxyStrictSSL),
    "upstream.noProxy": Array.isArray(noProxy) ? noProxy.join(",") : said(noProxy),
    "github.uri": said(looseObject(json["github-enterprise"])["uri"]),
    "completion.model": said(copilot["selectedCompletionModel"]),
  };
  const known = Object.fromEntries(Object.entries(official).filter(([, value]) => value !== undefined));
  return merge(known, nest(looseObject(json[settingsSection])));
}

/** Official configurations name every key and leave empty what they have no opinion on. */
function said(value: unknown): unknown {
  return value === "" || value === null ? undefined : value;
}

/** `{http: {port: 1}}` as `{"http.port": 1}`, so that both spellings meet when they are merged. */
function nest(section: Json): Json {
  return Object.fromEntries(
    Object.entries(section).flatMap(([group, value]) =>
      isJsonObject(value) && !group.includes(".")
        ? Object.entries(value).map(([name, inner]): [string, unknown] => [`${group}.${name}`, inner])
        : [[group, value]],
    ),
  );
}

function merge(earlier: Json, later: Json): Json {
  return { ...earlier, ...later };
}
