// V8 represents a substring as a reference into the whole string. A short one that is kept for long then keeps a whole
// version of a document alive.

// Up to this length V8 copies.
const copiedLength = 12;

/** An equal string that references no other one. */
export function detached(text: string): string {
  return text.length <= copiedLength ? text : Buffer.from(text, "utf16le").toString("utf16le");
}
