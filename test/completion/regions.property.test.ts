// Which lines have changed, whatever the changes were.

import { array, assert, constantFrom, integer, nat, property, record, string, uniqueArray } from "fast-check";
import { describe, it } from "vitest";
import { type ChangedRegion, withChange } from "../../server/completion/context/changed-regions.ts";
import { createLineIndex } from "../../server/completion/context/line-index.ts";
import { bestStretches } from "../../server/completion/context/windows.ts";
import { createWordTable } from "../../server/completion/context/word-table.ts";

const change = record({
  at: nat(),
  removed: nat(4),
  lines: array(string({ maxLength: 3 }), { maxLength: 4 }),
});

/** Applies a change of whole lines and says which they were. */
function applied(
  lines: readonly string[],
  { at, removed, lines: added }: { at: number; removed: number; lines: readonly string[] },
) {
  const startLine = at % lines.length;
  const endLine = Math.min(lines.length - 1, startLine + removed);
  const fresh = added.length > 0 ? added : [""];
  return {
    lines: [...lines.slice(0, startLine), ...fresh, ...lines.slice(endLine + 1)],
    changed: { startLine, endLine, newEndLine: startLine + fresh.length - 1 },
  };
}

const texts = array(string({ maxLength: 3 }), { minLength: 1, maxLength: 60, size: "max" });

describe("changed regions", () => {
  it("are apart, in order, and turn the old lines into the new ones", () => {
    assert(
      property(texts, array(change, { maxLength: 12, size: "max" }), (old, changes) => {
        let now: readonly string[] = old;
        let regions: readonly ChangedRegion[] = [];
        let revision = 0;
        for (const step of changes) {
          const { lines, changed } = applied(now, step);
          now = lines;
          regions = withChange(regions, changed, () => (revision += 1), 0);
        }
        const rebuilt: string[] = [];
        let done = 0;
        for (const region of regions) {
          if (region.oldStart < done || region.newEnd < region.newStart) return false;
          rebuilt.push(...old.slice(done, region.oldStart));
          if (rebuilt.length !== region.newStart) return false;
          rebuilt.push(...now.slice(region.newStart, region.newEnd));
          done = region.oldEnd;
        }
        rebuilt.push(...old.slice(done));
        return (
          rebuilt.join("\n") === now.join("\n") &&
          new Set(regions.map((region) => region.revision)).size === regions.length
        );
      }),
    );
  });
});

describe("an index of lines", () => {
  it("looks at the lines of a change and no others, and has the words of the text as it is", () => {
    assert(
      property(texts, array(change, { maxLength: 12, size: "max" }), (old, changes) => {
        const index = createLineIndex();
        let looked = 0;
        const wordsOf = (line: string): readonly number[] => {
          looked += 1;
          return [line.length];
        };
        index.read(old.join("\n"), wordsOf);
        let now: readonly string[] = old;
        for (const step of changes) {
          const { lines, changed } = applied(now, step);
          now = lines;
          index.note(changed);
          looked = 0;
          const read = index.read(now.join("\n"), wordsOf);
          if (looked > changed.newEndLine - changed.startLine + 1) return false;
          if (read.some(({ text, words }, at) => text !== now[at] || words[0] !== text.length)) return false;
        }
        return true;
      }),
    );
  });
});

describe("the stretches most alike", () => {
  it("are those that counting each window by itself finds", () => {
    const words = array(constantFrom("a", "b", "c", "d", "e", "f"), { maxLength: 3 });
    assert(
      property(
        array(words, { minLength: 1, maxLength: 20 }),
        uniqueArray(constantFrom("a", "b", "c", "x", "y"), { minLength: 1 }),
        integer({ min: 1, max: 6 }),
        (lines, reference, size) => {
          const table = createWordTable();
          table.setReference(new Set(reference));
          const indexed = lines.map((line) => ({ words: [...new Set(line)].map(table.idOf) }));
          const [best] = bestStretches(indexed, table, reference.length, size, 1);
          let highest = 0;
          for (let start = 0; start <= Math.max(0, lines.length - size); start += 1) {
            const window = new Set<string>(lines.slice(start, start + size).flat());
            const shared = reference.filter((word) => window.has(word)).length;
            highest = Math.max(highest, shared / new Set([...window, ...reference]).size);
          }
          return (best?.score ?? 0) === highest && table.counts().every((count) => count === 0);
        },
      ),
    );
  });
});
