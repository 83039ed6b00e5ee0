// Words of raw prompts in the source itself. A model that gets text and no messages takes them for its own wherever they
// stand, so a file about them would end its prompt. They are broken up on the way out and mended on the way back.

const word = String.raw`\|[\w▁]{1,40}\|>|\[[\w▁-]{1,40}\]>|filename>`;
const whole = new RegExp(`<(?=${word})`, "g");
const zeroWidthSpace = "\u200b";
const broken = new RegExp(`<${zeroWidthSpace}(?=${word})`, "g");

/** With a zero-width space behind the first character of each word. */
export function breakWords(text: string): string {
  return text.replace(whole, `<${zeroWidthSpace}`);
}

/** A line of an answer as it was before `breakWords`; one that the window has as it stands stays. */
export function mendWords(line: string, window: readonly string[]): string {
  return window.includes(line) ? line : line.replace(broken, "<");
}
