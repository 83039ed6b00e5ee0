// The system's own word for what went wrong: `ENOENT`, `EACCES`.

/** Undefined for errors that do not come from the system. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** There is no file of that name, or a part of its path is no folder. */
export function isMissingFile(error: unknown): boolean {
  const code = errorCode(error);
  return code === "ENOENT" || code === "ENOTDIR";
}
