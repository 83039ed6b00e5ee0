// How much of the current file a prompt shows: the area, and pages of ten lines above and below it, as the budget allows.

import type { DocumentText } from "../../../shared/documents.ts";
import { type EditWindow, type LineRange, tokensOf } from "../window.ts";

const pageLines = 10;

/** Half of what the area leaves of the budget goes up, the other half down; what one side does not need, the other has. */
export function fileRange(text: DocumentText, { area, lines }: EditWindow, budget: number): LineRange {
  const left = budget - lines.reduce((sum, line) => sum + tokensOf(line), 0);
  if (left <= 0) return area;
  // No more lines than tokens fit.
  const above = text.lines(Math.max(0, area.start - left), area.start);
  const below = text.lines(area.end, area.end + left);
  const half = Math.floor(left / 2);
  const down = pagesWithin(below, half);
  const up = pagesWithin([...above].reverse(), left - down.tokens);
  const rest = pagesWithin(below, left - up.tokens);
  return { start: area.start - up.lines, end: area.end + rest.lines };
}

function pagesWithin(lines: readonly string[], budget: number): { readonly lines: number; readonly tokens: number } {
  let tokens = 0;
  let taken = 0;
  while (taken < lines.length) {
    const page = lines.slice(taken, taken + pageLines);
    const cost = page.reduce((sum, line) => sum + tokensOf(line), 0);
    if (tokens + cost > budget) break;
    tokens += cost;
    taken += page.length;
  }
  return { lines: taken, tokens };
}
