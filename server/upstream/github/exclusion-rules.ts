// `GET {api}/copilot_internal/content_exclusion`: which files an organisation keeps from being sent. Whoever asks decides
// what an error means; nothing is left out of an answer that cannot be read.

import * as v from "valibot";
import type { Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { withDeadline } from "../../runtime/cancel.ts";
import { withoutControls } from "../../runtime/printable.ts";
import type { Secret } from "../../runtime/secret.ts";
import { authorization } from "../identity.ts";
import { type Endpoints, gitHubHeaders } from "../copilot/endpoints.ts";
import { requestJson } from "../http/json-response.ts";
import type { ExclusionRule } from "../types.ts";

const limitMs = 10_000;

const texts = v.array(v.string());
const lenientText = v.fallback(v.string(), "");

const reply = v.array(
  v.object({
    rules: v.array(
      v.object({
        paths: v.optional(texts, []),
        ifAnyMatch: v.nullish(texts),
        ifNoneMatch: v.nullish(texts),
        source: v.fallback(v.object({ type: lenientText, name: lenientText }), { type: "", name: "" }),
      }),
    ),
  }),
);

/** As `GitHubApi.fetchExclusionRules`. At most 10 repositories are what the service answers at once. */
export async function fetchExclusionRules(
  endpoints: Endpoints,
  ctx: Ctx,
  githubToken: Secret,
  remotes: readonly string[] | "outside",
): Promise<readonly (readonly ExclusionRule[])[]> {
  const asked: readonly string[] = remotes === "outside" ? [] : remotes;
  const count = remotes === "outside" ? 1 : asked.length;
  const request = (limited: Ctx) =>
    requestJson(
      endpoints,
      limited,
      {
        method: "GET",
        url: `${endpoints.server().apiUrl}/copilot_internal/content_exclusion?${queryOf(remotes)}`,
        headers: {
          ...gitHubHeaders(endpoints, githubToken, "2026-06-01"),
          // The form that the official clients use here.
          authorization: authorization(githubToken, "token"),
        },
        what: "the rules about excluded files",
        secrets: [githubToken],
      },
      reply,
      undefined,
      // A pattern may mean a tab. What is shown of an answer is cleaned below.
      (text) => text,
    );
  try {
    const { value } = await withDeadline(ctx, endpoints.clock, limitMs, request, tooLate);
    if (value.length !== count) {
      throw new CopilotError(
        "upstream-failed",
        `GitHub was asked for the rules of ${count} repositories and answered for ${value.length}.`,
      );
    }
    return value.map(({ rules }) =>
      rules.map(({ paths, ifAnyMatch, ifNoneMatch, source }) => ({
        paths,
        ifAnyMatch: ifAnyMatch ?? undefined,
        ifNoneMatch: ifNoneMatch ?? undefined,
        source: { type: withoutControls(source.type), name: withoutControls(source.name) },
      })),
    );
  } catch (error) {
    if (isNone(error)) return Array.from({ length: count }, () => []);
    throw error;
  }
}

function tooLate(): CopilotError {
  return new CopilotError("timeout", `GitHub did not say within ${limitMs / 1000} s which files must not be sent.`, {
    advice: "It is asked again by itself.",
  });
}

function queryOf(remotes: readonly string[] | "outside"): string {
  return new URLSearchParams(
    remotes === "outside" ? { scope: "all" } : { repos: remotes.join(","), scope: "repo" },
  ).toString();
}

/** GitHub's own 404: the account's plan knows no such rules. What stands in GitHub's way has another code. */
function isNone(error: unknown): boolean {
  return error instanceof CopilotError && error.code === "upstream-rejected" && error.httpStatus === 404;
}
