// The system's own word for what went wrong with a file: `ENOENT`, `EACCES`.

/** Undefined for errors that do not come from the system. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
