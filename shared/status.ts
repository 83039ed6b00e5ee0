// What a person may ask of the running process: who is signed in, how it goes, what the plan leaves. Plain data that
// every front shows in its own way; no token is ever part of it.

import type { ReasonCode } from "./completion.ts";
import type { ErrorCode } from "./errors.ts";
import type { ExclusionReport } from "./exclusion.ts";

/** The official server's four kinds. `Inactive`: on purpose silent (disabled, excluded). */
export type StatusKind = "Normal" | "Warning" | "Error" | "Inactive";

export interface Status {
  readonly kind: StatusKind;
  /** An answer is being waited for. */
  readonly busy: boolean;
  /** Absent when all is well. */
  readonly reason?: ReasonCode;
  /** One or two sentences for a person; absent when all is well. */
  readonly message?: string;
}

/** Where the GitHub token in use came from; `official`: GitHub's own language server keeps it. */
export type TokenSource = "GH_COPILOT_TOKEN" | "GITHUB_COPILOT_TOKEN" | "store" | "demo" | "official";

/** Where a stored GitHub token is kept. */
export type TokenPlace =
  /** In a file that only the person can read. `keychainMissed`: why no keychain took it, where one was tried. */
  | { readonly kind: "file"; readonly keychainMissed?: string }
  /** In the system's keychain; `name` is what that is called there, `answeredMs` how long it took to give the token. */
  | { readonly kind: "keychain"; readonly name: string; readonly answeredMs?: number };

/** Why an account answers that is not the one without a name. */
export interface AccountBinding {
  /** Its name, as `copilot-lsp login --account` was given it. */
  readonly account: string;
  /** The entry of the setting `auth.account` that binds it to the folder; absent where a flag named it. */
  readonly rule?: string;
}

export type AccountState =
  /** The token has not been looked for yet. */
  | { readonly kind: "unknown" }
  | {
      readonly kind: "signed-out";
      /** Absent: there is no token, or GitHub does not take it. Else it is in a keychain that does not give it. */
      readonly reason?: "keychain-locked" | "keychain-unavailable";
      /** Of the token that GitHub does not take; absent: there is none. */
      readonly source?: TokenSource;
      /** Of a stored token. */
      readonly place?: TokenPlace;
      readonly user?: string;
      readonly message?: string;
    }
  /** The service in use wants none; `name` says which it is and where. */
  | {
      readonly kind: "not-needed";
      readonly name: string;
      /** Why the service that was chosen does not answer, where this one does so in its place. */
      readonly inPlaceOf?: "signed-out" | "not-authorized";
    }
  /** There is a GitHub token; `user` once GitHub has named it. */
  | {
      readonly kind: "signed-in";
      readonly source: TokenSource;
      /** Of a stored token. */
      readonly place?: TokenPlace;
      readonly user?: string;
    }
  /** GitHub knows the person but gives no Copilot: `message` and `url` are the service's own. */
  | {
      readonly kind: "not-authorized";
      readonly source: TokenSource;
      readonly place?: TokenPlace;
      readonly user?: string;
      readonly message: string;
      readonly url?: string;
    };

export type SignInStart =
  /** `unverified`: why GitHub could not be asked whether the stored token still works. */
  | {
      readonly kind: "already-signed-in";
      readonly user: string;
      readonly unverified?: { readonly code: ErrorCode; readonly message: string };
    }
  | {
      readonly kind: "device-flow";
      readonly userCode: string;
      readonly verificationUri: string;
      readonly expiresInSeconds: number;
      readonly intervalSeconds: number;
    };

/** One of the plan's allowances, or one of the limits on its use, as far as the service has told. */
export interface Quota {
  readonly unlimited: boolean;
  /** At most 100; below 0 where more was used than is granted: -20 means that 120 % are used. */
  readonly percentRemaining: number;
  /** What is granted; 0 where the plan has none of it. */
  readonly entitlement?: number;
  /** Of `entitlement`; may be below 0. */
  readonly remaining?: number;
  /** Whether the plan goes on, for money, when nothing is left. */
  readonly overagePermitted?: boolean;
  /** How much was used beyond what is granted; absent where nothing was. */
  readonly overageUsed?: number;
  /** How much was used, where the service counts that by itself. */
  readonly used?: number;
  /** It is counted in AI credits. */
  readonly inCredits?: true;
  /** When it is full again, where it has a limit: an instant in ISO 8601, or `YYYY-MM-DD` where the service names a day. */
  readonly resetsAt?: string;
}

export interface SessionReport {
  /** By this machine's clock, milliseconds since the epoch. */
  readonly expiresAtMs: number;
  readonly refreshAtMs: number;
  readonly sku?: string;
  /** As the service writes it. */
  readonly plan?: string;
  /** The account pays by AI credits. */
  readonly tokenBasedBilling?: boolean;
  /** As the service writes it. */
  readonly quotaResetDate?: string;
  /** By the service's name of the allowance: `completions`, `chat`, `premium_interactions` and whatever else it names. */
  readonly quotas: Readonly<Record<string, Quota>>;
  /**
   * Limits on the use of the service within a time, by the service's name: `session` (some hours), `weekly`. Absent
   * until an answer names one.
   */
  readonly limits?: Readonly<Record<string, Quota>>;
  /** Host names the token says to use, without paths. */
  readonly endpoints: { readonly api: string; readonly proxy: string };
}

/** A service that is used in Copilot's place, as far as it has been looked up. */
export interface ServiceReport {
  readonly kind: string;
  /** Host and port, or the path of a program; empty where it is not there. */
  readonly address: string;
  /** A key is sent to it. */
  readonly hasKey: boolean;
  readonly model?: string;
  /** Family whose words are used; `server`: the service puts the text together itself. */
  readonly template?: string;
  readonly contextTokens?: number;
  /** Of the last answer. */
  readonly tokensPerSecond?: number;
  /** Of a program: what it says itself, and what this start of it took. */
  readonly version?: string;
  readonly startedInMs?: number;
  readonly processId?: number;
  /** Whose process that is, where several may share one: for a person. */
  readonly sharing?: string;
}

/** Everything `status`, `GET /status` and `copilot.status` show. */
export interface StatusReport {
  readonly version: string;
  readonly status: Status;
  readonly account: AccountState;
  /** Absent: the account without a name answers. */
  readonly binding?: AccountBinding;
  /** The GitHub server that signs in, as a URL. */
  readonly server: string;
  readonly session?: SessionReport;
  /** Absent for Copilot. */
  readonly service?: ServiceReport;
  /** Engine that the next completion would ask; absent until known. */
  readonly model?: string;
  /** The last answer that held nothing, and why. */
  readonly lastEmpty?: { readonly reason: ReasonCode; readonly atMs: number };
  readonly completions: { readonly asked: number; readonly answered: number; readonly empty: number };
  /** Absent while no rule was asked about and no file was kept back. */
  readonly exclusions?: ExclusionReport;
}

/** A model of the account, as `GET {api}/models` lists it. */
export interface ModelInfo {
  readonly id: string;
  readonly name: string;
  readonly vendor: string;
  readonly kind: "completion" | "chat" | "embeddings" | "other";
  readonly preview: boolean;
}
