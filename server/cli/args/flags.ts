// The flags that every command line may have, as data. Those of one verb are in its own file.

export interface Flag {
  /** Without the dashes. */
  readonly name: string;
  readonly short?: string;
  /** What it takes, as help shows it; absent: it is a switch. */
  readonly takes?: string;
  /** The values that it can have, where they can be listed. */
  readonly choices?: readonly string[];
  readonly repeatable?: true;
  /** Accepted, and left out of help: what editors append by themselves. */
  readonly hidden?: true;
  /** One sentence without a full stop. */
  readonly doc: string;
}

/** Of every verb that has a result. */
export const jsonFlag: Flag = { name: "json", doc: "Print JSON for programs instead of text for people" };

/** Of the verbs that act on one sign-in. */
export const accountFlag: Flag = {
  name: "account",
  takes: "NAME",
  doc: "Act on the account of this name instead of the folder's",
};

/** As `log.level` takes them. */
export const logLevels: readonly string[] = ["error", "warn", "info", "debug", "trace"];

/** Accepted with every verb and with `--stdio`. */
export const globalFlags: readonly Flag[] = [
  { name: "stdio", doc: "Be a language server on standard input and output; editors start this" },
  { name: "port", takes: "N", doc: "HTTP port, 0 for any free one; the same as --set http.port=N" },
  { name: "no-http", doc: "Start no HTTP listener beside the language server" },
  { name: "demo", doc: "Work on the built-in stand-in for GitHub: no account, no network" },
  { name: "config", takes: "FILE", doc: "Read and write settings in FILE instead of the usual place" },
  { name: "set", takes: "KEY=VALUE", repeatable: true, doc: "Set any setting for this run; may be repeated" },
  { name: "log-level", takes: "LEVEL", choices: logLevels, doc: "error, warn, info, debug or trace" },
  { name: "log-file", takes: "FILE", doc: "Write the log to FILE" },
  { name: "help", short: "h", doc: "Show help; after a verb, help for that verb" },
  { name: "version", short: "v", doc: "Print the version" },
  { name: "clientProcessId", takes: "PID", hidden: true, doc: "Process of the editor, as some clients append it" },
];

/** Ways to talk that editors offer their servers and that this one does not take. */
export const refusedTransports: ReadonlySet<string> = new Set(["node-ipc", "socket", "pipe"]);
