// The last requests, with the reason of each that brought nothing.

import type { ExplainedRequest, PageEvents } from "../../../../shared/page.ts";
import { textOf } from "./account.ts";
import { counted, element, find, row, say } from "./elements.ts";
import type { Server } from "./server.ts";

const sources: Readonly<Record<NonNullable<ExplainedRequest["source"]>, string>> = {
  upstream: "service",
  "typed-through": "shown before",
  cache: "cache",
  "in-flight": "shared request",
  speculation: "asked ahead",
  memory: "same answer",
  jump: "other place",
  repeat: "same change",
};

export function createRequestsView(server: Server): (requests: PageEvents["requests"]) => void {
  const body = find("requests", HTMLTableSectionElement);
  const word = find("requests-word", HTMLElement);
  const record = find("record", HTMLInputElement);
  record.addEventListener("change", () => {
    // Until it is answered, what the listener says of it is the state before.
    record.setAttribute("aria-busy", "true");
    server
      .ask("/page/recording", { on: record.checked })
      .catch((error: unknown) => {
        record.checked = !record.checked;
        say(word, textOf(error));
      })
      .finally(() => record.removeAttribute("aria-busy"));
  });

  return ({ list, withdrawn, answers, isRecording }) => {
    if (!record.hasAttribute("aria-busy")) record.checked = isRecording;
    say(word, summary(answers, withdrawn, list.length));
    // Rows that are there stay, with what is open or focused in them.
    const known = new Map([...body.rows].map((one) => [one.dataset["id"], one]));
    const rows = list.map((request) => {
      const id = `${request.number}${request.text ? "+" : ""}`;
      return known.get(id) ?? rowOf(request, id);
    });
    for (const old of body.rows) if (!rows.includes(old)) old.remove();
    for (const [place, one] of rows.entries()) {
      if (body.rows[place] !== one) body.insertBefore(one, body.rows[place] ?? null);
    }
  };
}

function summary(answers: PageEvents["requests"]["answers"], withdrawn: number, listed: number): string {
  const { upstream, ...here } = answers;
  const saved = Object.values(here).reduce((sum, one) => sum + one, 0);
  const all = upstream + saved;
  const replaced =
    withdrawn === 0 ? "" : `Not listed: ${counted(withdrawn, "request")} that a newer key replaced, or cancelled.`;
  if (all === 0) return listed + withdrawn === 0 ? "Nothing was asked yet." : `No completion yet. ${replaced}`;
  const share = Math.round((saved / all) * 100);
  const detail = Object.entries(here).map(([name, count]) => `${sources[name as keyof typeof here]} ${count}`);
  return `Cache share: ${share} % of ${counted(all, "completion")} came without a request of their own (${detail.join(", ")}). ${replaced}`;
}

function rowOf(request: ExplainedRequest, id: string): HTMLTableRowElement {
  const { atMs, front, window, outcome, source, queueMs, promptMs, firstByteMs, totalMs } = request;
  const at = new Date(atMs);
  const made = row(
    element("time", { datetime: at.toISOString() }, at.toLocaleTimeString()),
    window ?? (front === "lsp" ? "editor" : "HTTP"),
    resultOf(request),
    source === undefined ? "none" : (sources[source] ?? source),
    ...[queueMs, promptMs, firstByteMs, totalMs].map((ms) => (ms === undefined ? "–" : ms.toFixed(ms < 10 ? 1 : 0))),
  );
  made.dataset["id"] = id;
  if (outcome !== "items") made.cells[2]?.classList.add("bad");
  for (const cell of [...made.cells].slice(4)) cell.className = "number";
  made.classList.add("new");
  return made;
}

function resultOf({ kind, outcome, meaning, advice, text }: ExplainedRequest): Node {
  const what = kind === "edit" ? "next edit" : "suggestion";
  const reason = meaning === undefined ? outcome : `${outcome}: ${meaning}`;
  const result = element("div", {}, outcome === "items" ? what : kind === "edit" ? `no ${what}. ${reason}` : reason);
  if (advice !== undefined) result.append(element("div", { class: "quiet" }, advice));
  if (text) {
    const { before, answer } = text;
    const details = element("details", {}, element("summary", {}, "Text"));
    if (before !== "") details.append("Before the cursor", element("pre", { tabindex: "0" }, before));
    details.append("Answer", element("pre", { tabindex: "0" }, answer));
    result.append(details);
  }
  return result;
}
