// Paths as rules see them, the same on every system.

/** A Windows path as the others are written. */
export function slashed(path: string): string {
  return /^[a-z]:\\/i.test(path) ? path.replaceAll("\\", "/") : path;
}

/** `path` as seen from `folder`, `/` between parts; undefined when it does not lie below. */
export function belowFolder(path: string, folder: string): string | undefined {
  const whole = slashed(path);
  const start = `${slashed(folder).replace(/\/$/, "")}/`;
  return whole.length > start.length && whole.startsWith(start) ? whole.slice(start.length) : undefined;
}
