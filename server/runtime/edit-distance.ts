// The Damerau-Levenshtein distance of two sequences (its restricted form, optimal string alignment).

/** The fewest items to add, leave out or exchange, or neighbours to swap, that make `from` into `to`. */
export function editDistance<T>(from: readonly T[], to: readonly T[]): number {
  let beforeLast: number[] = Array.from({ length: to.length + 1 }, () => 0);
  let last = Array.from(beforeLast.keys());
  let current = [...beforeLast];
  for (let row = 1; row <= from.length; row += 1) {
    current[0] = row;
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    // The row before the last is not needed any more: the next one is written over it.
    [beforeLast, last, current] = [last, current, beforeLast];
  }
  return last[to.length] ?? 0;
}
