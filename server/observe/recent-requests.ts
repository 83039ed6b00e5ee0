// The last requests and the latencies of the last hour, for the page of the HTTP listener. Numbers and codes only, in a
// fixed amount of memory; text is kept only while the person has turned recording on.

import type { CompletionSource, ReasonCode } from "../../shared/completion.ts";
import type { Clock } from "../../shared/context.ts";
import { detached } from "../runtime/detached-string.ts";
import type { LatencyMinute, RecentRequest, RecentRequests, RecordedText, WindowRequest } from "../../shared/page.ts";

/** Moments of a request on its way to the service, in this order. */
export type Mark =
  /** It is this request that asks the service; the typing has rested. */
  | "asked"
  /** The service can be asked: there is a session and a model. */
  | "ready"
  /** The prompt is written. */
  | "written"
  /** It is sent. */
  | "sent"
  | "first-text";

/** One request under way. Monotonic milliseconds. */
interface UnderWay {
  readonly startedMs: number;
  readonly atMs: number;
  readonly marks: Partial<Record<Mark, number>>;
}

export interface EndedRequest extends Pick<RecentRequest, "front" | "kind" | "outcome" | "source"> {
  /** Called only while recording is on. */
  readonly text: () => RecordedText;
}

export interface RequestRecorder {
  begin(id: string): void;
  /** Ignored for a request that did not begin here, such as one ahead of the typing. */
  mark(id: string, mark: Mark): void;
  end(id: string, ended: EndedRequest): void;
  /** One that has ended in another process of the person. */
  add(request: WindowRequest): void;
  requests(): RecentRequests;
  /** The minutes of the last hour that have requests, oldest first. */
  latency(): readonly LatencyMinute[];
  /** Turning it off forgets all recorded text. */
  setRecording(isOn: boolean): void;
  /** Called after each request that ends, and when recording is turned on or off. Returns the way to stop. */
  onChange(listener: () => void): () => void;
}

const keptRequests = 20;
const keptMinutes = 60;
const minuteMs = 60_000;
const maxRecordedUnits = 2_000;
// A request that never ends must not fill memory; the oldest gives way.
const maxUnderWay = 512;

// Times are counted in steps that grow by a ninth each: 96 of them reach from 1 ms to 25 s.
const steps = 96;
const growth = 1.112;
const stepOf = (ms: number): number =>
  Math.min(steps - 1, Math.max(0, Math.floor(Math.log(Math.max(ms, 1)) / Math.log(growth))));
/** The middle of a step. */
const msOfStep = (step: number): number => Math.round(growth ** (step + 0.5));

/** What nobody waited for any more. */
const withdrawnCodes: ReadonlySet<string> = new Set<ReasonCode>(["cancelled", "superseded"]);
/** Text that is kept from the service is not recorded either. */
const unrecordedCodes: ReadonlySet<string> = new Set<ReasonCode>(["excluded", "secret", "disabled"]);

type Ended = Omit<RecentRequest, "number">;

