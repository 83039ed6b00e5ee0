// Memoization of the last result, for what is worked out from settings and other values that seldom change. The values
// are compared with `===`, so they must be replaced and never changed in place.

/** `make`, which keeps its last result while it is called with the same values. What it throws is not kept. */
export function memoizeLast<const A extends readonly unknown[], T>(make: (...args: A) => T): (...args: A) => T {
  let last: { readonly args: A; readonly result: T } | undefined;
  return (...args) => {
    if (!last || !areSame(last.args, args)) last = { args, result: make(...args) };
    return last.result;
  };
}

/** What `make` makes of the inputs, memoized as by `memoizeLast`. */
export function createSelector<const A extends readonly unknown[], T>(
  inputs: () => A,
  make: (...args: A) => T,
): () => T {
  const memoized = memoizeLast(make);
  return () => memoized(...inputs());
}

function areSame(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((value, index) => value === others[index]);
}
