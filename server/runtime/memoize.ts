// What is worked out from values that seldom change, such as settings, and is asked for with every request: worked out
// again only when one of them is another value. For values that are replaced and never changed in place.

/** `sources` says what `make` goes by. What `make` throws is thrown at each call and not kept. */
export function derived<const S extends readonly unknown[], T>(sources: () => S, make: (...values: S) => T): () => T {
  const made = lastMade(make);
  return () => made(sources());
}

/** `make`, whose last result is kept for as long as it is called with the same values. As `derived`. */
export function keepLast<const S extends readonly unknown[], T>(make: (...values: S) => T): (...values: S) => T {
  const made = lastMade(make);
  return (...values) => made(values);
}

function lastMade<S extends readonly unknown[], T>(make: (...values: S) => T): (values: S) => T {
  let last: { readonly values: S; readonly result: T } | undefined;
  return (values) => {
    if (!last || !areSame(last.values, values)) last = { values, result: make(...values) };
    return last.result;
  };
}

function areSame(some: readonly unknown[], others: readonly unknown[]): boolean {
  for (let index = 0; index < some.length; index += 1) if (some[index] !== others[index]) return false;
  return true;
}
