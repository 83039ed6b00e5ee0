// The one table of settings: key, kind, default, one sentence. It feeds validation, `--help`, `config`, the environment
// names and the README. Knows nothing of where a value comes from (`layers.ts`) or who uses it.

/** Kinds of values; each has one parser for text (flags, environment) and one check for JSON (file, editor). */
export type SettingKind =
  | { readonly type: "boolean" }
  | { readonly type: "string" }
  | { readonly type: "integer"; readonly min: number; readonly max: number }
  | { readonly type: "choice"; readonly choices: readonly string[] }
  | { readonly type: "strings" }
  /** Language identifier → on or off. */
  | { readonly type: "switches" };

interface Setting<T> {
  readonly kind: SettingKind;
  readonly defaultValue: T;
  readonly doc: string;
}

const flag = (defaultValue: boolean, doc: string): Setting<boolean> => ({
  kind: { type: "boolean" },
  defaultValue,
  doc,
});
const text = (defaultValue: string, doc: string): Setting<string> => ({ kind: { type: "string" }, defaultValue, doc });
const integer = (defaultValue: number, min: number, max: number, doc: string): Setting<number> => ({
  kind: { type: "integer", min, max },
  defaultValue,
  doc,
});
const texts = (defaultValue: readonly string[], doc: string): Setting<readonly string[]> => ({
  kind: { type: "strings" },
  defaultValue,
  doc,
});
const choice = <const C extends readonly string[]>(
  choices: C,
  defaultValue: C[number],
  doc: string,
): Setting<C[number]> => ({
  kind: { type: "choice", choices },
  defaultValue,
  doc,
});
const switches = (
  defaultValue: Readonly<Record<string, boolean>>,
  doc: string,
): Setting<Readonly<Record<string, boolean>>> => ({ kind: { type: "switches" }, defaultValue, doc });

const minuteMs = 60_000;

