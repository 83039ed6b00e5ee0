// What the page shows of this process, and of the person's others.

import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import { describeError } from "../../shared/errors.ts";
import type { ListenerState } from "../../shared/http.ts";
import type { WindowRequest } from "../../shared/page.ts";
import { settingText, withoutPassword } from "../../shared/settings.ts";
import type { PageSource } from "../http/page/deps.ts";
import { hearRequests, tellRequest } from "../http/page/window-requests.ts";
import { createRequestRecorder, type RequestRecorder } from "../observe/recent-requests.ts";
import { findSecrets, redact } from "../privacy/secrets.ts";
import { packageFolderOf } from "./package-folder.ts";
import type { Parts } from "./parts.ts";

type Standby = Extract<ListenerState, { kind: "standby" }>;

/** For the process that has the port to let this one in. */
const tellLimitMs = 3_000;
/** After it has not, or has cut this one off: it may have been stopped or busy. */
const tellAgainMs = 30_000;

/**
 * What the page shows of this process; its memory is taken when the port is won. Beside another process that has it, that
 * one is told of each request.
 */
export function createPageSource(
  { inputs, clock, log, config, tracer, peers }: Parts,
  client: PageSource["client"],
): PageSource & { follow(state: ListenerState): void } {
  const withoutSecrets = (text: string): string => redact(text, findSecrets(text));
  let recorder: RequestRecorder | undefined;
  let link: Socket | undefined;
  let state: ListenerState = { kind: "off" };
  const recorderNow = (): RequestRecorder => {
    recorder ??= createRequestRecorder({ clock, withoutSecrets });
    tracer.record(recorder);
    return recorder;
  };
  const tellHolderLater = (beside: Standby): void => {
    clock.after(tellAgainMs, () => {
      if (state === beside) tellHolder(beside);
    });
  };
  const tellHolder = (beside: Standby): void => {
    openLink(beside).catch((error: unknown) =>
      log.warn("the page does not show the requests of this process", { error: describeError(error) }),
    );
  };
  const openLink = async (beside: Standby): Promise<void> => {
    const open = await peers.opener();
    const opening = await open(beside.url, tellLimitMs, "requests");
    if (opening.kind !== "open") return tellHolderLater(beside);
    const { socket } = opening;
    if (state !== beside) return void socket.destroy();
    link = socket;
    socket.unref();
    // Nothing comes; its end is heard.
    socket.resume();
    const { pid } = process;
    const onEnded = (request: Omit<WindowRequest, "pid">): void => tellRequest(socket, { ...request, pid });
    tracer.record(createRequestRecorder({ clock, withoutSecrets, onEnded }));
    socket.once("close", () => {
      if (state !== beside) return;
      tracer.record(undefined);
      tellHolderLater(beside);
    });
  };
  return {
    html: () => readFile(join(packageFolderOf(inputs.self.at(-1) ?? ""), "dist/page.html"), "utf8"),
    recorder: recorderNow,
    settings: () =>
      config.entries().map((entry) => {
        const { key, value, source, origin } = withoutPassword(entry);
        return { key, value: settingText(value), source, origin };
      }),
    onSettings: config.onChange,
    client,
    onWindow: (socket) => hearRequests(socket, (request) => recorder?.add(request)),
    follow(next) {
      state = next;
      link?.destroy();
      link = undefined;
      if (next.kind === "listening") return void recorderNow();
      recorder = undefined;
      tracer.record(undefined);
      if (next.kind === "standby") tellHolder(next);
    },
  };
}
