// An answer that must be JSON of a certain shape: read within a bound, judged by status, checked. Everything else it can
// be is a failure with a name.

import { type GenericSchema, type InferOutput, safeParse } from "valibot";
import type { Clock, Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { Answer, Asker, Question } from "./ask.ts";
import { isFromGitHub, isHtml, refusal } from "../refusal.ts";

export interface JsonAnswer<T> {
  readonly value: T;
  readonly answer: Pick<Answer, "headers" | "host" | "status">;
}

const maxJsonBytes = 4 * 1024 * 1024;
const maxRefusalBytes = 64 * 1024;

/** `accepts`: statuses whose body is of the shape as well. Throws the codes of `refusal` and of the network. */
export async function askJson<const S extends GenericSchema>(
  deps: { readonly clock: Clock; readonly asker: Asker },
  ctx: Ctx,
  question: Question,
  schema: S,
  accepts: (status: number) => boolean = (status) => status === 200,
): Promise<JsonAnswer<InferOutput<S>>> {
  const answer = await deps.asker.ask(ctx, question);
  if (!accepts(answer.status)) throw await refused(deps.clock, answer, question);
  const { text, isWhole } = await readText(answer, maxJsonBytes);
  if (!isWhole) {
    throw new CopilotError("upstream-failed", `${answer.host} answered with more than ${question.what} can be.`);
  }
  const parsed = safeParse(schema, parseJson(text));
  if (parsed.success) return { value: parsed.output, answer };
  if (answer.status !== 200 || isHtml(answer.headers, text)) throw refusal(factsOf(deps.clock, answer, question, text));
  if (!isFromGitHub(answer.headers)) {
    throw new CopilotError(
      "intercepted",
      `Something in front of ${answer.host} answered the request for ${question.what} in its place.`,
      { advice: "Check the proxy, the firewall, or the network's sign-in page.", httpStatus: answer.status },
    );
  }
  const [issue] = parsed.issues;
  const path = issue.path?.map((item) => String(item.key)).join(".");
  throw new CopilotError(
    "upstream-failed",
    `${answer.host} answered with something that is not ${question.what}${path ? ` (at ${path})` : ""}.`,
    { advice: "Check that github.uri is right, or update copilot-lsp.", httpStatus: answer.status },
  );
}

/** The failure that `answer` is, with what its body says. */
export async function refused(clock: Clock, answer: Answer, question: Question): Promise<CopilotError> {
  const { text } = await readText(answer, maxRefusalBytes);
  return refusal(factsOf(clock, answer, question, text));
}

function factsOf(clock: Clock, answer: Answer, question: Question, body: string): Parameters<typeof refusal>[0] {
  const { host, status, headers } = answer;
  return { host, status, headers, body, what: question.what, secrets: question.secrets, nowMs: clock.nowMs() };
}

async function readText(
  answer: Answer,
  maxBytes: number,
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for (let more = await answer.read(); more; more = await answer.read()) {
    for (const chunk of more) {
      chunks.push(chunk);
      bytes += chunk.length;
    }
    if (bytes > maxBytes) {
      answer.leave();
      return { text: Buffer.concat(chunks).toString("utf8", 0, maxBytes), isWhole: false };
    }
  }
  return { text: Buffer.concat(chunks).toString("utf8"), isWhole: true };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
