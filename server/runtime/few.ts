// What is under way: things that come and go all day, seldom more than a few at a time. Not a `Set`: each time V8 makes
// the table of a set anew, the former one keeps a way to the newer one, for whoever may be going through it; a former one
// that has grown old keeps all that came after it, and all that was under way then, until the whole heap is looked
// through. With a set of the requests under way, two requests of three outlived their answer by a second.

export class Few<T> implements Iterable<T> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** Once for each time that it is to be taken out. */
  add(item: T): void {
    this.#items.push(item);
  }

  /** Whether it was there. */
  delete(item: T): boolean {
    const at = this.#items.lastIndexOf(item);
    if (at < 0) return false;
    // Most often it is the newest.
    if (at === this.#items.length - 1) this.#items.pop();
    else this.#items.splice(at, 1);
    return true;
  }

  /** Oldest first; those that were there when it began, whatever comes or goes meanwhile. */
  [Symbol.iterator](): IterableIterator<T> {
    return this.#items.slice().values();
  }
}
