// One question in, one edit out.

import type { Clock, Ctx, Log } from "../../shared/context.ts";
import type { DocumentText } from "../../shared/documents.ts";
import type { EditPreview, EditRequest, EditResult, EditSuggestion } from "../../shared/edits.ts";
import type { CopilotError } from "../../shared/errors.ts";
import type { Governor } from "../governor/governor.ts";
import { createAnswerLines } from "./answer/answer-lines.ts";
import type { AnswerContext, Hunk } from "./answer/hunk.ts";
import type { Recorder } from "./history/recorder.ts";
import { gather } from "./prompt/gather.ts";
import type { PromptInputs } from "./prompt/inputs.ts";
import { messagesFor } from "./prompt/layout.ts";
import { createSafeTexts } from "./prompt/safe-text.ts";
import { createEditWords } from "./prompt/recent-edits.ts";
import type { EditModel, EditService, EditServiceRequest } from "./service.ts";
import type { EditSettings } from "./settings.ts";
import { defaultStrategy, type Strategy, strategyOf } from "./strategies.ts";
import type { NamedFile, Verdict } from "./types.ts";
import { windowAt, windowLines } from "./window.ts";

export interface EditEngineDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly governor: Governor;
  readonly service: EditService;
  readonly recorder: Recorder;
  readonly verdict: (file: NamedFile) => Verdict;
  readonly onSecrets: (names: readonly string[]) => void;
  readonly newId: () => string;
}

export interface EditEngine {
  next(ctx: Ctx, request: EditRequest): Promise<EditResult>;
  preview(ctx: Ctx, request: EditRequest): Promise<EditPreview>;
  shown(id: string): void;
  accepted(id: string): void;
  rejected(ids: readonly string[]): void;
  forget(reason: CopilotError): void;
  close(): Promise<void>;
}

export function createEditEngine(deps: EditEngineDeps, settings: () => EditSettings): EditEngine {
  const { governor, service, recorder, verdict, newId } = deps;
  const words = createEditWords();

  const promptFor = (request: EditRequest): { inputs: PromptInputs; text: DocumentText } | undefined => {
    if (request.kind === "text") return undefined;
    const document = recorder.get(request.documentId);
    if (!document || document.path === undefined) return undefined;
    const texts = createSafeTexts(settings().secrets !== "send");
    const text = texts.of(document.text());
    const at = windowAt(text, request, false);
    const entries = recorder.entries().filter((entry) => verdict(entry.document) === "send");
    const inputs = gather(words, texts, {
      path: document.path,
      text,
      at,
      entries,
      diagnostics: request.diagnostics ?? [],
      aggressiveness: "medium",
    });
    return { inputs, text };
  };
  const chosen = (models: readonly EditModel[]): { name: string; strategy: Strategy } => {
    for (const { name, kind, strategy: strategyName } of models) {
      const strategy = strategyOf(strategyName);
      if (kind === "edit" && strategy) return { name, strategy };
    }
    return { name: "copilot-nes-oct", strategy: strategyOf(defaultStrategy) as Strategy };
  };
  const requestOf = (
    model: string,
    strategy: Strategy,
    inputs: PromptInputs,
    context: AnswerContext,
  ): EditServiceRequest => ({
    model,
    messages: messagesFor(strategy, inputs),
    temperature: 0,
    prediction: strategy.format.prediction(context),
  });
  const contextOf = ({ path, at }: PromptInputs, text: DocumentText): AnswerContext => ({
    path,
    cursor: at.cursor,
    window: at.window,
    windowLines: windowLines(at),
    lines: (start, end) => text.lines(start, end),
  });
  const suggestionOf = (hunk: Hunk, text: DocumentText): EditSuggestion => {
    const isInsertion = hunk.start === hunk.end;
    const newText = hunk.lines.join("\n") + (isInsertion ? "\n" : "");
    if (isInsertion || hunk.lines.length === 0) {
      const position = { startLine: hunk.start, startCharacter: 0, endLine: hunk.end, endCharacter: 0 };
      return { id: newId(), ...position, newText };
    }
    const lastLine = text.lines(hunk.end - 1, hunk.end)[0] ?? "";
    const end = { endLine: hunk.end - 1, endCharacter: lastLine.length };
    return { id: newId(), startLine: hunk.start, startCharacter: 0, ...end, newText };
  };

  return {
    async next(ctx, request) {
      if (settings().enabled === "off") return { kind: "empty", reason: "disabled" };
      const prompt = promptFor(request);
      if (!prompt) return { kind: "empty", reason: "unknown-document" };
      const { inputs, text } = prompt;
      if (inputs.edits.length === 0) return { kind: "empty", reason: "no-changes" };
      const account = await service.account(ctx);
      const { name, strategy } = chosen(await service.models(ctx));
      const context = contextOf(inputs, text);
      await governor.admit(ctx, request.kind === "text" ? "scripts" : "edits", account);
      const reader = strategy.format.read(context);
      const lines = createAnswerLines();
      const found = (hunks: readonly Hunk[]): EditResult | undefined => {
        const [hunk] = hunks;
        return hunk && { kind: "edit", edit: suggestionOf(hunk, text), others: [], model: name, source: "upstream" };
      };
      try {
        for await (const { text: piece } of service.ask(ctx, requestOf(name, strategy, inputs, context))) {
          governor.succeeded();
          const result = found(lines.push(piece).flatMap((line) => reader.line(line)));
          if (result) return result;
        }
      } catch (error) {
        governor.failed(error, account);
        throw error;
      }
      return (
        found([...reader.line(lines.end()), ...reader.end("whole")]) ?? {
          kind: "empty",
          reason: "upstream-empty",
          model: name,
        }
      );
    },
    async preview(_ctx, request) {
      const { name, strategy } = chosen(service.knownModels());
      const prompt = promptFor(request);
      if (!prompt) return { strategy: defaultStrategy, reason: "unknown-document", body: {} };
      const context = contextOf(prompt.inputs, prompt.text);
      return {
        model: name,
        strategy: defaultStrategy,
        body: service.preview(requestOf(name, strategy, prompt.inputs, context)),
      };
    },
    shown: () => undefined,
    accepted: () => undefined,
    rejected: () => undefined,
    forget: () => undefined,
    async close() {
      service.close();
    },
  };
}
