// One service as the person names it, and where services of its kind usually are.

import type { SignOutOutcome } from "../../../shared/account.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { TokenPlace } from "../../../shared/status.ts";
import type { Secret } from "../../runtime/secret.ts";

export const otherKinds = ["llama.cpp", "ollama", "openai", "mistral", "tabby"] as const;
export type OtherKind = (typeof otherKinds)[number];
/** Kinds whose wire takes raw text, which open models that predict edits need. */
export type EditKind = Extract<OtherKind, "llama.cpp" | "ollama">;

export interface ServiceChoice {
  readonly kind: OtherKind;
  /** The setting that names all of it; absent: `service.kind`, `service.url` and so on. */
  readonly setting?: "edits.service";
  /** Empty: where services of the kind usually are. */
  readonly url: string;
  /** Model to ask; empty: the first that can fill a hole. */
  readonly model: string;
  /** Id of a model family, `server`, or empty: by the model's name. */
  readonly template: string;
  /** Of the service's origin, read when a request needs it; undefined: none. */
  readonly key: (origin: string) => Promise<Secret | undefined>;
  /** Keeps the key for the origin. Answers where. */
  readonly storeKey: (origin: string, key: Secret) => Promise<TokenPlace>;
  /** Forgets what is kept for the origin. */
  readonly forgetKey: (origin: string) => Promise<SignOutOutcome>;
}

/**
 * `KIND`, `KIND@URL` and, at the end of either, `?template=FAMILY` and `#MODEL`, as in
 * `ollama@http://192.168.1.2:11434#qwen2.5-coder:7b-base`. Throws `bad-request`.
 */
export function readChoice(text: string): Pick<ServiceChoice, "kind" | "url" | "model" | "template"> {
  const [, kind = "", url = "", template = "", model = ""] =
    /^([\w.]+)(?:@([^?#]+))?(?:\?template=([^#]*))?(?:#(.*))?$/.exec(text.trim()) ?? [];
  const known = otherKinds.find((one) => one === kind);
  if (known !== undefined) return { kind: known, url, model, template };
  throw new CopilotError("bad-request", `${JSON.stringify(text)} names no service.`, {
    advice: `Write one of ${otherKinds.join(", ")}, and with @ where it is: ollama@http://127.0.0.1:11434.`,
  });
}

/** Of `edits.service`, as `readChoice`; only kinds whose models can be sent raw text. Throws `bad-request`. */
export function readEditChoice(text: string): ReturnType<typeof readChoice> & { readonly kind: EditKind } {
  const choice = readChoice(text);
  const { kind } = choice;
  if (kind === "llama.cpp" || kind === "ollama") return { ...choice, kind };
  throw new CopilotError("bad-request", `edits.service is ${JSON.stringify(text)}, and ${kind} predicts no edits.`, {
    advice: "Name a server of open models: llama.cpp@http://127.0.0.1:8013, or ollama.",
  });
}

/** 8080, the default of llama-server and Tabby, is the port of this program's own listener. */
export const usualUrls: Readonly<Record<OtherKind, string>> = {
  "llama.cpp": "http://127.0.0.1:8012",
  ollama: "http://127.0.0.1:11434",
  openai: "http://127.0.0.1:8000/v1",
  mistral: "https://codestral.mistral.ai",
  tabby: "http://127.0.0.1:8085",
};
