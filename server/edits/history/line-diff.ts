// The changed runs between two short lists of lines: longest common subsequence, over what is left when equal lines at both
// ends are taken off.

/** Lines `[start, end)` of the old list gave way to lines `[newStart, newEnd)` of the new one. */
export interface LineRun {
  readonly start: number;
  readonly end: number;
  readonly newStart: number;
  readonly newEnd: number;
}

// Beyond, the table costs more than a finer diff is worth.
const maxCells = 250_000;

/** In order, apart from one another. Empty for lists that are the same. */
export function lineDiff(old: readonly string[], now: readonly string[]): readonly LineRun[] {
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
  if (rows === 0 || columns === 0 || rows * columns > maxCells) return [{ start, end, newStart: start, newEnd }];
  return runsOf(old.slice(start, end), now.slice(start, newEnd)).map((run) => ({
    start: run.start + start,
    end: run.end + start,
    newStart: run.newStart + start,
    newEnd: run.newEnd + start,
  }));
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
