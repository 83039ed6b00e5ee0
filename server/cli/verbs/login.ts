// `login`: signs this machine in to GitHub with a code that the person enters in a browser, here or on any other device.

import { serviceKeyVariable } from "../../../shared/account.ts";
import type { Ctx } from "../../../shared/context.ts";
import { CopilotError, errorCodeOf } from "../../../shared/errors.ts";
import type { SignInStart, StatusReport, TokenPlace } from "../../../shared/status.ts";
import {
  bindingInWords,
  missedKeychainInWords,
  tokenOf,
  tokenSourceInWords,
  tokenVariables,
} from "../output/account-text.ts";
import { type Arguments, flagValue, hasFlag } from "../args/arguments.ts";
import { signInClient } from "../output/client-text.ts";
import { accountFlag, jsonFlag } from "../args/flags.ts";
import { onEnter } from "../enter-key.ts";
import type { CliEnv, OpenCore } from "../env.ts";
import { type ExitCode, exitCodeOfError, exitCodes } from "../exit-codes.ts";
import { askLine } from "../input/ask-line.ts";
import { durationInWords } from "../../../shared/words/in-words.ts";
import { hasLocalBrowser } from "../open-browser.ts";
import { note, paintFor, plain, print, printJson } from "../output/output.ts";
import type { Verb } from "../verb.ts";
import { waitShowing } from "../output/waiting.ts";

type DeviceFlow = Extract<SignInStart, { kind: "device-flow" }>;

export const verb: Verb = {
  name: "login",
  words: [0, 0],
  takes: "",
  flags: [
    jsonFlag,
    accountFlag,
    { name: "open", doc: "Open the page in the browser without asking" },
    { name: "no-qr", doc: "Show no QR code" },
    { name: "force", doc: "Sign in again, even if the stored sign-in works" },
    {
      name: "store",
      takes: "PLACE",
      choices: ["keychain", "file"],
      doc: "Keep the token in the `keychain` or a `file`; moves one that is there",
    },
    { name: "import", doc: "Take over the sign-in of another Copilot plugin on this machine" },
  ],
  usage: [
    "login [--open] [--no-qr] [--force] [--account NAME] [--json]",
    "login --store keychain|file",
    "login --import",
  ],
  summary: "sign in to GitHub with a one-time code",
  help: [
    "Shows a web address and a one-time code, and waits until the code has been entered there. Any browser on any device will do, so it works over SSH. On a terminal the address is also shown as a QR code, and where a browser is at hand Enter opens it.",
    "Editors that are running notice the sign-in within a second. The token goes into the system's keychain where one takes it, else into a file that only you can read (setting auth.storage); `copilot-lsp status` says where it is. --store moves a token that is there already, and never falls back.",
    "--account signs in another account beside the one without a name. The setting auth.account binds folders to it: `copilot-lsp config auth.account '~/acme=work'`.",
    "With another service than Copilot (`service.kind`), asks for its key instead and stores it for the address of that service alone; from a pipe, the key is the first line.",
    'With --json, one object per line: {"event":"code","userCode","verificationUri","expiresInSeconds"} first, then {"event":"signed-in","user"}; or at once {"event":"already-signed-in","user","source"}, with "unverified" and exit code 4 when GitHub could not be asked whether the token still works.',
  ],
  examples: [
    "copilot-lsp login",
    "copilot-lsp login --open",
    "copilot-lsp login --import    use the sign-in of copilot.vim and its kin",
  ],
  async run(ctx, env, args) {
    const place = placeOf(args);
    const opened = await env.openCore({
      overrides: place && [{ key: "auth.storage", text: place }],
      account: flagValue(args, "account"),
    });
    try {
      if (place && opened.core.account.state().kind !== "not-needed" && !hasFlag(args, "force")) {
        const moved = await move(ctx, env, opened, place, args).catch((error: unknown) => {
          // There is none.
          if (errorCodeOf(error) !== "signed-out") throw error;
        });
        if (moved !== undefined) return moved;
      }
      if (opened.storeKey) return await storeKey(ctx, env, opened.core.report(), opened.storeKey, args);
      return hasFlag(args, "import") ? await takeOver(ctx, env, opened, args) : await signIn(ctx, env, opened, args);
    } finally {
      opened.core.account.cancelSignIn();
      await opened.close();
    }
  },
};

type Place = "keychain" | "file";

function placeOf(args: Arguments): Place | undefined {
  const text = flagValue(args, "store");
  if (text === undefined || text === "keychain" || text === "file") return text;
  throw new CopilotError("bad-request", `--store takes keychain or file, not ${plain(text)}.`);
}

async function move(ctx: Ctx, env: CliEnv, opened: OpenCore, place: Place, args: Arguments): Promise<ExitCode> {
  const { from, to } = await opened.moveSignIn(ctx, place);
  if (hasFlag(args, "json")) {
    printJson(env, { event: "moved", from, to });
    return exitCodes.ok;
  }
  const where = (token: typeof from): string =>
    tokenSourceInWords(env, { source: "store", place: token }, opened.core.report().binding);
  if (from.kind === to.kind) print(env, `The token is in ${where(to)} already.`);
  else print(env, `Moved the token from ${where(from)} to ${where(to)}.`);
  return exitCodes.ok;
}

