// What GitHub's language server last said of the account, of itself and of the quota, and what it is answered.

import type { Log } from "../../../shared/context.ts";
import type { CopilotError } from "../../../shared/errors.ts";
import type { AccountState } from "../../../shared/status.ts";
import { objectOf } from "../../runtime/json.ts";
import { rpcCodes, RpcError } from "../../json-rpc/rpc-error.ts";
import { createEmitter } from "../../runtime/emitter.ts";
import type { ChildHandlers } from "./child.ts";
import { failureOfStatus, inWords, type ServerStatus } from "./failures.ts";
import { officialSettings, type OfficialSettings } from "./server-settings.ts";
import type { Saying } from "./wire.ts";

/** Nothing of it asks anybody. */
export interface ServerState {
  account(): AccountState;
  onAccountChange(listener: () => void): () => void;
  /** Whether the plan counts completions; undefined until the server has said. */
  countsCompletions(): boolean | undefined;
  /** Why it cannot complete just now, as its status says. */
  failure(): CopilotError | undefined;
}

export interface HeardState extends ServerState, ChildHandlers {
  /** Takes the account from an answer to `checkStatus`. */
  learnAccount(result: unknown): AccountState;
  /** What a process that comes to share the server has to know. */
  said(): readonly Saying[];
}

/** `passOn`: hears what concerns other processes that share the server. */
export function createServerState(
  log: Log,
  settings: () => OfficialSettings,
  passOn: (saying: Saying) => void,
): HeardState {
  const accountChanges = createEmitter<undefined>(log);
  let account: AccountState = { kind: "unknown" };
  let status: ServerStatus = { kind: "Normal", message: "", command: "" };
  let isCounted: boolean | undefined;
  let lastMessage = "";
  /** The last of each, by method. */
  const said = new Map<string, unknown>();

  const learnAccount = (result: unknown, words = ""): AccountState => {
    const before = JSON.stringify(account);
    account = accountOf(result, words || lastMessage);
    if (JSON.stringify(account) !== before) accountChanges.emit(undefined);
    return account;
  };
  const onMessage = (params: unknown): void => {
    passOn({ method: "window/showMessage", params });
    lastMessage = inWords(objectOf(params)["message"]);
    log.warn(`GitHub's language server says: ${lastMessage}`);
  };
  const note = (method: string, params: unknown): void => {
    said.set(method, params);
    passOn({ method, params });
  };
  const onNotification = (method: string, params: unknown): void => {
    const { kind, message, command, completions } = objectOf(params);
    switch (method) {
      case "didChangeStatus":
        note(method, params);
        status = { kind: inWords(kind), message: inWords(message), command: inWords(objectOf(command)["command"]) };
        return;
      case "didChangeStatus/v2": {
        const auth = authOf(params);
        if (!auth) return;
        note(method, params);
        learnAccount(auth["result"], inWords(auth["message"]));
        return;
      }
      case "copilot/quotaChange":
        note(method, params);
        if (completions !== undefined) isCounted = objectOf(completions)["unlimited"] === false;
        return;
      case "window/showMessage":
        return onMessage(params);
    }
  };
  const onRequest = (method: string, params: unknown): unknown => {
    switch (method) {
      case "workspace/configuration": {
        const { items } = objectOf(params);
        const sections = Array.isArray(items) ? items.map((item) => inWords(objectOf(item)["section"])) : [];
        const all = officialSettings(settings());
        return sections.map((section) => all[section] ?? null);
      }
      case "window/showMessageRequest":
        onMessage(params);
        return null;
      // The fronts of this program show a person where to go.
      case "window/showDocument":
        return { success: false };
      case "client/registerCapability":
      case "client/unregisterCapability":
      case "window/workDoneProgress/create":
        return null;
      default:
        throw new RpcError(rpcCodes.methodNotFound, `Method not found: ${method}`);
    }
  };

  return {
    onNotification,
    onRequest,
    learnAccount,
    said: () => [...said].map(([method, params]) => ({ method, params })),
    account: () => account,
    onAccountChange: (listener) => accountChanges.on(listener),
    countsCompletions: () => isCounted,
    failure: () => failureOfStatus(status),
  };
}

/** The part of `didChangeStatus/v2` that is about the account. */
function authOf(params: unknown): Readonly<Record<string, unknown>> | undefined {
  const { statuses } = objectOf(params);
  return (Array.isArray(statuses) ? statuses : [])
    .map(objectOf)
    .find(({ category, result }) => category === "auth" && result !== undefined);
}

function accountOf(result: unknown, words: string): AccountState {
  const { status, user } = objectOf(result);
  const name = typeof user === "string" ? { user: inWords(user) } : {};
  switch (status) {
    case "OK":
    case "MaybeOK":
    case "MaybeOk":
    case "AlreadySignedIn":
      return { kind: "signed-in", source: "official", ...name };
    case "NotAuthorized":
      return { kind: "not-authorized", source: "official", ...name, message: words || noCopilot };
    default:
      return { kind: "signed-out" };
  }
}

const noCopilot = "GitHub says that this account has no Copilot.";
