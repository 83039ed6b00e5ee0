// Languages that are not made of functions: markup, styles, queries, prose, configuration.

import { indentOf, type Scene } from "./scene.ts";

type Lines = readonly string[];

/** Whole lines for a fresh line, without base indentation; undefined for languages of another kind. */
export function plainLines(scene: Scene): readonly Lines[] | undefined {
  const text = scene.anchor.trim();
  switch (scene.language) {
    case "html":
    case "vue":
    case "xml":
      return markup(text);
    case "css":
    case "scss":
    case "less":
      return styles(text);
    case "sql":
      return sql(text);
    case "markdown":
    case "plaintext":
      return prose(text);
    case "yaml":
      return /^-\s/.test(text) ? [["- "]] : [];
    default:
      return undefined;
  }
}

/** The rest of a begun line; undefined for languages of another kind. */
export function plainLineEnds(scene: Scene): readonly Lines[] | undefined {
  const text = scene.current.trim();
  switch (scene.language) {
    case "html":
    case "vue":
    case "xml": {
      const tag = /<([a-z][\w-]*)[^<>/]*>$/i.exec(text)?.[1];
      return tag && !/^(?:br|hr|img|input|link|meta)$/i.test(tag) ? [[`</${tag}>`]] : [];
    }
    case "css":
    case "scss":
    case "less": {
      const property = /([\w-]+):$/.exec(text)?.[1];
      const known: Readonly<Record<string, string>> = { display: "flex", color: "#333", margin: "0", padding: "0" };
      if (property) return [[`${/\s$/.test(scene.current) ? "" : " "}${known[property] ?? "inherit"};`]];
      return text.endsWith("{") ? [["", `${indentOf(scene.current)}${scene.unit}display: flex;`]] : [];
    }
    case "sql": {
      const blank = /\s$/.test(scene.current) ? "" : " ";
      if (/^select$/i.test(text)) return [[`${blank}* FROM users;`]];
      if (/\bfrom$/i.test(text)) return [[`${blank}users;`]];
      if (/\bwhere$/i.test(text)) return [[`${blank}id = 1;`]];
      return [];
    }
    default:
      return undefined;
  }
}

function markup(text: string): readonly Lines[] {
  const tag = /<([a-z][\w-]*)[^<>/]*>$/i.exec(text)?.[1]?.toLowerCase();
  switch (tag ?? "") {
    case "ul":
    case "ol":
      return [["<li></li>"]];
    case "html":
      return [["<head>", "\t<title></title>", "</head>"]];
    case "head":
      return [['<meta charset="utf-8">', "<title></title>"]];
    case "body":
      return [["<h1></h1>"]];
    case "table":
      return [["<tr>", "\t<td></td>", "</tr>"]];
    default:
      return tag ? [["<p></p>"]] : [];
  }
}

function styles(text: string): readonly Lines[] {
  if (text.endsWith("{")) return [["display: flex;"], ["margin: 0;"], ["color: #333;"]];
  if (/^display:\s*flex/.test(text)) return [["align-items: center;"], ["justify-content: center;"]];
  if (text.startsWith("margin:")) return [["padding: 0;"]];
  return [];
}

function sql(text: string): readonly Lines[] {
  if (/^create table\b.*\($/i.test(text)) return [["id INTEGER PRIMARY KEY,", "name TEXT NOT NULL"]];
  if (/^select\b/i.test(text) && !/\bfrom\b|;$/i.test(text)) return [["FROM users;"]];
  if (/^from\b/i.test(text) && !text.endsWith(";")) return [["WHERE id = 1;"]];
  const request = /^--\s*(?:get |list |select |find )?(?:all )?(?:the )?(\w+)/i.exec(text)?.[1];
  return request ? [[`SELECT * FROM ${request.toLowerCase()};`]] : [];
}

function prose(text: string): readonly Lines[] {
  const title = /^#+\s+(.+)$/.exec(text)?.[1];
  return title ? [[`This section describes ${title.charAt(0).toLowerCase()}${title.slice(1)}.`]] : [];
}
