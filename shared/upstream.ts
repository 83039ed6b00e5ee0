// JSON as GitHub and the Copilot API put it on the wire. The upstream client parses into these, the emulator answers
// with them. Sources: the endpoints' public documentation where there is any, else what open clients read and send.

/** `POST {server}/login/device/code`. RFC 8628, section 3.2. */
export interface DeviceCodeReply {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  /** Seconds. */
  readonly expires_in: number;
  /** Seconds between polls. */
  readonly interval: number;
}

/** `POST {server}/login/oauth/access_token`: errors come with status 200 as well. RFC 8628, section 3.5. */
export type AccessTokenReply =
  | { readonly access_token: string; readonly token_type: string; readonly scope: string }
  | {
      readonly error: string;
      readonly error_description?: string;
      readonly error_uri?: string;
      /** Seconds; `slow_down` may name the new one. */
      readonly interval?: number;
    };

export interface TokenEndpoints {
  readonly api: string;
  readonly proxy: string;
  readonly telemetry: string;
  readonly "origin-tracker": string;
}

/** `GET {api}/copilot_internal/v2/token`, status 200. Only the first three are always there. */
/**
 * The OAuth client id of GitHub's own Copilot plugins. GitHub exchanges only tokens of its own apps for session tokens, and
 * has promised this id to nobody else.
 */
export const copilotPluginClientId = "Iv1.b507a08c87ecfe98";

export interface CopilotTokenReply {
  readonly token: string;
  /** Seconds since the epoch by the service's clock. */
  readonly expires_at: number;
  /** Seconds. */
  readonly refresh_in: number;
  readonly endpoints?: Partial<TokenEndpoints>;
  readonly sku?: string;
  readonly individual?: boolean;
  readonly chat_enabled?: boolean;
  readonly copilotignore_enabled?: boolean;
  readonly organization_list?: readonly string[] | null;
  /** Remaining counts of a plan with limits. */
  readonly limited_user_quotas?: { readonly chat: number; readonly completions: number } | null;
  /** Seconds since the epoch. */
  readonly limited_user_reset_date?: number | null;
}

/** One rule of `GET {api}/copilot_internal/content_exclusion`. */
export interface ExclusionRuleReply {
  /** Globs: a file whose path one of them matches is excluded. */
  readonly paths: readonly string[];
  /** Regular expressions, bare or as `/pattern/flags`: a text that one of them matches is excluded. */
  readonly ifAnyMatch?: readonly string[];
  /** As above: a text that none of them matches is excluded. */
  readonly ifNoneMatch?: readonly string[];
  readonly source: { readonly name: string; readonly type: string };
}

/** One entry of the answer, for each repository that was asked for, in that order. */
export interface ExclusionReply {
  readonly rules: readonly ExclusionRuleReply[];
  readonly last_updated_at: string | number;
  readonly scope: string;
}

export interface QuotaSnapshot {
  readonly entitlement: number;
  readonly remaining: number;
  readonly percent_remaining: number;
  readonly unlimited: boolean;
  readonly overage_count: number;
  readonly overage_permitted: boolean;
  readonly quota_id: string;
}

/** `GET {api}/copilot_internal/user`. */
export interface CopilotUserReply {
  readonly login: string;
  readonly copilot_plan?: string;
  readonly access_type_sku?: string;
  readonly chat_enabled?: boolean;
  readonly endpoints?: Partial<TokenEndpoints>;
  /** `YYYY-MM-DD`. */
  readonly quota_reset_date?: string;
  /** The same in ISO 8601. */
  readonly quota_reset_date_utc?: string;
  readonly quota_snapshots?: Readonly<Record<string, QuotaSnapshot>>;
}

/** One entry of `GET {api}/models`. */
export interface ModelReply {
  readonly id: string;
  readonly name: string;
  readonly vendor: string;
  readonly version: string;
  readonly object: "model";
  readonly preview: boolean;
  readonly model_picker_enabled?: boolean;
  readonly is_chat_default?: boolean;
  readonly capabilities: {
    readonly type: string;
    readonly family: string;
    readonly tokenizer?: string;
    readonly limits?: Readonly<Record<string, number>>;
    readonly supports?: Readonly<Record<string, boolean>>;
  };
}

/** `GET {proxy}/models`: the models of next edits. */
export interface EditModelsReply {
  readonly models: readonly {
    /** `NESChat` predicts changed lines, `CursorJumpChat` a line. */
    readonly serviceType: string;
    readonly name: string;
    readonly provider: string;
    readonly capabilities: { readonly promptStrategy: string };
  }[];
}

/** One `data:` event of the stream of `POST {proxy}/chat/completions`. The last event is the bare word `[DONE]`. */
export interface ChatCompletionsChunk {
  readonly choices: readonly {
    readonly index: number;
    readonly delta: { readonly role?: string; readonly content?: string };
    readonly finish_reason: string | null;
  }[];
}

/** Body of `POST {proxy}/v1/engines/{model}/completions`. `stream` is always true: the service refuses anything else. */
export interface CompletionsBody {
  readonly prompt: string;
  readonly suffix: string;
  readonly max_tokens: number;
  readonly temperature: number;
  readonly top_p: number;
  readonly n: number;
  readonly stop: readonly string[];
  readonly stream: true;
  /** `owner/repo` of the git remote, lower case. */
  readonly nwo?: string | undefined;
  readonly code_annotations: false;
  readonly extra: {
    /** LSP language identifier; absent when nobody said. */
    readonly language?: string | undefined;
    /** Columns of leading white space of the next line that has text. */
    readonly next_indent: number;
    readonly trim_by_indentation: boolean;
    readonly prompt_tokens: number;
    readonly suffix_tokens: number;
    readonly context?: readonly string[] | undefined;
  };
}

/** One `data:` event of the stream. The last event is the bare word `[DONE]`. */
export interface CompletionsChunk {
  readonly id?: string;
  readonly created?: number;
  readonly model?: string;
  readonly choices: readonly {
    readonly index: number;
    readonly text?: string;
    readonly finish_reason: string | null;
  }[];
}

/** Body of `POST {proxy}/chat/completions`, as next edits ask. */
export interface ChatCompletionsBody {
  readonly messages: readonly { readonly role: "system" | "user"; readonly content: string }[];
  readonly model: string;
  readonly temperature: number;
  readonly top_p: number;
  readonly stream: true;
  /** What the answer is likely to be. */
  readonly prediction?: { readonly type: "content"; readonly content: string } | undefined;
  readonly max_tokens?: number | undefined;
  readonly n: number;
}
