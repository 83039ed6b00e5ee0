// A folder that only this person can look into. Knows nothing of what is kept there.

import { chmodSync, mkdirSync, statSync } from "node:fs";

const privateMode = 0o700;
const othersMask = 0o077;

/** Undefined where files have no owner, as on Windows; its profile folders are private by themselves. */
export function ownUserId(): number | undefined {
  return process.getuid?.();
}

/**
 * Why the folder cannot be trusted, or undefined when it can or does not exist. A symbolic link is followed: what counts
 * is who owns the place where the files end up.
 */
export function folderObjection(folder: string): string | undefined {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (!found) return undefined;
  if (!found.isDirectory()) return `${folder} is not a folder`;
  const user = ownUserId();
  return user !== undefined && found.uid !== user ? `the folder ${folder} belongs to another user` : undefined;
}

/** Creates the folder, or takes what others may do there away. Answers whether it had to. Throws errors of the system. */
export function makePrivate(folder: string): "was" | "created" | "repaired" {
  const created = mkdirSync(folder, { recursive: true, mode: privateMode });
  if (created !== undefined) return "created";
  if (ownUserId() === undefined || (statSync(folder).mode & othersMask) === 0) return "was";
  chmodSync(folder, privateMode);
  return "repaired";
}
