// One device flow at a time, shared by everybody who asks for one. Knows how a flow begins, ends and is waited for;
// what to do with the token is handed in.

import type { Clock, Ctx, Log } from "../../shared/context.ts";
import { CopilotError, errorCodeOf } from "../../shared/errors.ts";
import type { SignInStart } from "../../shared/status.ts";
import { untilAborted } from "../runtime/cancel.ts";
import type { Secret } from "../runtime/secret.ts";
import type { DeviceCode, DevicePoll, GitHubApi } from "../upstream/types.ts";
import { waitForToken } from "./device-flow.ts";
import { elapsedMs, type Timestamp, now } from "./timestamp.ts";

export interface SignedIn {
  readonly user: string;
}

export interface SignIn {
  /** Begins a flow or joins the one under way. `ctx` cancels the asking for a code when nobody else waits for it. */
  start(ctx: Ctx): Promise<SignInStart>;
  /** How the flow under way, or the last one, ended. Throws `bad-request` when there was none. */
  finish(ctx: Ctx): Promise<SignedIn>;
  /** Ends the flow under way with `reason`. One whose token is stored already is left to finish, unless `forget`. */
  cancel(reason: CopilotError, options: { readonly forget: boolean }): void;
  /** Somebody else brought the sign-in about: the flow under way, unless it has its token, ends well. */
  completeElsewhere(user: string): void;
  /** Ends the flow under way, with `closing`; there will be no other. */
  close(): Promise<void>;
}

interface Flow {
  /** The server that gave the code; nothing of this flow is sent to another one. */
  readonly server: string;
  readonly controller: AbortController;
  readonly code: Promise<{ readonly code: DeviceCode; readonly issued: Timestamp }>;
  readonly ended: Promise<SignedIn>;
  /** Ends the waiting at once, whatever the network does. */
  readonly complete: (user: string) => void;
  waiting: number;
  stage: "asking" | "polling" | "storing" | "over";
}

const closing = (): CopilotError => new CopilotError("closing", "The program is shutting down.");

export function createSignIn(
  deps: { readonly clock: Clock; readonly log: Log; readonly random: () => number; readonly github: GitHubApi },
  /** Makes a sign-in of a token that `github.serverUrl()` has just given. `commit` says that there is no way back. */
  adopt: (ctx: Ctx, token: Secret, commit: () => void) => Promise<SignedIn>,
): SignIn {
  const { clock, log, random, github } = deps;
  let flow: Flow | undefined;
  let latestEnd: Promise<SignedIn> | undefined;
  let flows = 0;
  let closed = false;

  const begin = (): Flow => {
    flows += 1;
    const server = github.serverUrl();
    const controller = new AbortController();
    const ctx: Ctx = { signal: controller.signal, log, id: `sign-in-${flows}` };
    const assertSameServer = (): void => {
      if (github.serverUrl() === server) return;
      throw new CopilotError("cancelled", `The sign-in to ${server} ended, because another server is configured now.`);
    };
    const askForCode = async (): Promise<{ code: DeviceCode; issued: Timestamp }> => {
      // The code counts from when the service made it, which is not before it was asked to.
      const issued = now(clock);
      const code = await github.requestDeviceCode(ctx);
      begun.stage = "polling";
      return { code, issued };
    };
    const poll = async (pollCtx: Ctx, deviceCode: Secret): Promise<DevicePoll> => {
      assertSameServer();
      return github.pollAccessToken(pollCtx, deviceCode);
    };
    const run = async (): Promise<SignedIn> => {
      try {
        const { code, issued } = await begun.code;
        const token = await waitForToken(ctx, { clock, random, poll }, code, issued);
        assertSameServer();
        return await adopt(ctx, token, () => {
          begun.stage = "storing";
        });
      } finally {
        begun.stage = "over";
      }
    };
    let complete: Flow["complete"] = () => undefined;
    const elsewhere = new Promise<SignedIn>((resolve) => {
      complete = (user) => resolve({ user });
    });
    const begun: Flow = {
      server,
      controller,
      code: untilAborted(ctx.signal, Promise.resolve().then(askForCode)),
      ended: Promise.race([Promise.resolve().then(run), elsewhere]),
      complete,
      waiting: 0,
      stage: "asking",
    };
    begun.ended.then(
      () => log.info("signed in"),
      (error: unknown) => {
        if (errorCodeOf(error) !== "cancelled") log.info("the sign-in ended", { code: errorCodeOf(error) });
      },
    );
    latestEnd = begun.ended;
    return begun;
  };

  const joinable = (candidate: Flow | undefined): candidate is Flow => {
    if (!candidate || candidate.stage === "over" || candidate.controller.signal.aborted) return false;
    if (candidate.server === github.serverUrl()) return true;
    candidate.controller.abort(new CopilotError("cancelled", "Another sign-in was started."));
    return false;
  };

  return {
    async start(ctx) {
      ctx.signal.throwIfAborted();
      if (closed) throw closing();
      const joined = joinable(flow) ? flow : begin();
      flow = joined;
      joined.waiting += 1;
      try {
        const { code, issued } = await untilAborted(ctx.signal, joined.code);
        return {
          kind: "device-flow",
          userCode: code.userCode,
          verificationUri: code.verificationUri,
          expiresInSeconds: Math.max(0, Math.round(code.expiresInSeconds - elapsedMs(clock, issued) / 1_000)),
          intervalSeconds: code.intervalSeconds,
        };
      } catch (error) {
        const alone = joined.waiting === 1;
        if (ctx.signal.aborted && alone && joined.stage === "asking") joined.controller.abort(ctx.signal.reason);
        // Without a code there is nothing that `finish` could wait for.
        if (flow === joined && (!ctx.signal.aborted || joined.controller.signal.aborted)) flow = undefined;
        throw error;
      } finally {
        joined.waiting -= 1;
      }
    },
    async finish(ctx) {
      if (!flow) {
        throw new CopilotError("bad-request", "No sign-in is under way.", { advice: "Start one first." });
      }
      return untilAborted(ctx.signal, flow.ended);
    },
    cancel(reason, { forget }) {
      if (!flow) return;
      if (flow.stage === "asking" || flow.stage === "polling" || forget) flow.controller.abort(reason);
      if (forget) flow = undefined;
    },
    completeElsewhere(user) {
      if (!flow || flow.stage === "storing" || flow.stage === "over") return;
      if (flow.server === github.serverUrl()) flow.complete(user);
      flow.controller.abort(new CopilotError("cancelled", "The sign-in was brought about elsewhere."));
    },
    async close() {
      closed = true;
      flow?.controller.abort(closing());
      await latestEnd?.catch(() => undefined);
    },
  };
}
