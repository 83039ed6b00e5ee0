// GitHub's language server as the engine's completion service. It is told the text of each request as a document, asked for
// an inline completion in it, and answers when all of it is there. It lays out prompts, chooses how much to ask for and
// keeps its own cache; the engine above adds what its protocol has not.

import type { Clock, Ctx, Log } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { ModelInfo, ServiceReport } from "../../../shared/status.ts";
import { pathToFileURL } from "node:url";
import { objectOf } from "../../runtime/json.ts";
import type { CompletionDelta, CompletionService, ServiceRequest } from "../../completion/service.ts";
import { createQuotaRetry } from "../quota-retry.ts";
import { type Position, positionAt } from "./documents.ts";
import { inWords } from "./failures.ts";
import { createFeedback, type OfferedItem } from "./feedback.ts";
import type { OfficialServer } from "./official-server.ts";
import { completionLimitMs, type Question } from "./running.ts";

export interface OfficialService extends CompletionService {
  /** Throws as `account`. */
  models(ctx: Ctx): Promise<readonly ModelInfo[]>;
  report(): ServiceReport;
  /** Starts the server, so that the first completion does not wait for that. Never throws. */
  warm(): void;
}

const modelsLimitMs = 20_000;
// LSP 3.18: by hand, and while typing.
const invoked = 1;
const automatic = 2;
const usualModel = "copilot";
/** Answers come whole, so a silence says nothing. */
const minStallMs = completionLimitMs;

export function createOfficialService(
  deps: { readonly clock: Clock; readonly log: Log; readonly settings: () => { readonly telemetry: boolean } },
  server: OfficialServer,
): OfficialService {
  const { clock, log } = deps;
  const feedback = createFeedback(() => deps.settings().telemetry, server.tellEvent);
  const quotaRetry = createQuotaRetry(clock);
  let known: readonly ModelInfo[] | undefined;
  let prompts = 0;
  /** Under which name the server knows each open document. */
  const uris = new Map<string, string>();

  const signedIn = async (ctx: Ctx): Promise<void> => {
    const now = await server.ownAccount(ctx);
    if (now.kind === "signed-out") {
      throw new CopilotError("signed-out", "GitHub's language server is not signed in.", {
        advice: "Sign in with `copilot-lsp login`.",
      });
    }
    if (now.kind === "not-authorized") throw new CopilotError("not-authorized", now.message);
  };

  async function* complete(ctx: Ctx, request: ServiceRequest): AsyncGenerator<CompletionDelta, undefined> {
    const before = request.prompt + request.indentation;
    const uri = uriOf(request, (prompts += 1));
    const position = positionAt(before, before.length);
    const { languageId } = request;
    const documentId = request.documentId === undefined ? undefined : ownId(request.documentId);
    if (documentId !== undefined) uris.set(documentId, uri);
    const question: Question = {
      documentId: request.documentId,
      uri,
      languageId,
      text: before + request.suffix,
      position,
      triggerKind: request.n > 1 ? invoked : automatic,
    };
    const result = await server.use(ctx, async (running) => {
      // One that has just started, after the one before ended in the middle, has to read its sign-in first.
      await server.ownAccount(ctx);
      return running.complete(ctx, question);
    });
    const items = itemsOf(result, before, position, request.indentation !== "");
    const failure = server.state.failure();
    if (items.length === 0 && failure) {
      quotaRetry.note(failure);
      throw failure;
    }
    if (documentId !== undefined) feedback.offered(documentId, items);
    for (const [index, { text }] of items.entries()) yield { index, text, finishReason: "stop" };
  }

  const listModels = async (ctx: Ctx): Promise<readonly ModelInfo[]> => {
    await signedIn(ctx);
    const about = { what: "its models", limitMs: modelsLimitMs };
    const result = await server.use(ctx, async ({ request }) => {
      await server.ownAccount(ctx);
      return request(ctx, "copilot/models", {}, about);
    });
    known = Array.isArray(result) ? result.map(modelOf) : [];
    return known;
  };
  const model = (): string => known?.find(({ kind }) => kind === "completion")?.id ?? usualModel;

  return {
    capabilities: {
      maxStops: 0,
      trimsByIndentation: true,
      layout: "document",
      minStallMs,
      prefetches: true,
      // What it says of the plan, or the careful answer.
      countsCompletions: () => server.state.countsCompletions() ?? true,
    },
    async account(ctx) {
      await signedIn(ctx);
      const state = server.state.account();
      const user = state.kind === "signed-in" ? state.user : undefined;
      // While it is used up it sends nothing, and it learns that it is not any more when it is asked.
      return { key: `official ${user ?? ""} ${quotaRetry.key()}`, isSpent: false };
    },
    chooseModel: async () => model(),
    knownModel: model,
    complete,
    hear: (event) => feedback.hear({ ...event, documentId: ownId(event.documentId) }),
    kept: () => [...uris.keys()],
    forget(documentId) {
      const uri = uris.get(documentId);
      if (uris.delete(documentId) && uri !== undefined) server.forget(uri);
    },
    preview: ({ prompt, indentation, suffix, languageId }) => {
      const before = prompt + indentation;
      return { languageId, text: before + suffix, position: positionAt(before, before.length) };
    },
    models: listModels,
    report() {
      const running = server.process();
      return {
        kind: "official",
        address: pathOf(server),
        hasKey: false,
        model: known && model(),
        ...(running && {
          version: running.version,
          startedInMs: running.startedInMs,
          processId: running.processId,
          sharing: server.sharing(),
        }),
      };
    },
    warm() {
      const ctx: Ctx = { signal: new AbortController().signal, log, id: "warm-up official" };
      const startedMs = clock.monotonicMs();
      listModels(ctx).then(
        () => log.debug("GitHub's language server is ready", { tookMs: Math.round(clock.monotonicMs() - startedMs) }),
        (error: unknown) => log.debug("GitHub's language server is not ready", { error: String(error) }),
      );
    },
    close: () => undefined,
  };
}

