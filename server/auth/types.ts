// What the engine may ask of sign-in: a session that works now. Knows nothing of who asks.

import type { Ctx } from "../../shared/context.ts";
import type { SessionToken } from "../upstream/types.ts";

export interface SessionSource {
  /**
   * A session token that is good now: from memory, or by waiting for the one exchange under way. Throws `signed-out`,
   * `not-authorized`, `limited` and the codes of the network. `ctx` cancels the waiting, never the exchange that others
   * wait for too.
   */
  get(ctx: Ctx): Promise<SessionToken>;
  /** The token in hand, if it is still good; never asks anybody. */
  peek(): SessionToken | undefined;
  /** The service refused `session`: it is dropped if it is still the one in hand, so that `get` asks for a new one. */
  reject(session: SessionToken): void;
  /** Called with each new token. Returns the way to stop. */
  onRenewed(listener: (session: SessionToken) => void): () => void;
}

/** A file of secrets that only this person can read, shared by every process of theirs. */
export interface SecretStore {
  /** Where it is, for `status` and `doctor`. */
  readonly path: string;
  read(key: string): string | undefined;
  write(key: string, value: string): void;
  /** Removes the whole file. */
  erase(): void;
  /** Called within a second of a change made by any process. Returns the way to stop. */
  watch(listener: () => void): () => void;
}
