// The workspace folders, and the path of a document as seen from the folder it lies in. Reads no disk.

import { isJsonObject, objectOf, type Json } from "../../runtime/json.ts";

export interface Workspace {
  /** From `initialize`: `workspaceFolders`, else `rootUri`, else `rootPath`. */
  begin(params: Json): void;
  /** The absolute path of the first folder; undefined when there is none. */
  folder(): string | undefined;
  /** From `workspace/didChangeWorkspaceFolders`. */
  change(event: Json): void;
  /** `src/main.c`; the bare name for a file outside all folders; undefined for what is no file, such as untitled text. */
  relativePath(uri: string): string | undefined;
  /** The absolute path of a file on whatever machine; undefined for what is no file. */
  fullPath(uri: string): string | undefined;
  /** All paths that an address of any scheme may mean, such as `untitled:.env`: by these, files are kept back. */
  otherNames(uri: string): readonly string[];
  /** The absolute path of a `file:` URI of this machine. */
  filePath(uri: string): string | undefined;
}

export function createWorkspace(): Workspace {
  let folders: readonly string[] = [];

  return {
    begin(params) {
      folders = foldersOf(params["workspaceFolders"]);
      if (folders.length > 0) return;
      const { rootUri, rootPath } = params;
      if (typeof rootUri === "string") folders = [folderPath(rootUri)];
      else if (typeof rootPath === "string") folders = [withoutEnd(rooted(rootPath.replaceAll("\\", "/")))];
    },
    folder: () => folders[0]?.replace(/^\/(?=[a-z]:)/i, ""),
    change(event) {
      const removed = new Set(foldersOf(event["removed"]));
      const added = foldersOf(event["added"]);
      folders = [...folders.filter((folder) => !removed.has(folder) && !added.includes(folder)), ...added];
    },
    relativePath(uri) {
      const path = pathOf(uri);
      if (path === undefined || path.endsWith("/")) return undefined;
      let best: string | undefined;
      for (const folder of folders) {
        if (path.startsWith(`${folder}/`) && folder.length > (best?.length ?? -1)) best = folder;
      }
      return path.slice(best === undefined ? path.lastIndexOf("/") + 1 : best.length + 1);
    },
    fullPath,
    otherNames,
    filePath,
  };
}

/** A drive letter is no folder, and does without the first slash. */
function fullPath(uri: string): string | undefined {
  return pathOf(uri)?.replace(/^\/(?=[a-z]:)/, "");
}

function filePath(uri: string): string | undefined {
  return /^file:\/(?:\/\/|[^/])/i.test(uri) ? fullPath(uri) : undefined;
}

function foldersOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    const uri = isJsonObject(entry) ? objectOf(entry)["uri"] : undefined;
    return typeof uri === "string" ? [folderPath(uri)] : [];
  });
}

function folderPath(uri: string): string {
  return withoutEnd(pathOf(uri) ?? uri);
}

function withoutEnd(path: string): string {
  return path.replace(/(?<!\/)\/+$/, "");
}

/** Decoded, so that two spellings of one file are one; `/c:/…` for a Windows drive whatever its case. */
function pathOf(uri: string): string | undefined {
  // `untitled:…` and the like have no path that starts at a root.
  const found = /^[a-z][a-z0-9+.-]+:(?:\/\/[^/]*)?(\/.*)$/i.exec(uri)?.[1];
  if (found === undefined || (/^untitled:/i.test(uri) && !/^untitled:\/\//i.test(uri))) return undefined;
  return rooted(decode(found.replace(/[?#].*/s, "")));
}

/** A Windows drive in lower case and after a slash, as it is in URIs. */
function rooted(path: string): string {
  return path.replace(/^\/?([a-z]):(?=\/|$)/i, (_, drive: string) => `/${drive.toLowerCase()}:`);
}

// Of what is no file of this machine, its path is among them.
// Clients that encode nothing write `#` and `?` as parts of a name: what may be a query or a fragment is read both ways.
function otherNames(uri: string): readonly string[] {
  const path = uri.replace(/^[a-z][a-z0-9+.-]+:/i, "").replace(/^\/\/[^/]*(?=\/)/, "");
  const names = [path, path.replace(/#.*/s, ""), path.replace(/[?#].*/s, "")].map(decode);
  const known = filePath(uri);
  return [...new Set(names)].map((name) => name.replace(/^\/(?=[a-z]:)/i, "")).filter((name) => name !== known);
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // One sign that is not encoded leaves the others encoded.
    return path.replace(/(?:%[0-9a-f]{2})+/gi, (part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    });
  }
}
