// The one table of settings: key, kind, default, what an editor may do with it, one sentence. It feeds validation,
// `--help`, `config`, the environment names and the page on settings. Knows nothing of where a value comes from (`layers.ts`).

import { copilotPluginClientId } from "../../shared/upstream.ts";

/** Kinds of values; each has one parser for text (flags, environment) and one check for JSON (file, editor). */
export type SettingKind =
  | { readonly type: "boolean" }
  | { readonly type: "string" }
  | { readonly type: "integer"; readonly min: number; readonly max: number; readonly zeroIsUnlimited?: true }
  | { readonly type: "choice"; readonly choices: readonly string[] }
  | { readonly type: "strings" }
  /** Language identifier → on or off. */
  | { readonly type: "switches" };

/**
 * What an editor may do with a setting. Flags, environment and the settings file are the person's own and may set every
 * row to every value. An editor passes on what the open folder says, so it must not change who receives a token, weaken
 * TLS, widen what is sent, lift a budget, open the listener wider or choose a file to write.
 */
export type EditorTrust =
  /** Any value. */
  | "any"
  /** None. */
  | "never"
  /** Integers: none above the person's. 0 stands for no limit where `zeroIsUnlimited`. */
  | "lower"
  /** Lists: entries are added to the person's, none is taken away. */
  | "add"
  /** Switches and choices: only `false` or `off`. A language that the person has turned off stays off. */
  | "off"
  /** Switches: only `true`. */
  | "on"
  /** Any value while `upstream.strictTls` is on, which keeps tokens unreadable on the way. */
  | "strict-tls";

/** As the documentation says it. */
export const editorTrustDocs: Readonly<Record<EditorTrust, string>> = {
  any: "yes",
  never: "no",
  lower: "only lower",
  add: "only add",
  off: "only turn off",
  on: "only turn on",
  "strict-tls": "with strict TLS",
};

interface Setting<T> {
  readonly kind: SettingKind;
  readonly defaultValue: T;
  readonly editor: EditorTrust;
  readonly doc: string;
}

const flag = (defaultValue: boolean, editor: EditorTrust, doc: string): Setting<boolean> => ({
  kind: { type: "boolean" },
  defaultValue,
  editor,
  doc,
});
const text = (defaultValue: string, editor: EditorTrust, doc: string): Setting<string> => ({
  kind: { type: "string" },
  defaultValue,
  editor,
  doc,
});
const integer = (
  defaultValue: number,
  min: number,
  max: number,
  editor: EditorTrust,
  doc: string,
): Setting<number> => ({ kind: { type: "integer", min, max }, defaultValue, editor, doc });
/** An integer for which 0 means that there is no limit. */
const burst = (defaultValue: number, doc: string): Setting<number> => ({
  kind: { type: "integer", min: 0, max: 100_000, zeroIsUnlimited: true },
  defaultValue,
  editor: "lower",
  doc,
});
const texts = (defaultValue: readonly string[], editor: EditorTrust, doc: string): Setting<readonly string[]> => ({
  kind: { type: "strings" },
  defaultValue,
  editor,
  doc,
});
const choice = <const C extends readonly string[]>(
  choices: C,
  defaultValue: C[number],
  editor: EditorTrust,
  doc: string,
): Setting<C[number]> => ({ kind: { type: "choice", choices }, defaultValue, editor, doc });
const switches = (
  defaultValue: Readonly<Record<string, boolean>>,
  editor: EditorTrust,
  doc: string,
): Setting<Readonly<Record<string, boolean>>> => ({ kind: { type: "switches" }, defaultValue, editor, doc });

const minuteMs = 60_000;

/** Files that hold keys and passwords by their name. */
const secretFiles = [
  ".env",
  ".env.*",
  "*.env",
  ".envrc",
  ".Renviron",
  "*.pem",
  "*.key",
  "*.p12",
  "*.pfx",
  "*.jks",
  "*.keystore",
  "*.kdbx",
  "*.tfvars",
  "id_rsa*",
  "id_dsa*",
  "id_ecdsa*",
  "id_ed25519*",
  ".netrc",
  "_netrc",
  ".npmrc",
  ".pypirc",
  ".pgpass",
  ".htpasswd",
  ".git-credentials",
  "**/.ssh/**",
  "**/.gnupg/**",
  "**/.aws/**",
] as const;

