// What answers the routes of the page.

import type { PagePrompt, RecordingBody } from "../../../shared/page.ts";
import { reasonInWords } from "../../../shared/words/reasons.ts";
import { readFields } from "../request/fields.ts";
import { readJson } from "../request/json-body.ts";
import { sendJson } from "../response/answer.ts";
import { toRequest } from "../routes/complete.ts";
import { createFollow } from "./events.ts";
import type { PageDeps, PageHandlers } from "./deps.ts";
import { createSignInHandler } from "./sign-in.ts";
import { createGetPage } from "./get-page.ts";

export function createPageHandlers(deps: PageDeps): PageHandlers {
  const { core, page, pageKey, nonce, checkOwner } = deps;
  return {
    getPage: createGetPage(deps),
    events: createFollow(deps),
    async prompt(context) {
      const request = toRequest(readFields(await readJson(context)));
      const preview = await core.prompt(context.ctx, request);
      const { reason } = preview;
      const answer: PagePrompt = reason === undefined ? preview : { ...preview, meaning: reasonInWords(reason) };
      sendJson(context, 200, answer);
    },
    async recording(context) {
      const on = readFields(await readJson(context)).optionalBoolean("on") ?? false;
      page.recorder().setRecording(on);
      sendJson(context, 200, { on } satisfies RecordingBody);
    },
    signIn: createSignInHandler(deps),
    cancelSignIn(context) {
      core.account.cancelSignIn();
      sendJson(context, 200, {});
    },
    async ticket(context) {
      await checkOwner(context, nonce);
      sendJson(context, 200, pageKey.newTicket());
    },
  };
}
