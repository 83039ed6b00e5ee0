// The addresses of remotes in the text of a git configuration file (git-config, "Syntax"). The file comes with the folder,
// so nothing here takes more than linear time: positions are searched for instead of patterns that can backtrack.

/** `url.BASE.insteadOf`: an address that begins with `prefix` begins with `base` instead. */
export interface AddressRewrite {
  readonly base: string;
  readonly prefix: string;
}

/** `origin` first, then the others in their order. */
export function remotesIn(config: string): readonly string[] {
  const found = entriesIn(config).filter(({ section, key }) => section === "remote" && key === "url");
  const isOrigin = ({ name }: Entry): boolean => name === "origin";
  return [...found.filter(isOrigin), ...found.filter((entry) => !isOrigin(entry))].map(({ value }) => value);
}

export function rewritesIn(config: string): readonly AddressRewrite[] {
  return entriesIn(config)
    .filter(({ section, key, value }) => section === "url" && key === "insteadof" && value !== "")
    .map(({ name, value }) => ({ base: name, prefix: value }));
}

/** Paths of other files whose entries count as well, also those that do so on a condition. */
export function includesIn(config: string): readonly string[] {
  return entriesIn(config)
    .filter(({ section, key }) => (section === "include" || section === "includeif") && key === "path")
    .map(({ value }) => value);
}

interface Entry {
  /** In lower case. */
  readonly section: string;
  /** What stands in quotes behind it. */
  readonly name: string;
  /** In lower case. */
  readonly key: string;
  readonly value: string;
}

function entriesIn(config: string): readonly Entry[] {
  const found: Entry[] = [];
  let section = "";
  let name = "";
  for (const raw of config.split("\n")) {
    const line = raw.trim();
    if (line.startsWith("[")) {
      const quote = line.indexOf('"');
      const end = quote < 0 ? line.indexOf("]") : quote;
      section = line
        .slice(1, end < 0 ? undefined : end)
        .trim()
        .toLowerCase();
      name = quote < 0 ? "" : (quoted(line, quote) ?? "");
      continue;
    }
    const equals = line.indexOf("=");
    if (equals < 0) continue;
    const key = line.slice(0, equals).trimEnd().toLowerCase();
    found.push({ section, name, key, value: valueOf(line.slice(equals + 1).trimStart()) });
  }
  return found;
}

/** The text of the quotes that open at `start`; undefined when they do not close. */
function quoted(line: string, start: number): string | undefined {
  let text = "";
  for (let at = start + 1; at < line.length; at += 1) {
    if (line[at] === '"') return text;
    if (line[at] === "\\") at += 1;
    text += line[at] ?? "";
  }
  return undefined;
}

/** Without quotes, or else without the comment that a blank and `#` or `;` begin. */
function valueOf(text: string): string {
  const inQuotes = text.startsWith('"') ? quoted(text, 0) : undefined;
  if (inQuotes !== undefined) return inQuotes;
  const comment = text.search(/\s[#;]/);
  return (comment < 0 ? text : text.slice(0, comment)).trim();
}