export const settingsTable = {
  "auth.clientId": text(
    copilotPluginClientId,
    "never",
    "OAuth client id of the GitHub app to sign in with; GitHub's own, of its Copilot plugins, unless you set another.",
  ),

  "auth.account": texts(
    [],
    "never",
    "Accounts of folders: a list of `GLOB=NAME`, the first that fits counts; other folders have the account without a name.",
  ),
  "auth.storage": choice(
    ["auto", "keychain", "file"],
    "auto",
    "never",
    "Where a sign-in keeps the token: in the system's keychain if one takes it, only there, or in a file.",
  ),

  "github.uri": text(
    "https://github.com",
    "never",
    "GitHub server: `https://github.com`, `https://NAME.ghe.com` or your own server.",
  ),
  "github.apiUri": text("", "never", "API URL of the GitHub server. Default: derived from `github.uri`."),

  "service.kind": choice(
    ["copilot", "official", "llama.cpp", "ollama", "openai", "mistral", "tabby"],
    "copilot",
    "never",
    "Service to ask: Copilot, Copilot by GitHub's own language server (`official`), a server of local models, or another service. Its key is read from `COPILOT_LSP_SERVICE_KEY`.",
  ),
  "service.url": text("", "never", "Address of the service. Default: the usual one of its kind."),
  "service.model": text("", "never", "Model of the service. Default: the first one that can fill in the middle."),
  "service.template": text(
    "",
    "never",
    "Model family whose fill-in-the-middle words are used, such as `qwen`; `server`: the service writes them. Default: by the model's name.",
  ),

  "service.command": text(
    "",
    "never",
    "Absolute path of GitHub's own language server, for `official`. Default: `copilot-language-server` on the `PATH`.",
  ),
  "service.telemetry": flag(false, "never", "Let GitHub's own language server send telemetry, for `official`."),

  "service.fallback": texts(
    [],
    "never",
    "Services that answer while the first cannot, in this order: `KIND`, or `KIND@URL`, with `?template=FAMILY` and `#MODEL` where needed.",
  ),
  "service.getsExcluded": flag(
    false,
    "never",
    "Send excluded files too, to services whose address is this machine and to no others.",
  ),

  "completion.enabled": flag(true, "off", "Enable completions."),
  "completion.languages": switches(
    { plaintext: false, markdown: false, scminput: false },
    "off",
    'Enable or disable languages by LSP identifier or another name of theirs (`sh`, `c++`); `"*"` stands for all others. Languages not named are enabled.',
  ),
  "completion.excludeGlobs": texts(
    secretFiles,
    "add",
    "Globs of files that are never sent. Matched against the workspace path and the full path (`~/` is the home folder); a glob without a slash matches the file name.",
  ),
  "completion.model": text("", "any", "Completion model. Default: the first one that the account lists."),
  "completion.lines": choice(
    ["auto", "one", "block"],
    "auto",
    "any",
    "Length of suggestions in editors: by language rules, always one line, or always a block.",
  ),
  "completion.speculation": choice(
    ["auto", "on", "off"],
    "auto",
    "off",
    "Prefetch what follows a suggestion before it is accepted; `auto`: unless the plan counts completions.",
  ),
  "completion.maxTokens": integer(500, 1, 4096, "lower", "Maximum number of tokens per completion."),
  "completion.neighbours": flag(true, "off", "Include snippets of other open documents in the prompt."),
  "completion.recentEdits": flag(true, "off", "Include recent edits in open documents in the prompt."),
  "completion.contextStyle": choice(
    ["comments", "extra"],
    "comments",
    "any",
    "Where context goes: in comments before the text, or in a separate field.",
  ),
  "completion.secrets": choice(
    ["redact", "withhold", "send"],
    "redact",
    "never",
    "Tokens, keys and passwords in the text: replace them, send nothing that holds one, or send them.",
  ),

  "edits.enabled": choice(
    ["auto", "on", "off"],
    "auto",
    "off",
    "Next edit suggestions; `auto`: unless the plan counts requests.",
  ),
  "edits.model": text("", "any", "Model of next edits. Default: the first one that the account lists."),
  "edits.service": text(
    "",
    "never",
    "Server of an open model that predicts edits: an entry as of `service.fallback`, of `llama.cpp` or `ollama`. Default: the service of completions.",
  ),
  "edits.eagerness": choice(
    ["auto", "low", "medium", "high"],
    "auto",
    "any",
    "How sure the model must be of a next edit, and how soon it is asked; `auto`: by what you accept and reject.",
  ),
  "edits.jump": choice(
    ["words", "model", "off"],
    "words",
    "off",
    "Where to look when nothing has to change at the cursor: at words that the last edits removed, where a model says (one more request), or nowhere.",
  ),
  "edits.menu": choice(
    ["auto", "actions", "hints", "off"],
    "auto",
    "any",
    "Next edits in editors that have no part for them: as code actions (`auto`: in those alone); `hints`: also marked at the line's end, for which the server asks by itself.",
  ),
  "edits.burst": burst(5, "Maximum burst of requests for next edits; 0: unlimited."),
  "edits.perMinute": integer(20, 1, 100_000, "lower", "Requests for next edits per minute."),

  "editor.name": text("", "any", "Editor name in identity headers. Default: the name in `initialize`."),
  "editor.version": text("", "any", "Editor version in identity headers. Default: the version in `initialize`."),
  "editor.pluginName": text("copilot-lsp", "any", "Plugin name in identity headers."),
  "editor.pluginVersion": text("", "any", "Plugin version in identity headers. Default: the version of this program."),

  "upstream.proxy": text("", "strict-tls", "HTTP proxy URL. Default: `HTTPS_PROXY`, else `HTTP_PROXY`."),
  "upstream.noProxy": text("", "strict-tls", "Comma-separated hosts to reach without the proxy. Default: `NO_PROXY`."),
  "upstream.strictTls": flag(true, "on", "Verify TLS certificates."),
  "upstream.caFile": text(
    "",
    "never",
    "PEM file of additional CA certificates, besides the built-in ones and `NODE_EXTRA_CA_CERTS`.",
  ),
  "upstream.connectTimeoutMs": integer(5_000, 100, 10 * minuteMs, "any", "Connect timeout in milliseconds."),
  "upstream.headersTimeoutMs": integer(10_000, 100, 10 * minuteMs, "any", "Response header timeout in milliseconds."),
  "upstream.stallTimeoutMs": integer(5_000, 100, 10 * minuteMs, "any", "Response body idle timeout in milliseconds."),
  "upstream.integrationId": text("", "any", "Value of `Copilot-Integration-Id`. Default: not sent."),
  "upstream.userAgent": text("", "any", "Value of `User-Agent`. Default: `copilot-lsp/VERSION`."),

  "http.enabled": flag(true, "off", "Start the HTTP listener with the language server."),
  "http.port": integer(8080, 0, 65_535, "any", "HTTP listener port; 0: any free port."),
  "http.address": text(
    "127.0.0.1",
    "never",
    "HTTP listener address. Addresses that other machines can reach require `http.access` = `token`.",
  ),
  "http.socket": text("", "never", "Additional Unix socket or Windows named pipe for HTTP. Default: none."),
  "http.access": choice(
    ["same-user", "token", "open"],
    "same-user",
    "never",
    "HTTP clients to accept: programs of this user (verified on Linux), token holders, or every local program.",
  ),
  "http.allowedHosts": texts([], "never", "Additional `Host` names to accept, besides loopback."),
  "http.allowedOrigins": texts([], "never", "Web origins to accept requests from. Default: none."),
  "http.maxBodyBytes": integer(2_097_152, 1_024, 67_108_864, "lower", "Maximum request body size in bytes."),

  "lsp.announceSignIn": flag(true, "any", "Show a message with sign-in instructions once when signed out."),

  "lsp.rangeStyle": choice(
    ["line", "cursor"],
    "line",
    "any",
    "Range that suggestions replace: the line up to the cursor, which the text repeats, or nothing before the cursor.",
  ),

  "lsp.menu": choice(
    ["auto", "always", "never"],
    "auto",
    "any",
    "Offer suggestions in the completion menu: in editors without ghost text, always, or never.",
  ),
  "lsp.menuPosition": choice(
    ["last", "first"],
    "last",
    "any",
    "Position in the menu among entries of other language servers, in editors that sort by it.",
  ),
  "lsp.menuInComments": flag(true, "any", "Offer menu suggestions in comments and prose."),
  "lsp.profile": text(
    "",
    "any",
    "Client profile, such as `helix`, `eglot`, `kakoune`, `sublime` or `plain`. Default: by client name.",
  ),

  "governor.typingBurst": burst(30, "Maximum burst of completions from typing; 0: unlimited."),
  "governor.typingPerMinute": integer(240, 1, 100_000, "lower", "Completions per minute from typing."),
  "governor.scriptsBurst": burst(60, "Maximum burst of completions from scripts; 0: unlimited."),
  "governor.scriptsPerMinute": integer(120, 1, 100_000, "lower", "Completions per minute from scripts."),

  "log.level": choice(["error", "warn", "info", "debug", "trace"], "info", "any", "Minimum log level."),
  "log.file": text("", "never", "Log file. Default: standard error and the editor's log."),
} as const;

export type SettingKey = keyof typeof settingsTable;

/** Every setting with its value. */
export type Settings = { readonly [K in SettingKey]: (typeof settingsTable)[K]["defaultValue"] };

/** The settings of one group, without its prefix: `section(settings, "http").port`. */
export type Section<P extends string> = {
  readonly [K in SettingKey as K extends `${P}.${infer Name}` ? Name : never]: Settings[K];
};

export function section<P extends string>(settings: Settings, prefix: P): Section<P> {
  const start = `${prefix}.`;
  const rows = Object.entries(settings).filter(([key]) => key.startsWith(start));
  // The keys of the table decide the type, and `settings` has every one of them.
  return Object.fromEntries(rows.map(([key, value]) => [key.slice(start.length), value])) as unknown as Section<P>;
}

export const settingKeys = Object.keys(settingsTable) as readonly SettingKey[];

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(settingsTable, key);
}

/** `http.maxBodyBytes` → `COPILOT_LSP_HTTP_MAX_BODY_BYTES`. */
export function environmentName(key: SettingKey): string {
  return `COPILOT_LSP_${key.replaceAll(".", "_").replaceAll(/[A-Z]/g, (letter) => `_${letter}`)}`.toUpperCase();
}
