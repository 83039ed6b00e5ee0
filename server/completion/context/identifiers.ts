// The words of code that tell what it is about: runs of letters and digits, without those that stand in any code.

// English and the keywords that most languages share say nothing of what a piece of code is about.
const everywhere: ReadonlySet<string> = new Set(
  (
    "a an and are as at be been but by can do does for from had has have he her his how i if in into is it its me my " +
    "no nor not of on or our she so some such than that the their them then there these they this those to too up us " +
    "was we were what when where which while who why will with you your " +
    "abstract async await bool boolean break case catch char class const constructor continue def default delete elif " +
    "else end enum except export extends false final finally float fn func function goto impl implements import " +
    "include instanceof int interface lambda let long module mut namespace new nil none null number object override " +
    "package pass pragma private protected pub public raise readonly return self short signed sizeof static string " +
    "struct super switch template throw throws true try type typedef typeof union unsigned using var virtual void " +
    "volatile yield True False None"
  ).split(" "),
);

/** Each word once, in order of appearance. Case counts. */
export function wordsOf(line: string): readonly string[] {
  const words = new Set<string>();
  for (const [word] of line.matchAll(/[\p{L}\p{N}]+/gu)) {
    if (!everywhere.has(word)) words.add(word);
  }
  return [...words];
}
