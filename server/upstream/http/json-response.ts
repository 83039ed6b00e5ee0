// A response that must be JSON of a certain shape: read within a bound, judged by status, checked. Everything else it can
// be is a failure with a name.

import { type GenericSchema, type InferOutput, safeParse } from "valibot";
import type { Clock, Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { withoutControls } from "../../runtime/printable.ts";
import type { HttpClient, HttpRequest } from "./http-client.ts";
import type { HttpResponse } from "./http-response.ts";
import { isFromGitHub, isHtml, refusal } from "../refusal.ts";

export interface JsonResponse<T> {
  readonly value: T;
  readonly response: Pick<HttpResponse, "headers" | "host" | "status">;
}

const maxJsonBytes = 4 * 1024 * 1024;
const maxRefusalBytes = 64 * 1024;

/**
 * `accepts`: statuses whose body is of the shape as well. `clean`: what is done to every text in the body; without it,
 * nothing is left that would act on a terminal or an editor. Throws the codes of `refusal` and of the
 * network.
 */
export async function requestJson<const S extends GenericSchema>(
  deps: { readonly clock: Clock; readonly http: HttpClient },
  ctx: Ctx,
  request: HttpRequest,
  schema: S,
  accepts: (status: number) => boolean = (status) => status === 200,
  clean: (text: string) => string = withoutControls,
): Promise<JsonResponse<InferOutput<S>>> {
  const response = await deps.http.request(ctx, request);
  if (!accepts(response.status)) throw await refused(deps.clock, response, request);
  const { text, isWhole } = await readText(response, maxJsonBytes);
  if (!isWhole) {
    throw new CopilotError("upstream-failed", `${response.host} answered with more than ${request.what} can be.`);
  }
  const parsed = safeParse(schema, parseJson(text, clean));
  if (parsed.success) return { value: parsed.output, response };
  if (response.status !== 200 || isHtml(response.headers, text)) throw refusalOf(deps.clock, response, request, text);
  if (!isFromGitHub(response.headers)) {
    throw new CopilotError(
      "intercepted",
      `Something in front of ${response.host} answered the request for ${request.what} in its place.`,
      { advice: "Check the proxy, the firewall, or the network's sign-in page.", httpStatus: response.status },
    );
  }
  const [issue] = parsed.issues;
  const path = issue.path?.map((item) => String(item.key)).join(".");
  throw new CopilotError(
    "upstream-failed",
    `${response.host} answered with something that is not ${request.what}${path ? ` (at ${path})` : ""}.`,
    { advice: "Check that github.uri is right, or update copilot-lsp.", httpStatus: response.status },
  );
}

/** The failure that `response` is, with what its body says. */
export async function refused(clock: Clock, response: HttpResponse, request: HttpRequest): Promise<CopilotError> {
  const { text } = await readText(response, maxRefusalBytes);
  return refusalOf(clock, response, request, text);
}

/** As `refused`, of a body that was read already. */
export function refusalOf(
  clock: Clock,
  { host, status, headers }: HttpResponse,
  { what, secrets }: HttpRequest,
  body: string,
): CopilotError {
  return refusal({ host, status, headers, body, what, secrets, nowMs: clock.nowMs() });
}

/** A body as text, at most its first `maxBytes`; `isWhole`: there was no more. Rejects as the body does. */
export async function readText(
  response: HttpResponse,
  maxBytes: number,
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response.chunks()) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) break;
  }
  // Leaves a byte order mark out.
  const text = new TextDecoder().decode(Buffer.concat(chunks).subarray(0, maxBytes));
  return { text, isWhole: bytes <= maxBytes };
}

function parseJson(text: string, clean: (text: string) => string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown) => {
      if (typeof value === "string") return clean(value);
      if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
      return Object.fromEntries(Object.entries(value).map(([key, field]) => [clean(key), field]));
    });
  } catch {
    return undefined;
  }
}
