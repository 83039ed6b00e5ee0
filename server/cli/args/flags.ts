// Every verb and flag, as data: small, because it is read before `initialize` is answered. The words that explain a verb
// are in its own file; nothing here knows what a flag does.

export interface Flag {
  /** Without the dashes. */
  readonly name: string;
  readonly short?: string;
  /** What it takes, as help shows it; absent: it is a switch. */
  readonly takes?: string;
  readonly repeatable?: true;
  /** Accepted, and left out of help: what editors append by themselves. */
  readonly hidden?: true;
  /** One sentence without a full stop. */
  readonly doc: string;
}

export interface VerbShape {
  /** Fewest and most words after the verb. */
  readonly words: readonly [number, number];
  /** Those words, as help shows them. */
  readonly takes: string;
  readonly flags: readonly Flag[];
}

const json = { name: "json", doc: "Print JSON for programs instead of text for people" } as const satisfies Flag;

/** Accepted with every verb and with `--stdio`. */
export const globalFlags = [
  { name: "stdio", doc: "Be a language server on standard input and output; editors start this" },
  { name: "port", takes: "N", doc: "HTTP port, 0 for any free one; the same as --set http.port=N" },
  { name: "no-http", doc: "Start no HTTP listener beside the language server" },
  { name: "demo", doc: "Work on the built-in stand-in for GitHub: no account, no network" },
  { name: "config", takes: "FILE", doc: "Read and write settings in FILE instead of the usual place" },
  { name: "set", takes: "KEY=VALUE", repeatable: true, doc: "Set any setting for this run; may be repeated" },
  { name: "log-level", takes: "LEVEL", doc: "error, warn, info, debug or trace" },
  { name: "log-file", takes: "FILE", doc: "Write the log to FILE" },
  { name: "help", short: "h", doc: "Show help; after a verb, help for that verb" },
  { name: "version", short: "v", doc: "Print the version" },
  { name: "clientProcessId", takes: "PID", hidden: true, doc: "Process of the editor, as some clients append it" },
] as const satisfies readonly Flag[];

/** In the order in which help lists them. */
export const verbShapes = {
  login: {
    words: [0, 0],
    takes: "",
    flags: [
      json,
      { name: "open", doc: "Open the page in the browser without asking" },
      { name: "no-qr", doc: "Show no QR code" },
      { name: "import", doc: "Take over the sign-in of another Copilot plugin on this machine" },
    ],
  },
  logout: { words: [0, 0], takes: "", flags: [json] },
  status: {
    words: [0, 0],
    takes: "",
    flags: [json, { name: "local", doc: "Ask nobody: say only what this machine knows" }],
  },
  complete: {
    words: [1, 1],
    takes: "FILE:LINE:COL | -",
    flags: [
      { name: "language", takes: "ID", doc: "Language identifier; without it, worked out from the file name" },
      { name: "path", takes: "PATH", doc: "With -: the file name to tell the service" },
      { name: "suffix-file", takes: "FILE", doc: "With -: the text after the cursor" },
      { name: "lines", takes: "MODE", doc: "How much: one, auto or block; without it, auto for a file and one for -" },
      { name: "number", short: "n", takes: "N", doc: "How many alternatives, 1 to 10" },
      { name: "stop", takes: "TEXT", repeatable: true, doc: "End the completion before TEXT; may be repeated" },
      { name: "max-tokens", takes: "N", doc: "Most tokens that the completion may have" },
      { name: "model", takes: "NAME", doc: "Engine to ask; without it, the setting or the account's first" },
      json,
    ],
  },
  prompt: {
    words: [1, 1],
    takes: "FILE:LINE:COL",
    flags: [
      { name: "language", takes: "ID", doc: "Language identifier; without it, worked out from the file name" },
      { name: "beside", takes: "FILE", repeatable: true, doc: "As if FILE were open as well; may be repeated" },
      { name: "text", doc: "Print the prompt and suffix as text, with ▮ between them" },
      json,
    ],
  },
  serve: {
    words: [0, 1],
    takes: "[PORT]",
    flags: [json, { name: "takeover", doc: "Ask the process of yours that has the port to hand it over" }],
  },
  config: {
    words: [0, 2],
    takes: "[KEY [VALUE]]",
    flags: [
      json,
      { name: "unset", takes: "KEY", doc: "Remove KEY from the settings file" },
      { name: "path", doc: "Print where the settings file is" },
      {
        name: "token-path",
        doc: "Print where the bearer token for http.access = token is; it is made if there is none",
      },
    ],
  },
  doctor: { words: [0, 0], takes: "", flags: [json] },
  demo: {
    words: [0, 0],
    takes: "",
    flags: [{ name: "once", doc: "End after showing, instead of serving until Ctrl-C" }],
  },
} as const satisfies Readonly<Record<string, VerbShape>>;

export type VerbName = keyof typeof verbShapes;

export type FlagName = (typeof globalFlags)[number]["name"] | (typeof verbShapes)[VerbName]["flags"][number]["name"];

export const verbNames = Object.keys(verbShapes) as readonly VerbName[];

export function isVerbName(word: string): word is VerbName {
  return Object.hasOwn(verbShapes, word);
}

/** Ways to talk that editors offer their servers and that this one does not take. */
export const refusedTransports: ReadonlySet<string> = new Set(["node-ipc", "socket", "pipe"]);
