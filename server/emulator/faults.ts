// What a test asked to happen to the next requests: answers scripted in advance, and holds that catch a request until
// it is let go. Knows no endpoint and sends nothing.

import type { Call, Hold, RouteName, ScriptedAnswer } from "./types.ts";

/** What waits for a request that has just arrived. Claimed once, at arrival. */
interface Claim {
  /** Resolves when the request may go on; absent when nothing holds it. */
  readonly released: Promise<void> | undefined;
  readonly answer: ScriptedAnswer | undefined;
}

export interface Faults {
  script(route: RouteName, answer: ScriptedAnswer, times: number): void;
  hold(route: RouteName): Hold;
  claim(call: Call): Claim;
}

interface PendingHold {
  readonly route: RouteName;
  readonly reach: (call: Call) => void;
  readonly released: Promise<void>;
}

export function createFaults(): Faults {
  const scripts: { readonly route: RouteName; readonly answer: ScriptedAnswer; left: number }[] = [];
  const holds: PendingHold[] = [];

  const takeScript = (route: RouteName): ScriptedAnswer | undefined => {
    const index = scripts.findIndex((script) => script.route === route);
    const script = scripts[index];
    if (!script) return undefined;
    script.left -= 1;
    if (script.left <= 0) scripts.splice(index, 1);
    return script.answer;
  };

  const takeHold = (call: Call): Promise<void> | undefined => {
    const index = holds.findIndex((hold) => hold.route === call.route);
    const hold = holds[index];
    if (!hold) return undefined;
    holds.splice(index, 1);
    hold.reach(call);
    return hold.released;
  };

  return {
    script(route, answer, times) {
      if (times > 0) scripts.push({ route, answer, left: times });
    },
    hold(route) {
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      const reached = new Promise<Call>((reach) => {
        holds.push({ route, reach, released });
      });
      return { reached, release: () => release() };
    },
    claim: (call) => ({ answer: takeScript(call.route), released: takeHold(call) }),
  };
}