function pathOf(server: OfficialServer): string {
  try {
    return server.find().path;
  } catch {
    return "";
  }
}

/** Beside a document, the same document is meant. */
function ownId(documentId: string): string {
  return documentId.replace(/#aside$/, "");
}

function uriOf({ file, documentId, languageId }: ServiceRequest, number: number): string {
  if (file !== undefined) return pathToFileURL(file).href;
  if (documentId !== undefined) return ownId(documentId);
  return `untitled:copilot-lsp-${number}.${languageId || "txt"}`;
}

/** What follows `before`, which ends at `position`; from the start of the line where that is blank. */
function itemsOf(result: unknown, before: string, position: Position, fromLineStart: boolean): readonly OfferedItem[] {
  const line = before.slice(before.length - position.character);
  const { items } = objectOf(result);
  return (Array.isArray(items) ? items : []).flatMap((item) => {
    const { insertText, range, command } = objectOf(item);
    const start = objectOf(objectOf(range)["start"]);
    if (typeof insertText !== "string" || start["line"] !== position.line) return [];
    const whole = line.slice(0, Number(start["character"])) + insertText;
    if (!fromLineStart && !whole.startsWith(line)) return [];
    const { arguments: args } = objectOf(command);
    const [id]: readonly unknown[] = Array.isArray(args) ? args : [];
    const text = fromLineStart ? whole : whole.slice(line.length);
    const repeatedUnits = insertText.length - text.length;
    return [{ text, repeatedUnits, id: typeof id === "string" ? id : undefined }];
  });
}

function modelOf(entry: unknown): ModelInfo {
  const { id, modelName, vendor, scopes, preview } = objectOf(entry);
  const name = inWords(id);
  const isFor = (scope: string): boolean => Array.isArray(scopes) && scopes.includes(scope);
  return {
    id: name,
    name: inWords(modelName) || name,
    vendor: inWords(vendor),
    kind: isFor("completion") ? "completion" : isFor("chat-panel") ? "chat" : "other",
    preview: preview === true,
  };
}
