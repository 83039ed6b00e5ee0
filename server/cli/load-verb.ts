// Where the file of each verb is. Each is loaded only when it is asked for.

import type { Verb } from "./verb.ts";

/** In the order in which help lists them. */
const loaders = {
  login: () => import("./verbs/login.ts"),
  logout: () => import("./verbs/logout.ts"),
  use: () => import("./verbs/use.ts"),
  status: () => import("./verbs/status.ts"),
  complete: () => import("./verbs/complete.ts"),
  "next-edit": () => import("./verbs/next-edit.ts"),
  prompt: () => import("./verbs/prompt.ts"),
  setup: () => import("./verbs/setup.ts"),
  serve: () => import("./verbs/serve.ts"),
  page: () => import("./verbs/page.ts"),
  config: () => import("./verbs/config.ts"),
  doctor: () => import("./verbs/doctor.ts"),
  demo: () => import("./verbs/demo.ts"),
  // It is about all of them, this table included.
  completion: async () => ({ verb: (await import("./verbs/completion.ts")).completionVerb(loadVerbs) }),
} as const satisfies Readonly<Record<string, () => Promise<{ readonly verb: Verb }>>>;

export type VerbName = keyof typeof loaders;

export const verbNames = Object.keys(loaders) as readonly VerbName[];

export function isVerbName(word: string): word is VerbName {
  return Object.hasOwn(loaders, word);
}

export async function loadVerb(name: VerbName): Promise<Verb> {
  return (await loaders[name]()).verb;
}

/** Every one, in the order in which help lists them. */
export function loadVerbs(): Promise<readonly Verb[]> {
  return Promise.all(verbNames.map(loadVerb));
}
