// Why files must not be sent, in words for people. Plain data; knows nothing of how it is decided.

/** Why a file must not be sent. */
export interface Exclusion {
  readonly by: /** `completion.excludeGlobs`. */
    | "setting"
    /** A `.copilotignore`. */
    | "ignore-file"
    /** A rule of an organisation or repository on GitHub. */
    | "organisation"
    /** It is not known which rules hold for it. */
    | "unknown";
  /** A sentence for a person: whose rule it is, or why none is known. */
  readonly message: string;
}

/** What is known of the rules about files that must not be sent. */
export interface ExclusionReport {
  /** Rules of organisations, of each repository that was asked about. */
  readonly repositories: readonly RepositoryRules[];
  /** Files that were kept back, the last first. */
  readonly keptBack: readonly KeptBackFile[];
}

export interface RepositoryRules {
  /** Address of the remote; absent: files outside of any repository. */
  readonly repository?: string;
  /** How many there are; absent while they are not known, so that nothing is sent. */
  readonly rules?: number;
  /** When they were read, milliseconds since the epoch. */
  readonly readAtMs?: number;
  /** Why they could not be read the last time. */
  readonly problem?: string;
}

export interface KeptBackFile extends Exclusion {
  /** Path in the workspace folder, or the file's name. */
  readonly file: string;
  readonly atMs: number;
}
