// The bearer token of the HTTP listener: made once, kept in a file that only this person can read, shared by every
// process of theirs.

import { randomBytes } from "node:crypto";
import { linkSync, lstatSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CopilotError, describeError } from "../../shared/errors.ts";
import { readBoundedSync } from "../runtime/read-bounded.ts";
import { Secret } from "../runtime/secret.ts";
import { folderObjection, makePrivate, ownUserId } from "./private-folder.ts";

export interface HttpToken {
  readonly path: string;
  /** The token in the file; made now if there is none. Throws `bad-request` when it cannot be kept safely. */
  read(): Secret;
}

const othersMask = 0o077;

export function createHttpToken(folder: string): HttpToken {
  const path = join(folder, "http-token");

  const refuse = (why: string, cause?: unknown): CopilotError =>
    new CopilotError("bad-request", `The token of the HTTP listener is not used: ${why}.`, {
      advice: `Remove ${path}, and a new one is made.`,
      cause,
    });

  const stored = (): Secret | undefined => {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (!found) return undefined;
    const user = ownUserId();
    if (!found.isFile()) throw refuse(`${path} is not a file`);
    if (user !== undefined && found.uid !== user) throw refuse(`${path} belongs to another user`);
    if (user !== undefined && (found.mode & othersMask) !== 0) throw refuse(`others can read ${path}`);
    const text = readBoundedSync(path, 4096).toString("utf8").trim();
    if (text.length < 16) throw refuse(`${path} holds less than 16 characters`);
    return new Secret(text);
  };

  const make = (): void => {
    const objection = folderObjection(folder);
    if (objection !== undefined) throw refuse(objection);
    makePrivate(folder);
    const token = randomBytes(32).toString("base64url");
    // Not by the process id: one that was killed may have left a file with it.
    const draft = `${path}.${randomBytes(4).toString("hex")}`;
    try {
      writeFileSync(draft, `${token}\n`, { mode: 0o600, flag: "wx" });
      // Whole or not at all; another process may have been first.
      linkSync(draft, path);
    } catch (error) {
      if (!lstatSync(path, { throwIfNoEntry: false })) throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  };

  return {
    path,
    read() {
      try {
        const known = stored();
        if (known) return known;
        make();
        const made = stored();
        if (made) return made;
      } catch (error) {
        if (error instanceof CopilotError) throw error;
        throw refuse(describeError(error), error);
      }
      throw refuse(`${path} cannot be made`);
    },
  };
}
