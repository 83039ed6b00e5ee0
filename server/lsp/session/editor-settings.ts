// The editor's configuration as settings of this program: our own section as it stands, and the few keys of the official
// Copilot server that mean something here. Knows no setting by itself; the core refuses what it does not know.

import { settingsSection } from "../../../shared/lsp.ts";
import { standardLanguageId } from "../../../shared/languages.ts";
import { isJsonObject, objectOf, type Json } from "../../runtime/json.ts";

/** Sections asked for by `workspace/configuration`, in this order. */
export const configurationSections = [settingsSection, "github.copilot", "github-enterprise", "http"] as const;

export interface EditorSettings {
  /** From `initialize`. */
  setInitial(options: unknown): void;
  /** From `setEditorInfo`, of older plugins. */
  setEditorInfo(options: unknown): void;
  /** From `workspace/didChangeConfiguration`. */
  setPushed(settings: unknown): void;
  /** From the answer to `workspace/configuration`. */
  setPulled(answers: unknown): void;
  /** Everything in one object; what came later wins. */
  current(): Json;
}

export function createEditorSettings(): EditorSettings {
  let initial: Json = {};
  let told: Json = {};
  let pushed: Json = {};
  let pulled: Json = {};
  return {
    setInitial(options) {
      initial = ownSettings(objectOf(options));
    },
    setEditorInfo(options) {
      const { editorConfiguration, networkProxy, authProvider } = objectOf(options);
      told = ownSettings({
        ...objectOf(editorConfiguration),
        "http.proxy": proxyUrl(objectOf(networkProxy)),
        "http.proxyStrictSSL": objectOf(networkProxy)["rejectUnauthorized"],
        "github-enterprise.uri": objectOf(authProvider)["url"],
      });
    },
    setPushed(settings) {
      pushed = ownSettings(objectOf(settings));
    },
    setPulled(answers) {
      const parts: readonly unknown[] = Array.isArray(answers) ? answers : [];
      pulled = ownSettings(Object.fromEntries(configurationSections.map((section, index) => [section, parts[index]])));
    },
    current: () => merge(merge(merge(initial, told), pushed), pulled),
  };
}

function ownSettings(json: Json): Json {
  const noProxy = valueAt(json, "http.noProxy");
  const official: Json = {
    "upstream.proxy": valueAt(json, "http.proxy"),
    "upstream.strictTls": valueAt(json, "http.proxyStrictSSL"),
    "upstream.noProxy": Array.isArray(noProxy) ? noProxy.join(",") : noProxy,
    "github.uri": valueAt(json, "github-enterprise.uri"),
    "completion.model": valueAt(json, "github.copilot.selectedCompletionModel"),
    "completion.languages": languageSwitches(json),
    // What an editor may not turn on is refused with a message; "on" is what clients say by default.
    "edits.enabled": valueAt(json, "github.copilot.nextEditSuggestions.enabled") === false ? "off" : undefined,
    "edits.eagerness": valueAt(json, "github.copilot.nextEditSuggestions.eagerness"),
  };
  const known = Object.fromEntries(Object.entries(official).filter(([, value]) => value !== undefined));
  return merge(known, nest(objectOf(json[settingsSection])));
}

/** Official configurations name every key and leave empty what they have no opinion on. */
function said(value: unknown): unknown {
  return value === "" || value === null ? undefined : value;
}

/** Older plugins say the parts of the proxy's address one by one. */
function proxyUrl({ host, port, username, password }: Json): string | undefined {
  if (typeof host !== "string" || host === "" || typeof port !== "number") return undefined;
  const part = (value: unknown): string => (typeof value === "string" ? encodeURIComponent(value) : "");
  const person = typeof username === "string" && username !== "" ? `${part(username)}:${part(password)}@` : "";
  return `http://${person}${host}:${port}`;
}

/** What is said for a key, however it is nested: `{a: {b: {c}}}`, `{"a.b": {c}}` and `{"a.b.c"}` are the same. */
function valueAt(json: unknown, key: string): unknown {
  if (!isJsonObject(json)) return undefined;
  const whole = said(json[key]);
  if (whole !== undefined) return whole;
  for (let dot = key.indexOf("."); dot >= 0; dot = key.indexOf(".", dot + 1)) {
    const inner = valueAt(json[key.slice(0, dot)], key.slice(dot + 1));
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/**
 * Languages by on and off. Plugins that send `disabledLanguages` send all that the person wants off, so that every other
 * one is on; `github.copilot.enable` is the map that Visual Studio Code has.
 */
function languageSwitches(json: Json): Json | undefined {
  const enable = valueAt(json, "github.copilot.enable");
  const disabled = valueAt(json, "disabledLanguages");
  if (!isJsonObject(enable) && !Array.isArray(disabled)) return undefined;
  const off = (Array.isArray(disabled) ? disabled : []).flatMap((entry: unknown): [string, boolean][] => {
    const name = isJsonObject(entry) ? entry["languageId"] : entry;
    return typeof name === "string" ? [[standardLanguageId(name), false]] : [];
  });
  const switches = Object.entries(objectOf(enable)).filter(([, value]) => typeof value === "boolean");
  return Object.fromEntries([...off, ...switches]);
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
