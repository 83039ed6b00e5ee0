// The account as GitHub's language server keeps it: this program has no token of its own then.

import type { Account } from "../../../shared/account.ts";
import type { Ctx } from "../../../shared/context.ts";
import { CopilotError, errorCodeOf } from "../../../shared/errors.ts";
import { objectOf } from "../../runtime/json.ts";
import { linkAbort, untilAborted } from "../../runtime/cancel.ts";
import { inWords } from "./failures.ts";
import type { OfficialServer } from "./official-server.ts";
import type { Running } from "./running.ts";

const askLimitMs = 30_000;
const spareMs = 30_000;

interface Flow {
  readonly finished: Promise<{ readonly user: string }>;
  stop(reason: CopilotError): void;
}

export function createOfficialAccount(server: OfficialServer): Account {
  let flow: Flow | undefined;

  const begin = ({ request }: Running, command: unknown, expiresInMs: number): Flow => {
    const link = linkAbort();
    const { command: name, arguments: args } = objectOf(command);
    const about = { what: "the end of the sign-in", limitMs: expiresInMs + spareMs };
    const params = {
      command: typeof name === "string" ? name : "github.copilot.finishDeviceFlow",
      arguments: args ?? [],
    };
    const finished = request(link, "workspace/executeCommand", params, about).then((result) => {
      const { user } = objectOf(result);
      return { user: inWords(user) };
    });
    // Whoever waits hears of it.
    finished.catch(() => undefined);
    return { finished, stop: link.abort };
  };

  return {
    state: server.state.account,
    async signIn(ctx, { force = false } = { force: false }) {
      const about = { what: "a code for the sign-in", limitMs: askLimitMs };
      const [running, answer] = await server.use(ctx, async (now) => {
        // It has no way to sign in again beside a sign-in that works.
        if (force) await now.request(ctx, "signOut", {}, about);
        return [now, objectOf(await now.request(ctx, "signIn", {}, about))] as const;
      });
      const { status, user, userCode, verificationUri, expiresIn, interval, command } = answer;
      if (status === "AlreadySignedIn" || status === "OK") return { kind: "already-signed-in", user: inWords(user) };
      if (typeof userCode !== "string" || typeof verificationUri !== "string") {
        throw new CopilotError("sign-in-failed", "GitHub's language server did not say where to sign in.");
      }
      const expiresInSeconds = Number(expiresIn) || 900;
      flow?.stop(cancelled());
      flow = begin(running, command, expiresInSeconds * 1000);
      return {
        kind: "device-flow",
        userCode: inWords(userCode),
        verificationUri: inWords(verificationUri),
        expiresInSeconds,
        intervalSeconds: Number(interval) || 5,
      };
    },
    async finishSignIn(ctx) {
      if (!flow) throw new CopilotError("bad-request", "No sign-in is under way.");
      const { finished } = flow;
      const ending = await untilAborted(
        ctx.signal,
        finished.then(
          ({ user }) => ({ user, error: undefined }),
          (error: unknown) => ({ user: "", error }),
        ),
      );
      // The code of a process that has ended is worth nothing, unless it was entered before.
      if (ending.error !== undefined && errorCodeOf(ending.error) !== "upstream-failed") throw ending.error;
      const state = await server.checkAccount(ctx, { localOnly: false });
      if (state.kind === "not-authorized") throw new CopilotError("not-authorized", state.message);
      if (ending.error === undefined) return { user: ending.user };
      if (state.kind === "signed-in") return { user: state.user ?? "" };
      throw new CopilotError("sign-in-failed", "GitHub's language server ended during the sign-in.", {
        advice: "Start the sign-in again to get a new code.",
        cause: ending.error,
      });
    },
    cancelSignIn() {
      // The server goes on asking GitHub until the code has expired; nobody waits for it any more.
      flow?.stop(cancelled());
      flow = undefined;
    },
    async signOut(ctx: Ctx) {
      flow?.stop(cancelled());
      flow = undefined;
      const about = { what: "the sign-out", limitMs: askLimitMs };
      const result = await server.use(ctx, ({ request }) => request(ctx, "signOut", {}, about));
      await server.checkAccount(ctx, { localOnly: true });
      // A token in the environment stays.
      return { leftInEnvironment: objectOf(result)["status"] === "OK" };
    },
    check: server.checkAccount,
  };
}

function cancelled(): CopilotError {
  return new CopilotError("cancelled", "The sign-in was cancelled.");
}
