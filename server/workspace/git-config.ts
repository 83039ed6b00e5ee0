// The addresses of remotes in the text of a git configuration file (git-config, "Syntax"). The file comes with the folder,
// so nothing here takes more than linear time: positions are searched for instead of patterns that can backtrack.

/** `origin` first, then the others in their order. */
export function remotesIn(config: string): readonly string[] {
  const found: { readonly name: string; readonly url: string }[] = [];
  let remote: string | undefined;
  for (const raw of config.split("\n")) {
    const line = raw.trim();
    if (line.startsWith("[")) {
      remote = remoteOf(line);
      continue;
    }
    const equals = line.indexOf("=");
    if (remote === undefined || equals < 0 || line.slice(0, equals).trimEnd().toLowerCase() !== "url") continue;
    found.push({ name: remote, url: valueOf(line.slice(equals + 1).trimStart()) });
  }
  const isOrigin = ({ name }: { readonly name: string }): boolean => name === "origin";
  return [...found.filter(isOrigin), ...found.filter((entry) => !isOrigin(entry))].map(({ url }) => url);
}

/** The name in `[remote "name"]`; undefined for every other section. */
function remoteOf(line: string): string | undefined {
  const quote = line.indexOf('"');
  if (quote < 0 || line.slice(1, quote).trim().toLowerCase() !== "remote") return undefined;
  return quoted(line, quote);
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
