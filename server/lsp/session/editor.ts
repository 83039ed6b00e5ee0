// Messages and requests from the server to the editor. None of them throws when the editor has gone or refuses: the result
// says so.

import type { Log, LogLevel } from "../../../shared/context.ts";
import type { LspPosition } from "../../../shared/lsp.ts";
import { isJsonObject, objectOf } from "../../runtime/json.ts";
import { printable } from "../../runtime/printable.ts";
import type { Connection } from "../../json-rpc/connection.ts";

export type MessageGravity = "error" | "warning" | "info";

export interface Editor {
  notify(method: string, params: object): void;
  /** `$/progress`. Resolves when it has left, so that a slow editor holds a stream back. */
  progress(token: string | number, value: object): Promise<void>;
  showMessage(gravity: MessageGravity, message: string): void;
  /** `window/logMessage`, for lines that a person asked for; other lines come through `logSink`. */
  log(message: string): void;
  /**
   * `window/showMessageRequest`: the title that was picked, "dismissed", or "refused" when the editor cannot ask. Aborting
   * `signal` cancels the request, which some editors answer by closing it; it is "dismissed" at once.
   */
  ask(message: string, titles: readonly string[], signal: AbortSignal): Promise<string>;
  /** Opens a page outside the editor. False when the editor would not. */
  openUrl(uri: string): Promise<boolean>;
  /** `window/showDocument`: the cursor goes there. False when the editor would not. */
  showPlace(uri: string, position: LspPosition): Promise<boolean>;
  /** `workspace/applyEdit`. False when the editor would not. */
  applyEdit(label: string, edit: object): Promise<boolean>;
  /** `workspace/configuration`; undefined when the editor would not say. */
  configuration(sections: readonly string[]): Promise<unknown>;
  /** `client/registerCapability`. */
  register(id: string, method: string, options: object): Promise<void>;
  /** A place for log lines. Those written before `openLog` are kept for it, up to a bound. */
  readonly logSink: (level: LogLevel, message: string) => void;
  openLog(): void;
}

const messageType: Readonly<Record<MessageGravity, number>> = { error: 1, warning: 2, info: 3 };
// Debug (5) came with LSP 3.18; older clients know nothing beyond Log (4).
const logType: Readonly<Record<LogLevel, number>> = { error: 1, warn: 2, info: 3, debug: 4, trace: 4 };
const maxKeptLines = 200;

export function createEditor(connection: Connection, log: Log): Editor {
  let kept: { readonly type: number; readonly message: string }[] | undefined = [];
  const notify = (method: string, params: object): void => {
    connection.notify(method, params).catch(() => undefined);
  };
  const request = async (
    method: string,
    params: object,
    signal?: AbortSignal,
  ): Promise<{ readonly answer: unknown } | undefined> => {
    try {
      return { answer: await connection.request(method, params, signal) };
    } catch (error) {
      log.debug("the editor refused a request", { method, error: error instanceof Error ? error.message : undefined });
      return undefined;
    }
  };
  const showDocument = async (params: object): Promise<boolean> => {
    const answer = (await request("window/showDocument", params))?.answer;
    return isJsonObject(answer) && !("success" in answer && !answer["success"]);
  };
  const writeLog = (type: number, text: string): void => {
    const message = printable(text);
    if (!kept) notify("window/logMessage", { type, message });
    else if (kept.length < maxKeptLines) kept.push({ type, message });
  };

  return {
    notify,
    progress: (token, value) => connection.notify("$/progress", { token, value }),
    showMessage: (gravity, message) =>
      notify("window/showMessage", { type: messageType[gravity], message: printable(message) }),
    log: (message) => writeLog(logType.info, message),
    async ask(text, titles, signal) {
      const message = printable(text);
      const actions = titles.map((title) => ({ title }));
      const reply = await request("window/showMessageRequest", { type: messageType.info, message, actions }, signal);
      if (!reply) return signal.aborted ? "dismissed" : "refused";
      const { title } = objectOf(reply.answer);
      return typeof title === "string" ? title : "dismissed";
    },
    openUrl: (uri) => showDocument({ uri, external: true }),
    showPlace: (uri, position) => showDocument({ uri, takeFocus: true, selection: { start: position, end: position } }),
    async applyEdit(label, edit) {
      return objectOf((await request("workspace/applyEdit", { label, edit }))?.answer)["applied"] === true;
    },
    async configuration(sections) {
      const items = sections.map((section) => ({ section }));
      return (await request("workspace/configuration", { items }))?.answer;
    },
    async register(id, method, registerOptions) {
      await request("client/registerCapability", { registrations: [{ id, method, registerOptions }] });
    },
    logSink: (level, message) => writeLog(logType[level], message),
    openLog() {
      const lines = kept ?? [];
      kept = undefined;
      for (const line of lines) notify("window/logMessage", line);
    },
  };
}
