// An answer put back into the piece of its file that the client wants written anew. Where nothing is offered, the piece
// is answered as it was: an empty answer would delete it.

import type { CompletionItem, CompletionResult, PartialSink } from "../../../shared/completion.ts";
import type { Frame } from "./hole.ts";

/** Asks, and puts every alternative between `lead` and `tail`, partial texts too. `model`: where the result names none. */
export async function withFrame(
  { lead, tail }: Frame,
  stop: readonly string[],
  model: string,
  onPartial: PartialSink | undefined,
  ask: (onPartial: PartialSink | undefined) => Promise<CompletionResult>,
): Promise<CompletionResult> {
  const begun = new Set<number>();
  const sink: PartialSink | undefined =
    onPartial &&
    (({ index, text }) => {
      const isFirst = !begun.has(index);
      begun.add(index);
      return onPartial({ index, text: isFirst ? lead + text : text });
    });
  const result = await ask(sink);
  const end = upToStop(tail, stop);
  if (result.kind === "items") {
    const items = result.items.map((item) => ({ ...item, text: lead + item.text + end }));
    return { ...result, items };
  }
  const unchanged: CompletionItem = { id: "", text: lead + end, replaceBefore: 0, replaceAfter: 0 };
  return { kind: "items", items: [unchanged], model: result.model ?? model, source: "upstream" };
}

/** Clients name the template's last word as a stop, and do not want to see it. */
function upToStop(text: string, stops: readonly string[]): string {
  return text.slice(
    0,
    stops.reduce((end, stop) => (text.includes(stop) ? Math.min(end, text.indexOf(stop)) : end), text.length),
  );
}
