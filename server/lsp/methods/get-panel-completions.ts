// `getPanelCompletions`, of older plugins: a list of suggestions for a window of their own. Answered at once with how many
// are wanted; they come by `PanelSolution`, each as soon as it is whole, and `PanelSolutionsDone` ends them, well or not.

import type { Ctx } from "../../../shared/context.ts";
import type { PanelCompletionsResult, PanelSolutionParams, PanelSolutionsDoneParams } from "../../../shared/lsp.ts";
import { toResponseError } from "../errors.ts";
import { readLegacyDocument } from "../suggestions/legacy-completions.ts";
import { readObject, readString } from "../params.ts";
import { panelItems, suggest, type Suggestion, type SuggestParams } from "../suggestions/suggest.ts";
import type { Method, Session } from "../types.ts";

export const getPanelCompletions: Method =
  (session) =>
  (ctx, params): PanelCompletionsResult => {
    const fields = readObject(params, "params");
    const panelId = readString(fields["panelId"], "panelId");
    const document = readLegacyDocument(fields);
    // What is wrong with the params is the answer; what fails later comes with `PanelSolutionsDone`.
    session.documents.get(document.uri, document.version);
    void fill(session, ctx, panelId, {
      ...document,
      trigger: "invoked",
      n: panelItems,
      rangeStyle: "whole-line",
      aside: true,
    });
    return { solutionCountTarget: panelItems };
  };

async function fill(session: Session, { log, id }: Ctx, panelId: string, params: SuggestParams): Promise<void> {
  const { editor } = session;
  // The request has its answer; this goes on beside it until the session ends.
  const work = session.lifecycle.beginWork();
  try {
    const sent = new Set<string>();
    const send = (item: Suggestion, version: number): void => {
      if (sent.has(item.id)) return;
      sent.add(item.id);
      const solution: PanelSolutionParams = {
        panelId,
        solutionId: item.id,
        completionText: item.insertText,
        displayText: item.insertText,
        range: item.range,
        score: 0,
        docVersion: version,
      };
      editor.notify("PanelSolution", solution);
    };
    const { version, items } = await suggest(
      session,
      { signal: work.signal, log, id },
      { ...params, onSuggestion: send },
    );
    for (const item of items) send(item, version);
    const done: PanelSolutionsDoneParams = { panelId, status: "OK" };
    editor.notify("PanelSolutionsDone", done);
  } catch (error) {
    if (work.signal.aborted) return;
    const done: PanelSolutionsDoneParams = { panelId, status: "Error", message: toResponseError(log, error).message };
    editor.notify("PanelSolutionsDone", done);
  } finally {
    work.end();
  }
}
