// The changed runs between two lists of lines: longest common subsequence, over what is left when equal lines at both ends
// are taken off. Long lists are cut where they meet for certain: at lines that each of them has once (patience diff).

/** Lines `[start, end)` of the old list gave way to lines `[newStart, newEnd)` of the new one. */
export interface LineRun {
  readonly start: number;
  readonly end: number;
  readonly newStart: number;
  readonly newEnd: number;
}

// Beyond, the table costs more than a finer diff is worth.
const maxCells = 250_000;

// As often are the stretches between meetings cut again; beyond, texts made for it would cost their length squared.
const maxDepth = 6;

/** In order, apart from one another. Empty for lists that are the same. */
export function lineDiff(old: readonly string[], now: readonly string[]): readonly LineRun[] {
  return diffTo(maxDepth, old, now);
}

function diffTo(depth: number, old: readonly string[], now: readonly string[]): readonly LineRun[] {
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = old.length;
  let newEnd = now.length;
  while (end > start && newEnd > start && old[end - 1] === now[newEnd - 1]) {
    end -= 1;
    newEnd -= 1;
  }
  if (start === end && start === newEnd) return [];
  const rows = end - start;
  const columns = newEnd - start;
  if (rows === 0 || columns === 0) return [{ start, end, newStart: start, newEnd }];
  if (rows * columns > maxCells) return runsBetweenMeetings(depth, old, now, { start, end, newStart: start, newEnd });
  return moved(runsOf(old.slice(start, end), now.slice(start, newEnd)), start, start);
}

function moved(runs: readonly LineRun[], by: number, newBy: number): readonly LineRun[] {
  return runs.map((run) => ({
    start: run.start + by,
    end: run.end + by,
    newStart: run.newStart + newBy,
    newEnd: run.newEnd + newBy,
  }));
}

/** The whole of `within` is one run where the lists do not meet. */
function runsBetweenMeetings(
  depth: number,
  old: readonly string[],
  now: readonly string[],
  within: LineRun,
): readonly LineRun[] {
  const meetings = depth > 0 ? inBothOrders(sharedOnce(old, now, within)) : [];
  if (meetings.length === 0) return [within];
  const runs: LineRun[] = [];
  let [start, newStart] = [within.start, within.newStart];
  for (const [end, newEnd] of [...meetings, [within.end, within.newEnd] as const]) {
    runs.push(...moved(diffTo(depth - 1, old.slice(start, end), now.slice(newStart, newEnd)), start, newStart));
    [start, newStart] = [end + 1, newEnd + 1];
  }
  return runs;
}

/** Line of the one list, line of the other. */
type Meeting = readonly [line: number, newLine: number];

/** Lines that stand once in each, in the order of the old list. */
function sharedOnce(
  old: readonly string[],
  now: readonly string[],
  { start, end, newStart, newEnd }: LineRun,
): readonly Meeting[] {
  const places = linesOnce(old, start, end);
  const newPlaces = linesOnce(now, newStart, newEnd);
  return [...places].flatMap(([text, line]) => {
    const newLine = newPlaces.get(text);
    return line < 0 || newLine === undefined || newLine < 0 ? [] : [[line, newLine] as const];
  });
}

/** The place of each line; -1 for one that stands there again. */
function linesOnce(lines: readonly string[], start: number, end: number): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (let line = start; line < end; line += 1) {
    const text = lines[line] ?? "";
    places.set(text, places.has(text) ? -1 : line);
  }
  return places;
}

/** The most of them that are in order in the new list too: longest increasing subsequence, by patience sorting. */
function inBothOrders(meetings: readonly Meeting[]): readonly Meeting[] {
  interface Card {
    readonly meeting: Meeting;
    readonly before: Card | undefined;
  }
  const tops: Card[] = [];
  for (const meeting of meetings) {
    let low = 0;
    let high = tops.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tops[middle]?.meeting[1] ?? 0) < meeting[1]) low = middle + 1;
      else high = middle;
    }
    tops[low] = { meeting, before: tops[low - 1] };
  }
  const chain: Meeting[] = [];
  for (let card = tops.at(-1); card; card = card.before) chain.push(card.meeting);
  return chain.reverse();
}

function runsOf(old: readonly string[], now: readonly string[]): readonly LineRun[] {
  const width = now.length + 1;
  // `common[row * width + column]`: length of the longest common subsequence of what follows both.
  const common = new Uint16Array((old.length + 1) * width);
  const at = (row: number, column: number): number => common[row * width + column] ?? 0;
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = now.length - 1; column >= 0; column -= 1) {
      common[row * width + column] =
        old[row] === now[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const runs: LineRun[] = [];
  let row = 0;
  let column = 0;
  let run: { start: number; newStart: number } | undefined;
  const close = (): void => {
    if (run) runs.push({ ...run, end: row, newEnd: column });
    run = undefined;
  };
  while (row < old.length || column < now.length) {
    if (row < old.length && column < now.length && old[row] === now[column]) {
      close();
      row += 1;
      column += 1;
      continue;
    }
    run ??= { start: row, newStart: column };
    if (column >= now.length || (row < old.length && at(row + 1, column) >= at(row, column + 1))) row += 1;
    else column += 1;
  }
  close();
  return runs;
}
