// What the emulator's model says in a test, and when.

import type { Emulator, Hold } from "../../../server/emulator/types.ts";

/** A model that always means `text`: what stands before the cursor of it already is left out. */
export function meaning(text: string): ({ prompt }: { readonly prompt: string }) => readonly string[] {
  return ({ prompt }) => {
    for (let units = text.length - 1; units > 0; units -= 1) {
      if (prompt.endsWith(text.slice(0, units))) return [text.slice(units)];
    }
    return [text];
  };
}

/** Holds the first request for a text that ends so; the others before it go through. */
export async function holdAt(emulator: Emulator, end: string): Promise<Hold> {
  for (;;) {
    const hold = emulator.hold("completions");
    const { body } = await hold.reached;
    const prompt: unknown = typeof body === "object" && body !== null && "prompt" in body ? body.prompt : "";
    if (typeof prompt === "string" && prompt.endsWith(end)) return hold;
    hold.release();
  }
}