/** `withoutSecrets`: what recorded text passes through. `onEnded` hears of each request that ends here. */
export function createRequestRecorder(deps: {
  readonly clock: Clock;
  readonly withoutSecrets: (text: string) => string;
  readonly onEnded?: (request: Ended) => void;
}): RequestRecorder {
  const { clock, withoutSecrets, onEnded } = deps;
  const underWay = new Map<string, UnderWay>();
  const listeners = new Set<() => void>();
  // Newest last.
  let list: RecentRequest[] = [];
  let numbers = 0;
  let withdrawn = 0;
  let isRecording = false;
  const answers: Record<CompletionSource, number> = {
    upstream: 0,
    "typed-through": 0,
    cache: 0,
    "in-flight": 0,
    speculation: 0,
  };
  const counts = new Uint16Array(keptMinutes * steps);
  const minutes = new Float64Array(keptMinutes).fill(-1);

  const isCompletionSource = (source: string): source is CompletionSource => Object.hasOwn(answers, source);
  const countTime = (ms: number): void => {
    const minute = Math.floor(clock.nowMs() / minuteMs);
    const row = minute % keptMinutes;
    if (minutes[row] !== minute) counts.fill(0, row * steps, (row + 1) * steps);
    minutes[row] = minute;
    const at = row * steps + stepOf(ms);
    // At its end it stands still.
    counts[at] = Math.min((counts[at] ?? 0) + 1, 65_535);
  };
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const recorded = ({ before, answer }: RecordedText): RecordedText => ({
    // More than is kept, so that a secret is seen whole where the cut goes through it.
    before: detached(withoutSecrets(before.slice(-2 * maxRecordedUnits)).slice(-maxRecordedUnits)),
    answer: detached(withoutSecrets(answer.slice(0, 2 * maxRecordedUnits)).slice(0, maxRecordedUnits)),
  });

  const keep = (request: Ended): void => {
    const { kind, outcome, source, totalMs } = request;
    if (withdrawnCodes.has(outcome)) withdrawn += 1;
    else {
      if (kind === "completion" && source !== undefined && isCompletionSource(source)) answers[source] += 1;
      if (source === "upstream") countTime(totalMs);
      numbers += 1;
      list.push({ number: numbers, ...request });
      if (list.length > keptRequests) list.shift();
    }
    changed();
  };

  return {
    begin(id) {
      const [oldest] = underWay.size < maxUnderWay ? [] : underWay.keys();
      if (oldest !== undefined) underWay.delete(oldest);
      underWay.set(id, { startedMs: clock.monotonicMs(), atMs: clock.nowMs(), marks: {} });
    },
    mark(id, mark) {
      const one = underWay.get(id);
      if (!one) return;
      // A service that takes over begins anew.
      if (mark === "asked")
        for (const old of ["ready", "written", "sent", "first-text"] as const) delete one.marks[old];
      one.marks[mark] ??= clock.monotonicMs();
    },
    end(id, { front, kind, outcome, source, text }) {
      const one = underWay.get(id);
      if (!one) return;
      underWay.delete(id);
      const times = { ...stagesOf(one), totalMs: rounded(clock.monotonicMs() - one.startedMs) };
      const request = { atMs: one.atMs, front, kind, outcome, source, ...times };
      const isText = isRecording && !unrecordedCodes.has(outcome) && !withdrawnCodes.has(outcome);
      keep({ ...request, text: isText ? recorded(text()) : undefined });
      onEnded?.(request);
    },
    add: keep,
    requests: () => ({ list: list.toReversed(), withdrawn, answers: { ...answers }, isRecording }),
    latency() {
      const now = Math.floor(clock.nowMs() / minuteMs);
      const found: LatencyMinute[] = [];
      for (let minute = now - keptMinutes + 1; minute <= now; minute += 1) {
        const row = minute % keptMinutes;
        if (minutes[row] !== minute) continue;
        const times = counts.subarray(row * steps, (row + 1) * steps);
        const count = times.reduce((sum, one) => sum + one, 0);
        found.push({
          atMs: minute * minuteMs,
          count,
          medianMs: quantile(times, count, 0.5),
          slowMs: quantile(times, count, 0.95),
        });
      }
      return found;
    },
    setRecording(isOn) {
      isRecording = isOn;
      if (!isOn) list = list.map((one) => ({ ...one, text: undefined }));
      changed();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Tenths of a millisecond are as much as a person can use. */
function rounded(ms: number): number {
  return Math.round(Math.max(0, ms) * 10) / 10;
}

function stagesOf({ startedMs, marks }: UnderWay): Pick<RecentRequest, "queueMs" | "promptMs" | "firstByteMs"> {
  const { asked, ready, written, sent } = marks;
  const first = marks["first-text"];
  if (asked === undefined) return {};
  const waited = (ready ?? asked) - startedMs + (sent !== undefined && written !== undefined ? sent - written : 0);
  return {
    queueMs: rounded(waited),
    promptMs: ready === undefined || written === undefined ? undefined : rounded(written - ready),
    firstByteMs: sent === undefined || first === undefined ? undefined : rounded(first - sent),
  };
}

function quantile(counts: Uint16Array, count: number, share: number): number {
  let left = Math.ceil(count * share);
  for (const [step, one] of counts.entries()) {
    left -= one;
    if (left <= 0) return msOfStep(step);
  }
  return 0;
}
