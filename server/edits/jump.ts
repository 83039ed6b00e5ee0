// Asks a model where the next edit is due, when nothing has to change at the cursor: one request more, and so only where
// the person has set it.

import type { Ctx } from "../../shared/context.ts";
import type { Governor } from "../governor/governor.ts";
import { gather } from "./prompt/gather.ts";
import { jumpLine, jumpMessages } from "./prompt/jump.ts";
import type { EditWords } from "./prompt/recent-edits.ts";
import { createSafeTexts } from "./prompt/safe-text.ts";
import type { Subject } from "./question.ts";
import type { EditAccount, EditService } from "./service.ts";
import type { EditSettings } from "./settings.ts";
import { type Place, windowAt } from "./window.ts";

const fileTokens = 3_000;
const maxTokens = 40;
/** What the service has where its list names none. */
const builtInModel = "copilot-suggestions-himalia-001";

export interface JumpDeps {
  readonly governor: Governor;
  readonly service: EditService;
  readonly words: EditWords;
}

/** The first character of the line that the model names; undefined where it names none outside of the window. */
export async function placeByModel(
  { governor, service, words }: JumpDeps,
  ctx: Ctx,
  subject: Subject,
  account: EditAccount,
  { secrets }: Pick<EditSettings, "secrets">,
): Promise<Place | undefined> {
  const texts = createSafeTexts(secrets !== "send");
  const text = texts.of(subject.text);
  const at = windowAt(text, subject.place, subject.isAfterAccept);
  const inputs = gather(words, texts, { ...subject, text, at }, fileTokens);
  if (secrets === "withhold" && texts.found().length > 0) return undefined;
  const model = service.knownModels().find(({ kind }) => kind === "jump")?.name ?? builtInModel;
  await governor.admit(ctx, "edits", account);
  let answer = "";
  try {
    for await (const { text: piece } of service.ask(ctx, {
      model,
      messages: jumpMessages(inputs),
      temperature: 0.1,
      maxTokens,
    })) {
      governor.succeeded();
      answer += piece;
    }
  } catch (error) {
    governor.failed(error, account);
    throw error;
  }
  const line = jumpLine(answer, inputs);
  if (line === undefined) return undefined;
  return { line, character: (text.lines(line, line + 1)[0] ?? "").search(/\S|$/) };
}
