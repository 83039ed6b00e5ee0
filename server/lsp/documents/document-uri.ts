// Clients write one file's URI in several ways, and not always the same one: `file:///c%3A/a`, `file:///C:/a`, `file:/c:/a`.

/** One spelling for all of them. URIs of other schemes stay as they are. */
export function canonicalUri(uri: string): string {
  return uri
    .replace(/^file:\/(?=[^/])/i, "file:///")
    .replace(/^file:\/\/\/([a-z])(?::|%3a)/i, (_, drive: string) => `file:///${drive.toLowerCase()}:`);
}
