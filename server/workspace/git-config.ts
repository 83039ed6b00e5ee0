// The addresses of remotes in the text of a git configuration file (git-config, "Syntax").

/** `origin` first, then the others in their order. */
export function remotesIn(config: string): readonly string[] {
  const found: { readonly name: string; readonly url: string }[] = [];
  let remote: string | undefined;
  for (const line of config.split(/\r?\n/)) {
    const section = /^\s*\[\s*([^\]\s"]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/.exec(line);
    if (section) {
      remote = section[1]?.toLowerCase() === "remote" ? section[2]?.replaceAll(/\\(.)/g, "$1") : undefined;
      continue;
    }
    const url = /^\s*url\s*=\s*(.*)$/i.exec(line)?.[1];
    if (remote !== undefined && url !== undefined) found.push({ name: remote, url: valueOf(url) });
  }
  const isOrigin = ({ name }: { readonly name: string }): boolean => name === "origin";
  return [...found.filter(isOrigin), ...found.filter((entry) => !isOrigin(entry))].map(({ url }) => url);
}

function valueOf(text: string): string {
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
  return quoted === undefined ? text.replace(/\s+[#;].*$/, "").trim() : quoted.replaceAll(/\\(.)/g, "$1");
}
