// One service over the program's own HTTP client, without the rest of the program.

import type { Clock } from "../../../shared/context.ts";
import type { ServiceRequest } from "../../../server/completion/service.ts";
import { systemClock } from "../../../server/runtime/system-clock.ts";
import { Secret } from "../../../server/runtime/secret.ts";
import { type OtherService, openService } from "../../../server/upstream/services/open-service.ts";
import type { ServiceChoice } from "../../../server/upstream/services/settings.ts";
import { createUpstream } from "../../../server/upstream/upstream.ts";
import { createRecordingLog, createTestCtx, type RecordingLog } from "../../support/test-ctx.ts";
import { defaultUpstreamSettings } from "../../support/upstream-settings.ts";

export interface Opened extends OtherService {
  readonly log: RecordingLog;
  /** The whole answer to `request`, with the parts that are not said at their defaults. */
  text(request?: Partial<ServiceRequest>): Promise<string>;
  /** As `text`, of a document with this text before and after the cursor. */
  between(before: string, after: string, more?: Partial<ServiceRequest>): Promise<string>;
  /** Lays the prompt out as `text` would, and sends nothing. */
  preview(request: Partial<ServiceRequest>): unknown;
  close(): Promise<void>;
}

export function openOne(
  choice: Partial<Omit<ServiceChoice, "key" | "storeKey" | "forgetKey">> & {
    readonly key?: string | ServiceChoice["key"];
    readonly clock?: Clock;
  },
): Opened {
  const { key, clock = systemClock } = choice;
  const log = createRecordingLog();
  const upstream = createUpstream(
    {
      clock,
      log,
      version: "0.0.0",
      environment: {},
      machineId: () => "0".repeat(64),
      identity: () => undefined,
    },
    () => defaultUpstreamSettings,
  );
  const http = upstream.client({ headersTimeoutMs: 60_000, firstByteTimeoutMs: 60_000 });
  const secret = typeof key === "string" ? new Secret(key) : undefined;
  const opened = openService(
    { clock, log, http, userAgent: "copilot-lsp/0.0.0" },
    {
      kind: "llama.cpp",
      url: "",
      model: "",
      template: "",
      ...choice,
      key: typeof key === "function" ? key : async () => secret,
      storeKey: async () => ({ kind: "file" }),
      forgetKey: async () => ({ leftInEnvironment: false }),
    },
  );
  const text = async (request: Partial<ServiceRequest> = {}): Promise<string> => {
    const whole = { ...usualRequest, ...request };
    const model = await opened.service.chooseModel(createTestCtx(), []);
    let answer = "";
    for await (const delta of opened.service.complete(createTestCtx(), { ...whole, model })) answer += delta.text;
    return answer;
  };
  return {
    ...opened,
    log,
    text,
    between: (prompt, suffix, more = {}) => text({ ...more, prompt, suffix }),
    preview: (request) => opened.service.preview({ ...usualRequest, ...request }),
    async close() {
      opened.service.close();
      await upstream.close();
    },
  };
}

export const usualRequest: ServiceRequest = {
  model: "",
  prompt: "def add(a, b):\n    return ",
  suffix: "\nprint(add(1, 2))\n",
  promptTokens: 0,
  suffixTokens: 0,
  context: undefined,
  documentId: "file:///a.py",
  path: "src/a.py",
  file: undefined,
  heading: "# Path: src/a.py\n",
  indentation: "",
  files: [],
  startsDocument: true,
  languageId: "python",
  repository: undefined,
  nextIndent: 0,
  n: 1,
  maxTokens: 100,
  temperature: 0,
  topP: 1,
  stop: ["\n"],
  trimByIndentation: false,
  speculative: false,
};
