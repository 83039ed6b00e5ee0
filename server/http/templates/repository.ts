// Files in a prompt: the name of a repository, then each file with its path, between words of the model's.

import type { ContextFile } from "../../../shared/completion.ts";
import { type FileWords, modelFamilies } from "../../../shared/model-families.ts";
import type { Hole } from "./hole.ts";

const families: readonly FileWords[] = modelFamilies.flatMap(({ files }) => files ?? []);

interface Section {
  /** Undefined where no path stands at the word. */
  readonly path: string | undefined;
  readonly text: string;
}

// StarCoder says after the path how well a repository is liked.
const stars = /<gh_stars>.*$/;
const maxPathChars = 1_024;

function familyOf(text: string): FileWords | undefined {
  return families.find(
    ({ repository, file }) => text.startsWith(file) || (repository !== undefined && text.startsWith(repository)),
  );
}

/** None unless `text` begins with a family's words; what stands before the first file is dropped. */
function readSections(text: string): readonly Section[] {
  const start = text.trimStart();
  const family = familyOf(start);
  if (!family) return [];
  // A word in angle brackets is one wherever it stands; plus signs only at the start of a line.
  const word = family.file.startsWith("<") ? family.file : /^\+{5} /m;
  return start.split(word).slice(1).map(readSection);
}

function readSection(text: string): Section {
  const lineEnd = text.indexOf("\n");
  const line = (lineEnd < 0 ? text : text.slice(0, lineEnd)).replace(stars, "").trim();
  const isPath = line !== "" && line.length <= maxPathChars && !/[<>|]/.test(line);
  if (!isPath) return { path: undefined, text };
  return { path: line, text: lineEnd < 0 ? "" : text.slice(lineEnd + 1) };
}

/** What `preamble`, which stands before the template, and the head of the text before the cursor say of files. */
export function readFiles(preamble: string, before: string): Pick<Hole, "before" | "path" | "files"> {
  const start = preamble.trimStart();
  // StarCoder2 has the word for a file before the template, and the path in it.
  const word = familyOf(start)?.file ?? "";
  const isSplit = word !== "" && start.endsWith(word);
  const earlier = readSections(isSplit ? start.slice(0, -word.length) : start);
  const head = readSections(isSplit ? word + before : before);
  // Source may begin with such a word too, but hardly with a path after each of them.
  const own = head.every(({ path }) => path !== undefined) ? head : [];
  const sections = [...earlier, ...own];
  const last = sections.at(-1);
  // The file with the cursor is the one whose text the template goes on with.
  const isOwn = last !== undefined && (own.length > 0 || last.text.trim() === "");
  const path = isOwn ? last.path : undefined;
  const files = (isOwn ? sections.slice(0, -1) : sections).flatMap(asFile);
  return {
    before: own.at(-1)?.text ?? before,
    ...(path === undefined ? {} : { path }),
    ...(files.length === 0 ? {} : { files }),
  };
}

/** A prompt of files alone, the last of which is to be gone on with. */
export function readOpenEnd(prompt: string): Hole | undefined {
  // Plus signs alone are too little to go by.
  if (!prompt.trimStart().startsWith("<")) return undefined;
  const hole = readFiles("", prompt);
  return hole.path === undefined || hole.before === "" ? undefined : { ...hole, after: "" };
}

function asFile({ path, text }: Section): readonly ContextFile[] {
  const shown = text.trimEnd();
  if (shown.trim() === "") return [];
  return [path === undefined ? { text: shown } : { path, text: shown }];
}