/** For a service in Copilot's place. */
async function storeKey(
  ctx: Ctx,
  env: CliEnv,
  { server }: StatusReport,
  store: (key: string) => Promise<TokenPlace>,
  args: Arguments,
): Promise<ExitCode> {
  const key = ((await askLine(ctx, env, `Key for ${plain(server)}: `, { hidden: true })) ?? "").trim();
  if (key === "") {
    note(env, "No key was given; nothing was stored.");
    return exitCodes.usage;
  }
  const place = await store(key);
  const where = tokenSourceInWords(env, { source: "store", place }, undefined);
  if (hasFlag(args, "json")) printJson(env, { event: "stored", server, storage: place.kind });
  else print(env, `Stored in ${where}, for ${plain(server)} alone.`);
  const missed = missedKeychainInWords(place);
  if (missed !== undefined) note(env, `It is ${missed}`);
  if (env.environment[serviceKeyVariable]) note(env, `${serviceKeyVariable} holds a key as well, which goes first.`);
  return exitCodes.ok;
}

async function signIn(ctx: Ctx, env: CliEnv, { core }: OpenCore, args: Arguments): Promise<ExitCode> {
  const json = hasFlag(args, "json");
  const start = await core.account.signIn(ctx, { force: hasFlag(args, "force") });
  if (start.kind === "already-signed-in") return sayAlready(env, core, start, json);

  if (json) {
    const { userCode, verificationUri, expiresInSeconds } = start;
    printJson(env, { event: "code", userCode, verificationUri, expiresInSeconds });
  } else await showCode(env, start, !hasFlag(args, "no-qr"));

  const stopOffering = await offerBrowser(env, start.verificationUri, { now: hasFlag(args, "open"), json });
  try {
    const finishing = core.account.finishSignIn(ctx);
    const { user } = json
      ? await finishing
      : await waitShowing(ctx, env, "Waiting for the code to be entered", finishing);
    if (json) printJson(env, { event: "signed-in", user });
    else {
      print(
        env,
        paintFor(env, "stdout")("green", `Signed in as ${plain(user)}${bindingInWords(core.report().binding)}.`),
      );
      const state = core.account.state();
      const missed = missedKeychainInWords(tokenOf(state)?.place);
      if (missed !== undefined) note(env, `The token is ${missed}`);
      for (const name of tokenVariables(env)) {
        note(env, `${name} is set and goes before this sign-in; unset it to use this one.`);
      }
    }
    return exitCodes.ok;
  } catch (error) {
    if (ctx.signal.aborted && !json) note(env, "Sign-in cancelled; nothing was stored.");
    throw error;
  } finally {
    stopOffering();
  }
}

async function showCode(env: CliEnv, start: DeviceFlow, withQr: boolean): Promise<void> {
  const paint = paintFor(env, "stdout");
  const url = plain(start.verificationUri);
  print(env, `Open   ${paint("cyan", url)}`);
  print(env, `Enter  ${paint("bold", plain(start.userCode))}`);
  if (withQr && env.isTerminal.stdout && env.environment["TERM"] !== "dumb") {
    const { renderUnicodeCompact } = await import("uqr");
    const code = renderUnicodeCompact(url, { border: 1 });
    const width = code.indexOf("\n");
    if (width < env.columns) print(env, `\n${code}`);
  }
  print(env, `\nThe code is good for ${durationInWords(start.expiresInSeconds * 1000)}.`);
  if (signInClient(env).isGitHubs) {
    note(
      env,
      "GitHub's page names its own Copilot plugin: this sign-in uses that plugin's client id. See `copilot-lsp status`.",
    );
  }
}

/** Opens the page at once, or on Enter where a person sits before it; else does nothing. Returns the way to stop. */
async function offerBrowser(
  env: CliEnv,
  url: string,
  options: { readonly now: boolean; readonly json: boolean },
): Promise<() => void> {
  const open = async (): Promise<void> => {
    const started = await env.openBrowser(url);
    if (!started && !options.json) note(env, "No browser could be started here; open the address yourself.");
  };
  if (options.now) {
    await open();
    return () => undefined;
  }
  const sitsBefore = env.isTerminal.stdin && env.isTerminal.stderr && hasLocalBrowser(env.platform, env.environment);
  if (options.json || !sitsBefore) return () => undefined;
  note(env, "Press Enter to open the page in the browser here.");
  return onEnter(env.stdin, () => void open());
}

function sayAlready(
  env: CliEnv,
  core: OpenCore["core"],
  { user, unverified }: Extract<SignInStart, { kind: "already-signed-in" }>,
  json: boolean,
): ExitCode {
  const code = unverified === undefined ? exitCodes.ok : exitCodeOfError(unverified.code);
  const state = core.account.state();
  const { binding } = core.report();
  const known = state.kind === "signed-in" || state.kind === "not-authorized" ? state : undefined;
  const source = known?.source;
  if (json) {
    printJson(env, { event: "already-signed-in", user, source, unverified });
    return code;
  }
  const from = known === undefined ? "" : `, by the token from ${tokenSourceInWords(env, known, binding)}`;
  print(env, `Signed in already as ${plain(user)}${bindingInWords(binding)}${from}.`);
  if (unverified === undefined) {
    note(env, "To sign in as someone else: `copilot-lsp logout`, then `copilot-lsp login`.");
  } else {
    note(env, `Whether the token still works could not be verified: ${plain(unverified.message)}`);
    note(env, "To sign in again all the same: `copilot-lsp login --force`.");
  }
  return code;
}

async function takeOver(ctx: Ctx, env: CliEnv, opened: OpenCore, args: Arguments): Promise<ExitCode> {
  const { user, file, warning } = await opened.importSignIn(ctx).catch((error: unknown) => {
    // The command line was right; that there is nothing to take over leaves the person signed out.
    if (!(error instanceof CopilotError) || error.code !== "bad-request") throw error;
    throw new CopilotError("signed-out", error.message, { advice: error.advice });
  });
  if (hasFlag(args, "json")) printJson(env, { event: "signed-in", user, file, warning });
  else {
    print(env, `Signed in as ${plain(user)}, with the sign-in found in ${plain(file)}.`);
    if (warning !== undefined) note(env, plain(warning));
  }
  return exitCodes.ok;
}
