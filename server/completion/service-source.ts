// Answers from the service itself: the governor's admission, one request, and the stream collected into choices.

import type { Ctx } from "../../shared/context.ts";
import type { Exclusion } from "../../shared/exclusion.ts";
import type { FileRules } from "../exclusion/types.ts";
import type { Governor } from "../governor/governor.ts";
import type { SecretGuard } from "../privacy/secret-guard.ts";
import { hasReplacement } from "../privacy/secrets.ts";
import { collectChoices } from "./collect-choices.ts";
import { untilAborted } from "../runtime/cancel.ts";
import type { Answer, AnswerSource, CompletionQuery, JudgedText } from "./query.ts";
import {
  type CompletionDelta,
  type CompletionService,
  ExcludedByServiceError,
  type ServiceAccount,
  type ServiceRequest,
} from "./service.ts";

export interface ServiceSourceDeps {
  readonly service: CompletionService;
  readonly governor: Governor;
  readonly secrets: SecretGuard;
  /** Names of the kinds of secrets that were kept back from the service. */
  readonly onSecrets: (names: readonly string[]) => void;
  readonly rules: FileRules;
  /** Documents that are kept from being sent may be sent to `service`. */
  readonly mayGetExcluded: boolean;
}

export function createServiceSource(deps: ServiceSourceDeps): AnswerSource {
  const { service, governor, secrets, onSecrets, rules, mayGetExcluded } = deps;

  /** Which rules hold is known with the account at the latest. Every request passes here, also one that nobody waits for. */
  async function exclusionOf(ctx: Ctx, { file, text }: JudgedText): Promise<Exclusion | undefined> {
    if (mayGetExcluded) return undefined;
    const settling = rules.settle(file);
    if (settling) await untilAborted(ctx.signal, settling);
    return rules.verdict(file, () => text);
  }

  /** Reports to the governor how the request went. */
  async function* governed(ctx: Ctx, request: ServiceRequest, account: ServiceAccount): AsyncIterable<CompletionDelta> {
    try {
      for await (const delta of service.complete(ctx, request)) {
        governor.succeeded();
        yield delta;
      }
      governor.succeeded();
    } catch (error) {
      // It has answered, and is well.
      if (error instanceof ExcludedByServiceError) governor.succeeded();
      else governor.failed(error, account);
      throw error;
    }
  }

  return async (ctx, asked, progress) => {
    const query = { ...asked, ...asked.fitted(service.capabilities) };
    const account = await service.account(ctx);
    const model = await service.chooseModel(ctx, query.models);
    const exclusion = await exclusionOf(ctx, query.subject);
    const excluded = (detail: string): Answer => ({
      model,
      source: "upstream",
      choices: [],
      reason: "excluded",
      detail,
    });
    if (exclusion) return excluded(exclusion.message);
    const guarded = secrets.guard(requestOf(query, model));
    if (guarded.secrets.length > 0) onSecrets(guarded.secrets);
    if (guarded.kind === "withhold") return { model, source: "upstream", choices: [], reason: "secret" };
    await governor.admit(ctx, query.trigger === "script" ? "scripts" : "typing", account);
    const isRedacted = guarded.secrets.length > 0;
    // An answer may repeat a replacement, which is known only when it is whole.
    const told = isRedacted ? undefined : progress;
    try {
      const answer = await collectChoices(ctx, governed(ctx, guarded.request, account), query, model, told);
      if (!isRedacted) return answer;
      return { ...answer, choices: answer.choices.filter(({ text }) => !hasReplacement(text)) };
    } catch (error) {
      if (error instanceof ExcludedByServiceError) return excluded(error.message);
      throw error;
    }
  };
}

/** What the service is asked for: the prefetch plan where there is one, which holds all that the query wants. */
export function requestOf(query: CompletionQuery, model: string): ServiceRequest {
  const { n, maxTokens, temperature, topP, stop, trimByIndentation } = query.prefetch ?? query.plan;
  return {
    ...query.prompt(),
    model,
    documentId: query.documentId,
    languageId: query.languageId,
    n,
    maxTokens,
    temperature,
    topP,
    stop,
    trimByIndentation,
    speculative: query.speculative,
  };
}
