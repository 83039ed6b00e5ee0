// Times of the last hour: a plot, and the same figures as a table.

import type { LatencyMinute } from "../../../../shared/page.ts";
import { counted, element, find, row, say, svg } from "./elements.ts";

const width = 600;
const height = 150;
const minuteMs = 60_000;

export function createLatencyView(): (minutes: readonly LatencyMinute[]) => void {
  const plot = find("plot", SVGSVGElement);
  const word = find("plot-word", HTMLElement);
  const top = find("plot-max", HTMLElement);
  const table = find("latency", HTMLTableSectionElement);
  return (minutes) => {
    const maxMs = niceAbove(Math.max(0, ...minutes.map(({ slowMs }) => slowMs)));
    const nowMs = Math.floor(Date.now() / minuteMs) * minuteMs;
    const lineOf = (value: (minute: LatencyMinute) => number): string =>
      minutes
        .map((minute, place) => {
          // In the middle of its minute.
          const x = width - ((nowMs - minute.atMs + minuteMs / 2) / (60 * minuteMs)) * width;
          const y = height - (value(minute) / maxMs) * height;
          // A minute without requests leaves a gap.
          const follows = place > 0 && minute.atMs - (minutes[place - 1]?.atMs ?? 0) === minuteMs;
          return `${follows ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
        })
        .join("");
    const medians = lineOf(({ medianMs }) => medianMs);
    // Lines without a length have round ends: dots, which a lone minute needs.
    const dots = medians === "" ? "" : `${medians.replaceAll(/[LM]/g, "h.01M").slice("h.01".length)}h.01`;
    plot.replaceChildren(
      svg("path", { d: lineOf(({ slowMs }) => slowMs), class: "slow" }),
      svg("path", { d: medians }),
      svg("path", { d: dots, class: "dots" }),
    );
    say(top, minutes.length === 0 ? "" : `top: ${maxMs} ms`);
    const count = minutes.reduce((sum, one) => sum + one.count, 0);
    const last = minutes.at(-1);
    say(
      word,
      last === undefined
        ? "The service has answered nothing in the last hour."
        : `${counted(count, "answer")} of the service. Solid: the median of each minute, ${last.medianMs} ms in the last one. Dashed: the 95th percentile, ${last.slowMs} ms.`,
    );
    table.replaceChildren(
      ...minutes.map(({ atMs, count: inMinute, medianMs, slowMs }) =>
        row(
          element("time", { datetime: new Date(atMs).toISOString() }, new Date(atMs).toLocaleTimeString()),
          ...[inMinute, medianMs, slowMs].map(String),
        ),
      ),
    );
  };
}

/** 1, 2 or 5 times a power of ten. */
function niceAbove(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(ms, 10)));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= ms) ?? 10);
}
