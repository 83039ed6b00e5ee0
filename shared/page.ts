// JSON of the page that the HTTP listener serves to a person's browser. Plain data: numbers, codes and names; source text
// only where the person has turned recording on.

import type { CompletionSource, PromptPreview, ReasonCode } from "./completion.ts";
import type { EditSource, NoEditCode } from "./edits.ts";
import type { StatusReply } from "./http.ts";
import type { QuotaRow } from "./words/quota.ts";

/** Carries the page's key in each of its requests. */
export const pageKeyHeader = "x-copilot-page";

/** Where a request came in. */
export type RequestFront = "lsp" | "http";

/** A completion or a next edit that has ended. Times in milliseconds; one that is absent was not gone through. */
export interface RecentRequest {
  /** Counts up. */
  readonly number: number;
  /** When it was asked, since the epoch. */
  readonly atMs: number;
  readonly front: RequestFront;
  readonly kind: "completion" | "edit";
  /** `items`: it was answered with text. */
  readonly outcome: "items" | ReasonCode | NoEditCode;
  readonly source?: CompletionSource | EditSource | undefined;
  /** Waiting: until the typing rests, for a session, for the budget. */
  readonly queueMs?: number | undefined;
  /** Putting the prompt together, and looking for secrets in it. */
  readonly promptMs?: number | undefined;
  /** From the sending until the first text. */
  readonly firstByteMs?: number | undefined;
  readonly totalMs: number;
  /** Of another process than the one that shows it. */
  readonly pid?: number | undefined;
  /** Only while recording is on. */
  readonly text?: RecordedText | undefined;
}

/** A request as a process tells it to the one that has the port. */
export type WindowRequest = Omit<RecentRequest, "number" | "text" | "pid"> & { readonly pid: number };

/** Both cut to `maxRecordedUnits`, without the secrets in them. */
export interface RecordedText {
  /** The end of the text before the cursor. */
  readonly before: string;
  /** The start of the first alternative; empty: none. */
  readonly answer: string;
}

export interface RecentRequests {
  /** The last ones, newest first. */
  readonly list: readonly RecentRequest[];
  /** Ended because a newer key replaced them or their client left; not in the list. */
  readonly withdrawn: number;
  /** Completions that were answered with text, by where it came from. */
  readonly answers: Readonly<Record<CompletionSource, number>>;
  readonly isRecording: boolean;
}

/** The requests that the service answered with text in one minute. */
export interface LatencyMinute {
  /** Start of the minute, since the epoch. */
  readonly atMs: number;
  readonly count: number;
  /** Whole time of the middle one, and of the one that 95 of 100 are faster than, to about 6 %. */
  readonly medianMs: number;
  readonly slowMs: number;
}

/** A process of this person's that runs beside the listener, or has it. */
export interface PageClient {
  readonly pid: number;
  /** The editor; absent where there is none, or it has not said. */
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  /** It answers on the port; the others wait for it. */
  readonly isHere: boolean;
}

export interface PageSetting {
  readonly key: string;
  /** As `copilot-lsp config` writes it, without passwords. */
  readonly value: string;
  readonly source: string;
  /** The flag, variable or file that holds it; empty for a default. */
  readonly origin: string;
}

/** A request as the page shows it: what the outcome means and what to do about it; absent where there is text. */
export interface ExplainedRequest extends RecentRequest {
  readonly meaning?: string | undefined;
  readonly advice?: string | undefined;
  /** The editor and process of `pid`: `Neovim, 4711`. */
  readonly window?: string | undefined;
}

/** What is left of the plan, in words. */
export interface PageStatus extends StatusReply {
  readonly left: readonly QuotaRow[];
}

/** Events of `GET /page/events`, by name: each replaces what the last one of its name said. */
export interface PageEvents {
  readonly status: PageStatus;
  readonly requests: Omit<RecentRequests, "list"> & { readonly list: readonly ExplainedRequest[] };
  readonly latency: readonly LatencyMinute[];
  readonly clients: readonly PageClient[];
  readonly settings: readonly PageSetting[];
}

/** Answer of `POST /page/prompt`. */
export type PagePrompt = PromptPreview & { readonly meaning?: string | undefined };

/** Body of `POST /page/recording`. */
export interface RecordingBody {
  readonly on: boolean;
}

/** Answer of `POST /page/ticket`: the address of the page with what lets one visit in. */
export interface TicketReply {
  readonly ticket: string;
  readonly expiresInSeconds: number;
}
