// What the routes that imitate other servers have in common: one reader of their fields, under each server's names, and
// a prompt that may be written in a template for a model of its own.

import type { CompletionResult, ContextFile, PartialSink, PromptRequest } from "../../../shared/completion.ts";
import type { Ctx } from "../../../shared/context.ts";
import { languageIdOfPath } from "../../../shared/languages.ts";
import type { Core } from "../../core/types.ts";
import { findHole } from "../templates/find-hole.ts";
import { withFrame } from "../templates/frame.ts";
import type { Frame } from "../templates/hole.ts";
import type { Fields } from "./fields.ts";

/** Where one server's API has what all have. */
export interface GatewayFields {
  readonly prompt: string;
  readonly suffix?: string | undefined;
  readonly model: string | undefined;
  readonly n?: number | undefined;
  readonly files?: readonly ContextFile[];
  /** What holds the sampling fields, if not the body itself. */
  readonly options?: Fields | undefined;
  readonly maxTokensName: string;
  /**
   * `refused` for servers that check what they are sent; `clamped` for those that run with what they can use, and take a
   * token limit below 1 for none.
   */
  readonly outOfRange: "refused" | "clamped";
}

export interface GatewayRequest {
  readonly request: PromptRequest;
  /** What the answer is put into. */
  readonly frame: Frame | undefined;
}

/** Most tokens that one answer is ever asked for; clients that name more get this many. */
const maxTokensCap = 4096;
const maxTokensNamed = 1_000_000;
const maxTemperature = 2;
// Clients of templates name all of a model's own words; each is searched for in the answer.
const maxStops = 1_024;

type Sampling = Pick<PromptRequest, "stop" | "maxTokens" | "temperature" | "topP">;

function readSampling(fields: Fields, maxTokensName: string, outOfRange: GatewayFields["outOfRange"]): Sampling {
  if (outOfRange === "refused") {
    return {
      stop: fields.optionalStrings("stop", maxStops),
      maxTokens: fields.optionalInteger(maxTokensName, 1, maxTokensNamed),
      temperature: fields.optionalNumber("temperature", 0, maxTemperature),
      topP: fields.optionalNumber("top_p", 0, 1),
    };
  }
  const clamped = (name: string, max: number): number | undefined => {
    const value = fields.optionalNumber(name, -Infinity, Infinity);
    return value === undefined ? undefined : Math.min(Math.max(value, 0), max);
  };
  const maxTokens = Math.floor(clamped(maxTokensName, maxTokensNamed) ?? 0);
  return {
    stop: fields.optionalStrings("stop", maxStops),
    maxTokens: maxTokens < 1 ? undefined : maxTokens,
    temperature: clamped("temperature", maxTemperature),
    topP: clamped("top_p", 1),
  };
}

/** Throws `bad-request`, naming the field. */
export function readGatewayRequest(fields: Fields, given: GatewayFields): GatewayRequest {
  const { prompt, suffix, model, n, options = fields, maxTokensName, outOfRange } = given;
  const hole = suffix ? undefined : findHole(prompt);
  // No such API has them, and a client that knows this program may say them all the same.
  const path = fields.stringOrNothing("path") || hole?.path;
  const language = fields.stringOrNothing("language");
  const files = [...(hole?.files ?? []), ...(given.files ?? [])];
  const sampling = readSampling(options, maxTokensName, outOfRange);
  const request: PromptRequest = {
    kind: "prompt",
    trigger: "script",
    before: hole?.before ?? prompt,
    after: hole?.after ?? suffix ?? "",
    languageId: language || languageOf(path, files),
    path,
    files: files.length === 0 ? undefined : files,
    lines: "block",
    n,
    ...sampling,
    maxTokens: sampling.maxTokens === undefined ? undefined : Math.min(sampling.maxTokens, maxTokensCap),
    model: ownEngine(model),
  };
  return { request, frame: hole?.frame };
}

/** What is answered as the model where nothing names one. */
export function usualModel(core: Pick<Core, "model">): string {
  return core.model() ?? "copilot";
}

/** Asks by `ask`, with the answer as the prompt's template wants it. `model`: where the result names none. */
export function completeInFrame(
  ask: Core["complete"],
  ctx: Ctx,
  { request, frame }: GatewayRequest,
  model: string,
  onPartial: PartialSink | undefined,
): Promise<CompletionResult> {
  if (!frame) return ask(ctx, request, onPartial);
  return withFrame(frame, request.stop ?? [], model, onPartial, (sink) => ask(ctx, request, sink));
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
