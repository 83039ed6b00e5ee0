// Which account answers in which folder, as the person's setting says: globs of folders, each with the name of an account.
// Never chosen by anything else, such as what is left of a plan.

import picomatch from "picomatch";
import { CopilotError } from "../../shared/errors.ts";
import type { AccountBinding } from "../../shared/status.ts";

/** Of a file or folder, `/` or `\` between parts; undefined where none is bound, and without a path. */
export type FindBinding = (path: string | undefined) => AccountBinding | undefined;

const namePattern = /^[a-z0-9][a-z0-9._-]{0,38}$/i;

/** An account's name as it is stored: no two names differ by case alone. Throws `bad-request` for what is no name. */
export function accountName(text: string): string {
  if (namePattern.test(text)) return text.toLowerCase();
  throw new CopilotError("bad-request", `"${text}" is not a name for an account.`, {
    advice: "Use up to 39 letters, digits, dots, hyphens and underscores.",
  });
}

/**
 * `rules`: `GLOB=NAME` each, the first that fits counts. A glob stands for the folders that it names and all that is in
 * them; `~/` is the home folder. Throws `bad-request` for a rule that is none, because a wrong account is worse than none.
 */
export function createFindBinding(rules: readonly string[], homeFolder: string): FindBinding {
  const home = withoutLastSlashes(slashed(homeFolder));
  const compiled = rules.map((rule) => {
    const at = rule.lastIndexOf("=");
    if (at < 1) {
      throw new CopilotError("bad-request", `auth.account: "${rule}" is not GLOB=NAME.`, {
        advice: "Write for example ~/acme/**=work.",
      });
    }
    const glob = withoutLastSlashes(rule.slice(0, at));
    const account = accountName(rule.slice(at + 1));
    const whole = glob === "~" || glob.startsWith("~/") ? escapeGlob(home) + glob.slice(1) : slashed(glob);
    // Names of Windows and macOS differ by case alone no more than accounts do.
    const itself = picomatch(whole, { dot: true, nocase: true });
    const within = picomatch(`${whole}/**`, { dot: true, nocase: true });
    const matches = (path: string): boolean => itself(path) || within(path);
    return { matches, binding: { account, rule } };
  });
  return (path) => (path === undefined ? undefined : compiled.find(({ matches }) => matches(slashed(path)))?.binding);
}

const slashed = (path: string): string => {
  const forward = path.replaceAll("\\", "/");
  return forward === "/" ? forward : withoutLastSlashes(forward);
};

function withoutLastSlashes(path: string): string {
  let end = path.length;
  while (path[end - 1] === "/") end -= 1;
  return path.slice(0, end);
}

const escapeGlob = (path: string): string => path.replaceAll(/[*?[\]{}()!+@\\]/g, "\\$&");
