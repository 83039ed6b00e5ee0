// The page: follows the listener and shows what it says.

import type { PageEvents, PageStatus } from "../../../../shared/page.ts";
import { createAccountView, textOf } from "./account.ts";
import { startTryCompletion } from "./try-completion.ts";
import { find, say } from "./elements.ts";
import { createLatencyView } from "./latency.ts";
import { createSettingsView, showClients } from "./lists.ts";
import { createRequestsView } from "./requests.ts";
import { createServer, Refusal } from "./server.ts";

const firstRetryMs = 500;
const longestRetryMs = 10_000;

function start(): void {
  const key = document.querySelector<HTMLMetaElement>('meta[name="key"]')?.content ?? "";
  const state = find("state", HTMLElement);
  const server = createServer(key);
  const showAccount = createAccountView(server);
  const showState = ({ status, version }: PageStatus): void => {
    say(find("version", HTMLElement), version);
    state.dataset["kind"] = status.kind;
    const reason = status.reason === undefined ? "" : `${status.reason}: `;
    say(state, status.kind === "Normal" ? (status.message ?? "Ready.") : `${reason}${status.message ?? status.kind}`);
  };
  const views: { readonly [N in keyof PageEvents]: (data: PageEvents[N]) => void } = {
    status(status) {
      showState(status);
      showAccount(status);
    },
    requests: createRequestsView(server),
    latency: createLatencyView(),
    clients: showClients,
    settings: createSettingsView(),
  };
  const view = (name: string, data: unknown): void => {
    if (Object.hasOwn(views, name)) (views[name as keyof PageEvents] as (data: unknown) => void)(data);
  };

  let following: AbortController | undefined;
  let retryMs = firstRetryMs;
  const follow = async (): Promise<void> => {
    if (following || document.hidden) return;
    const own = new AbortController();
    following = own;
    let word = "The connection was lost; trying again.";
    try {
      await server.follow("/page/events", {
        signal: own.signal,
        onEvent(name, data) {
          retryMs = firstRetryMs;
          view(name, data);
        },
      });
    } catch (error) {
      if (own.signal.aborted) return;
      word = `${textOf(error)} Trying again.`;
      if (error instanceof Refusal && error.status < 429) {
        state.dataset["kind"] = "Error";
        say(state, `${error.message} Another process may have taken the port over.`);
        return;
      }
    } finally {
      if (following === own) following = undefined;
    }
    if (own.signal.aborted) return;
    state.dataset["kind"] = "Warning";
    say(state, word);
    setTimeout(() => void follow(), retryMs);
    retryMs = Math.min(retryMs * 2, longestRetryMs);
  };
  // A page that nobody sees holds no connection.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return void follow();
    following?.abort();
    following = undefined;
  });
  startTryCompletion(server);
  void follow();
}

start();