/** Files that hold keys and passwords by their name. */
const secretFiles = [
  ".env",
  ".env.*",
  "*.env",
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
  "auth.clientId": text("Iv1.b507a08c87ecfe98", "Client id of the GitHub app that asks for the sign-in."),

  "github.uri": text(
    "https://github.com",
    "GitHub server that signs in: `https://github.com`, `https://NAME.ghe.com` or your own server.",
  ),
  "github.apiUri": text("", "API of that server; empty: worked out from `github.uri`."),

  "completion.enabled": flag(true, "Whether anything is completed at all."),
  "completion.languages": switches(
    { plaintext: false, markdown: false, scminput: false },
    'Languages turned on or off by LSP identifier, `"*"` for all the others; what is not named is on.',
  ),
  "completion.excludeGlobs": texts(
    secretFiles,
    "Files that are never sent: globs on the path in the workspace folder and on the whole path (`~/`: from the home folder on), or on the name alone if without a slash.",
  ),
  "completion.model": text("", "Engine to ask; empty: the first completion model that the account lists."),
  "completion.lines": choice(
    ["auto", "one", "block"],
    "auto",
    "How much to offer in an editor: by the rules of the language, always one line, or always a block.",
  ),
  "completion.speculation": choice(
    ["auto", "on", "off"],
    "auto",
    "Whether to ask for what follows a suggestion before it is wanted; `auto`: unless the plan counts completions.",
  ),
  "completion.maxTokens": integer(500, 1, 4096, "Most tokens that one completion may have."),
  "completion.neighbours": flag(true, "Whether pieces of other open documents go into the prompt."),
  "completion.recentEdits": flag(true, "Whether the latest edits in open documents go into the prompt."),
  "completion.contextStyle": choice(
    ["comments", "extra"],
    "comments",
    "How context is sent: as comments of the language before the text, or in a field of its own.",
  ),

  "editor.name": text("", "Editor name in the identity headers; empty: as the editor says in `initialize`."),
  "editor.version": text("", "Editor version in the identity headers; empty: as the editor says in `initialize`."),
  "editor.pluginName": text("copilot-lsp", "Plugin name in the identity headers."),
  "editor.pluginVersion": text("", "Plugin version in the identity headers; empty: the version of this program."),

  "upstream.proxy": text("", "HTTP proxy URL for everything outside; empty: `HTTPS_PROXY` and `HTTP_PROXY`."),
  "upstream.noProxy": text("", "Hosts to reach without the proxy, comma-separated; empty: `NO_PROXY`."),
  "upstream.strictTls": flag(true, "Whether certificates must be trusted."),
  "upstream.caFile": text("", "File of PEM certificates to trust besides the built-in ones and `NODE_EXTRA_CA_CERTS`."),
  "upstream.connectTimeoutMs": integer(5_000, 100, 10 * minuteMs, "Longest wait for a connection."),
  "upstream.headersTimeoutMs": integer(10_000, 100, 10 * minuteMs, "Longest wait for the head of an answer."),
  "upstream.stallTimeoutMs": integer(5_000, 100, 10 * minuteMs, "Longest silence in the middle of an answer."),
  "upstream.integrationId": text("", "Value of `Copilot-Integration-Id`; empty: the header is not sent."),
  "upstream.userAgent": text("", "Value of `User-Agent`; empty: `copilot-lsp/VERSION`."),

  "http.enabled": flag(true, "Whether the HTTP listener starts with the language server."),
  "http.port": integer(8080, 0, 65_535, "Port of the HTTP listener; 0: any free one."),
  "http.address": text(
    "127.0.0.1",
    "Address of the HTTP listener; one that other machines can reach needs `http.access` = `token`.",
  ),
  "http.socket": text("", "Unix socket (on Windows a named pipe) to serve HTTP on as well; empty: none."),
  "http.access": choice(
    ["same-user", "token", "open"],
    "same-user",
    "Who may ask over HTTP: programs of this user (checked on Linux), whoever has the token, or every local program.",
  ),
  "http.allowedHosts": texts([], "`Host` names accepted besides the loopback ones."),
  "http.allowedOrigins": texts([], "Web origins whose pages may ask; none by default."),
  "http.maxBodyBytes": integer(2_097_152, 1_024, 67_108_864, "Largest request body."),

  "lsp.announceSignIn": flag(
    true,
    "Whether an editor that starts signed out is told so once, with the way to sign in.",
  ),

  "lsp.rangeStyle": choice(
    ["line", "cursor"],
    "line",
    "What a suggestion replaces: the line up to the cursor, with a text that repeats it, or nothing before the cursor.",
  ),

  "lsp.menu": choice(
    ["auto", "always", "never"],
    "auto",
    "Whether suggestions come in the completion menu too: in editors without ghost text, in every editor, or in none.",
  ),
  "lsp.menuPosition": choice(
    ["last", "first"],
    "last",
    "Where suggestions stand in the menu among the entries of other language servers, in editors that sort by it.",
  ),
  "lsp.menuInComments": flag(true, "Whether the menu offers suggestions in comments and in prose as well."),
  "lsp.profile": text(
    "",
    "Which editor's ways to go by, such as `helix`, `eglot`, `kakoune`, `sublime` or `plain`; empty: as it says itself.",
  ),

  "governor.typingBurst": integer(30, 0, 100_000, "Completions that typing may ask for at once; 0: no limit."),
  "governor.typingPerMinute": integer(240, 1, 100_000, "Completions that typing may ask for each minute."),
  "governor.scriptsBurst": integer(60, 0, 100_000, "Completions that programs may ask for at once; 0: no limit."),
  "governor.scriptsPerMinute": integer(120, 1, 100_000, "Completions that programs may ask for each minute."),

  "log.level": choice(["error", "warn", "info", "debug", "trace"], "info", "Least grave message that is written."),
  "log.file": text("", "File to write the log to; empty: standard error (and the editor's log)."),
} as const;

export type SettingKey = keyof typeof settingsTable;

/** Every setting with its value. */
export type Settings = { readonly [K in SettingKey]: (typeof settingsTable)[K]["defaultValue"] };

export const settingKeys = Object.keys(settingsTable) as readonly SettingKey[];

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(settingsTable, key);
}

/** `http.maxBodyBytes` → `COPILOT_LSP_HTTP_MAX_BODY_BYTES`. */
export function environmentName(key: SettingKey): string {
  return `COPILOT_LSP_${key.replaceAll(".", "_").replaceAll(/[A-Z]/g, (letter) => `_${letter}`)}`.toUpperCase();
}
