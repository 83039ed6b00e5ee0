// What the routes of the page work with.

import type { Socket } from "node:net";
import type { Clock } from "../../../shared/context.ts";
import type { ListenerState } from "../../../shared/http.ts";
import type { LatencyMinute, PageSetting, RecentRequests } from "../../../shared/page.ts";
import type { Core } from "../../core/types.ts";
import type { PageKey } from "../guard/page-key.ts";
import type { Standbys } from "../port/standbys.ts";
import type { Handler } from "../route.ts";
import type { RequestContext } from "../request/request-context.ts";

export interface PageDeps {
  readonly clock: Clock;
  readonly core: Core;
  readonly version: string;
  readonly pid: number;
  readonly listener: () => ListenerState;
  readonly page: PageSource;
  readonly pageKey: PageKey;
  readonly standbys: Standbys;
  /** What a process of this person proves itself with. */
  readonly nonce: string;
  /** As `Access.checkOwner`. */
  readonly checkOwner: (context: RequestContext, nonce: string) => Promise<void>;
  /** As `Access.checkVisitor`. */
  readonly checkVisitor: (context: RequestContext, hasTicket: () => boolean) => Promise<void>;
}

/** What answers each route. */
export type PageHandlers = Readonly<
  Record<"getPage" | "events" | "prompt" | "recording" | "signIn" | "cancelSignIn" | "ticket", Handler>
>;

/** What the page shows that neither the core nor the listener knows. */
export interface PageSource {
  /** The page as it was built, with `{{key}}` where the key of the process goes. Rejects when it is not there. */
  readonly html: () => Promise<string>;
  /** Read when the page asks. */
  readonly recorder: () => PageRecorder;
  readonly settings: () => readonly PageSetting[];
  readonly onSettings: (listener: () => void) => () => void;
  /** The editor of this process, if there is one and it has said. */
  readonly client: () => { readonly name: string; readonly version: string } | undefined;
  /** Another process of the person has come to tell of its requests. */
  readonly onWindow: (socket: Socket) => void;
}

export interface PageRecorder {
  requests(): RecentRequests;
  latency(): readonly LatencyMinute[];
  setRecording(isOn: boolean): void;
  onChange(listener: () => void): () => void;
}
