// Completions that one process of GitHub's language server is asked for, by one window or by several: who asks when, and
// which documents it has open meanwhile. It answers one question at a time, and has the documents of that one's window
// alone: no window's text gets into the prompts of another, and two may have different texts under one name.

import type { Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { untilAborted } from "../../runtime/cancel.ts";
import { createOfficialDocuments } from "./documents.ts";
import { completionLimitMs, type Question, type Running } from "./running.ts";

export interface Window {
  /** What the server answers to `textDocument/inlineCompletion`. Throws as `Running.request`. */
  ask(ctx: Pick<Ctx, "signal">, question: Question): Promise<unknown>;
  /** Closes a document. */
  forget(uri: string): void;
  /** Closes all that it had. */
  leave(): void;
}

/** What is under way: the server drops one request for the next, whichever document that is about. */
interface UnderWay {
  readonly window: Window;
  readonly documentId: string | undefined;
  readonly ended: Promise<void>;
}

/** `onTimeout`: a question was not answered in time. Answers the way to open a window. */
export function createQuestions(
  deps: Pick<Running, "request"> & { readonly notify: (method: string, params: object) => void },
  onTimeout: () => void,
): () => Window {
  const { request, notify } = deps;
  let underWay: UnderWay | undefined;
  let hideLast = (): void => undefined;
  let last: Window | undefined;

  /** Waits for the requests of other documents and windows. */
  const takeTurn = async (
    { signal }: Pick<Ctx, "signal">,
    window: Window,
    documentId: string | undefined,
  ): Promise<() => void> => {
    const inTheWay = (): UnderWay | undefined => {
      const isSame = documentId !== undefined && underWay?.documentId === documentId && underWay.window === window;
      return isSame ? undefined : underWay;
    };
    for (let other = inTheWay(); other; other = inTheWay()) await untilAborted(signal, other.ended);
    let end = (): void => undefined;
    const ended = new Promise<void>((settle) => (end = settle));
    const mine: UnderWay = { window, documentId, ended };
    underWay = mine;
    return () => {
      if (underWay === mine) underWay = undefined;
      end();
    };
  };

  return (): Window => {
    const documents = createOfficialDocuments(notify);
    const window: Window = {
      async ask(ctx, { documentId, uri, languageId, text, position, triggerKind }) {
        const endTurn = await takeTurn(ctx, window, documentId);
        try {
          if (last !== window) hideLast();
          last = window;
          hideLast = documents.hide;
          const version = documents.tell({ uri, languageId, text });
          const params = { textDocument: { uri, version }, position, context: { triggerKind } };
          const about = { what: "the completion", limitMs: completionLimitMs };
          return await request(ctx, "textDocument/inlineCompletion", params, about);
        } catch (error) {
          if (error instanceof CopilotError && error.code === "timeout") onTimeout();
          throw error;
        } finally {
          if (documentId === undefined) documents.forget(uri);
          endTurn();
        }
      },
      forget: documents.forget,
      leave: documents.hide,
    };
    return window;
  };
}
