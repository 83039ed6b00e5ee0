// One service of another kind than Copilot, put together. Loaded only where the person chose one.

import type { Account, SignOutOutcome } from "../../../shared/account.ts";
import type { Clock, Ctx, Log } from "../../../shared/context.ts";
import type { TokenPlace } from "../../../shared/status.ts";
import type { Secret } from "../../runtime/secret.ts";
import type { HttpClient } from "../http/http-client.ts";
import { createServiceCalls, type ServiceCalls } from "./calls.ts";
import { createLlamaCpp } from "./llama-cpp.ts";
import { createModelService, type ModelService } from "./model-service.ts";
import { createMistral } from "./mistral.ts";
import { createNoAccount } from "./no-account.ts";
import { createOllama } from "./ollama.ts";
import { createOpenAi } from "./openai.ts";
import { createTabby } from "./tabby.ts";
import type { ServiceChoice } from "./settings.ts";
import type { Wire } from "./wire.ts";

export interface OtherService {
  readonly service: ModelService;
  readonly account: Account;
  /** For a person: kind and address. */
  readonly name: string;
  /** Its address is this machine's. */
  readonly isLocal: boolean;
  /** Looks whether there is a key; rejects when what is stored cannot be read. Each request looks, too. */
  findKey(): Promise<boolean>;
  /**
   * Keeps a key for the service's origin, and for no other; answers where. Rejects with `sign-in-failed` and the keychain's
   * codes where it cannot be kept, and with `bad-request` where it would never be sent. Undefined: it takes none.
   */
  readonly storeKey: ((key: Secret) => Promise<TokenPlace>) | undefined;
  /** Why the service itself keeps a file back, by rules that it knows; undefined: it does not, or cannot say. Never rejects. */
  exclusionOf?(ctx: Ctx, file: string): Promise<string | undefined>;
  /** The account's state is another one. Returns the way to stop. */
  onChange(listener: () => void): () => void;
  /** Ends the service's process too, where it has one. Idempotent. */
  close(): Promise<void>;
}

interface Deps {
  readonly clock: Clock;
  readonly log: Log;
  readonly http: HttpClient;
  readonly userAgent: string;
}

export function openService({ clock, log, http, userAgent }: Deps, choice: ServiceChoice): OtherService {
  const calls = createServiceCalls({ clock, http, userAgent }, choice);
  const service = createModelService({ clock, log, calls, wire: wireOf(clock, calls, choice) });
  const name = `${choice.kind} at ${calls.host}`;
  const { origin = "" } = calls;
  const forgetKey = async (): Promise<SignOutOutcome> => {
    const outcome = await choice.forgetKey(origin);
    await calls.findKey();
    return outcome;
  };
  return {
    service,
    account: createNoAccount(name, forgetKey),
    name,
    isLocal: calls.isLocal,
    findKey: calls.findKey,
    async storeKey(key) {
      calls.assertPrivate(key);
      return choice.storeKey(origin, key);
    },
    // There is none.
    onChange: () => () => undefined,
    close: async () => service.close(),
  };
}

function wireOf(clock: Clock, calls: ServiceCalls, choice: ServiceChoice): Wire {
  switch (choice.kind) {
    case "llama.cpp":
      return createLlamaCpp({ clock, calls }, choice);
    case "ollama":
      return createOllama({ clock, calls }, choice);
    case "openai":
      return createOpenAi({ calls }, choice);
    case "mistral":
      return createMistral({ calls }, choice);
    case "tabby":
      return createTabby({ calls });
  }
}
