// What the routes that speak other programs' dialects have in common: a prompt that may hold a template, the name of a
// model that we do not have, no word on the language, and a client that says itself where the answer ends.

import type { CompletionResult, ContextFile, PartialSink, PromptRequest } from "../../../shared/completion.ts";
import type { Ctx } from "../../../shared/context.ts";
import { languageIdOfPath } from "../../../shared/language-id.ts";
import type { Core } from "../../core/types.ts";
import type { Fields } from "./fields.ts";
import { withFrame } from "../templates/frame.ts";
import { findHole } from "../templates/find-hole.ts";
import type { Frame } from "../templates/hole.ts";

export interface GatewayQuestion {
  readonly prompt: string;
  readonly suffix: string | undefined;
  readonly model: string | undefined;
  readonly n: number | undefined;
  readonly stop: readonly string[] | undefined;
  readonly maxTokens: number | undefined;
  readonly temperature: number | undefined;
  readonly topP: number | undefined;
  /** Of the file with the cursor. */
  readonly path?: string | undefined;
  readonly languageId?: string | undefined;
  readonly files?: readonly ContextFile[] | undefined;
}

export interface GatewayRequest {
  readonly request: PromptRequest;
  /** What the answer is put into. */
  readonly frame: Frame | undefined;
}

/** What no dialect has, and a client that knows us may say all the same: `path` and `language`. */
export function placeOf(fields: Fields): Pick<GatewayQuestion, "path" | "languageId"> {
  return { path: fields.optionalString("path"), languageId: fields.optionalString("language") };
}

/** Most tokens that one answer is ever asked for; clients that name more get this many. */
const maxTokensCap = 4096;

export function toGatewayRequest(question: GatewayQuestion): GatewayRequest {
  const { prompt, suffix, model, n, stop, maxTokens, temperature, topP } = question;
  const hole = suffix ? undefined : findHole(prompt);
  const path = question.path || hole?.path;
  const files = [...(hole?.files ?? []), ...(question.files ?? [])];
  const request: PromptRequest = {
    kind: "prompt",
    trigger: "script",
    before: hole?.before ?? prompt,
    after: hole?.after ?? suffix ?? "",
    languageId: question.languageId || languageOf(path, files),
    path,
    files: files.length === 0 ? undefined : files,
    lines: "block",
    n,
    stop,
    maxTokens: maxTokens === undefined ? undefined : Math.min(maxTokens, maxTokensCap),
    temperature,
    topP,
    model: ownEngine(model),
  };
  return { request, frame: hole?.frame };
}

/** As `Core.complete`, with the answer as the prompt's template wants it. */
export function complete(
  core: Pick<Core, "complete" | "model">,
  ctx: Ctx,
  { request, frame }: GatewayRequest,
  onPartial: PartialSink | undefined,
): Promise<CompletionResult> {
  if (!frame) return core.complete(ctx, request, onPartial);
  const model = core.model() ?? "copilot";
  return withFrame(frame, request.stop ?? [], model, onPartial, (sink) => core.complete(ctx, request, sink));
}

// The other files tell where they agree; a wrong guess would be worse than none.
function languageOf(path: string | undefined, files: readonly ContextFile[]): string {
  const own = knownLanguage(path);
  if (own !== undefined) return own;
  const [first = "", ...others] = new Set(
    files.map((file) => knownLanguage(file.path)).filter((id) => id !== undefined),
  );
  return others.length === 0 ? first : "";
}

function knownLanguage(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const id = languageIdOfPath(path);
  return id === "plaintext" && !/\.te?xt$/i.test(path) ? undefined : id;
}

// Clients are configured with the names of other services' models; those of ours say whose they are.
function ownEngine(model: string | undefined): string | undefined {
  return model?.includes("copilot") ? model : undefined;
}

/**
 * About how many tokens `text` is. The service does not say, and clients only show or add up the figure: source is
 * three to four characters to a token.
 */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 3.5);
}
