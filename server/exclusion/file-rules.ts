// The verdict on a file, from the setting, the `.copilotignore` files and the rules of organisations. The only place where
// it is decided.

import { basename, dirname, isAbsolute, resolve } from "node:path";
import { LRUCache } from "lru-cache";
import type { Clock, Ctx, Log } from "../../shared/context.ts";
import type { Exclusion, ExclusionReport, KeptBackFile } from "../../shared/exclusion.ts";
import { atMost } from "../runtime/cancel.ts";
import { whenAll } from "../runtime/when-all.ts";
import { createIgnoreFiles } from "./ignore-files.ts";
import type { Organisation, Subject } from "./organisation.ts";
import { belowFolder } from "./paths.ts";
import { createFileLocations, type FileLocation, type LocatedPath, type WorkTree } from "./file-locations.ts";
import type { Rule } from "./rule-set.ts";
import type { GlobExclusion } from "./setting-globs.ts";
import type { FileRules, NamedFile, TextSource } from "./types.ts";

export interface FileRulesDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** What paths that are not absolute begin in. */
  readonly cwd: string;
  /** Rejects when a file of git cannot be read. */
  readonly findWorkTrees: (file: string) => Promise<readonly WorkTree[]>;
  /**
   * Whether the account may have rules of an organisation, by its last session token; undefined: it has had none, so that
   * nothing can be sent for it.
   */
  readonly hasOrganisationRules: () => boolean | undefined;
  /** As `GitHubApi.fetchExclusionRules`. */
  readonly fetchRules: (ctx: Ctx, remotes: readonly string[] | "outside") => Promise<readonly (readonly Rule[])[]>;
  /** Waits for a session token, if one can be had. */
  readonly waitForSession: () => Promise<void>;
  /** A file is kept back that was not, or was by another kind of rule. */
  readonly onKeptBack: (by: Exclusion["by"]) => void;
}

export interface RunningFileRules extends FileRules {
  report(): ExclusionReport;
  /** Rules of organisations are read again when they are next needed. */
  renew(): void;
  /** It is another account: nothing that is known of organisations holds. */
  forget(): void;
  close(): void;
}

const maxKeptBack = 20;
const maxRounds = 2;
// A verdict is asked for every open document on every key.
const lookAgainMs = 1_000;
// For a person who waits at a shell; without a session nothing is sent.
const sessionWaitMs = 3_000;

/** `settings` is read at each question. */
export function createFileRules(
  deps: FileRulesDeps,
  settings: () => { readonly isExcluded: GlobExclusion },
): RunningFileRules {
  const locations = createFileLocations(deps);
  const foldersOf = createFolders();
  const ignoreFiles = createIgnoreFiles(deps);
  const keptBack = new LRUCache<string, KeptBackFile>({ max: maxKeptBack });
  const bySetting = new WeakMap<NamedFile, { readonly rule: GlobExclusion; readonly isKept: boolean }>();
  const lookedAt = new WeakMap<NamedFile, number>();
  let organisation: Organisation | undefined;
  let loading: Promise<void> | undefined;

  const load = (): Promise<void> => {
    loading ??= (async () => {
      const { createOrganisation } = await import("./organisation.ts");
      organisation = createOrganisation({ ...deps, fetch: deps.fetchRules });
    })();
    return loading;
  };

  const settleOrganisation = (subject: Subject): Promise<void> | undefined => {
    if (deps.hasOrganisationRules() !== true) return undefined;
    return organisation ? organisation.settle(subject) : load().then(() => organisation?.settle(subject));
  };

  const settlePath = (file: NamedFile, path: string): Promise<void> | undefined => {
    const below = (): Promise<void> | undefined => {
      const location = locations.get(path);
      if (!location) return undefined;
      return whenAll([
        ...location.paths.map((located) => ignoreFiles.settle(foldersOf(located, workspaceOf(file)))),
        isElsewhere(file, location) ? undefined : settleOrganisation(location),
      ]);
    };
    const lookUp = locations.settle(path);
    return lookUp ? lookUp.then(below) : below();
  };

  const settleOnce = (file: NamedFile): Promise<void> | undefined => {
    const paths = pathsOf(file, deps.cwd);
    if (paths.length === 0) return settleOrganisation({ names: file.otherNames ?? [] });
    return whenAll(paths.map((path) => settlePath(file, path)));
  };

  /** A session token that came meanwhile may have said that there are further rules. */
  const settle = (file: NamedFile): Promise<void> | undefined =>
    settleOnce(file)?.then(async () => {
      for (let rounds = 0; rounds < maxRounds; rounds += 1) await settleOnce(file);
    });

  const byOrganisation = (subject: Subject, text: TextSource): Exclusion | undefined => {
    if (deps.hasOrganisationRules() !== true) return undefined;
    return organisation
      ? organisation.verdict(subject, text)
      : { by: "unknown", message: "The rules of your organisation are not read yet." };
  };

  /** A path that a program names may be of another folder than it seems. */
  const anywhere = ({ path, file }: NamedFile): Exclusion | undefined => {
    if (path === undefined || file !== undefined || isAbsolute(path)) return undefined;
    return deps.hasOrganisationRules() === true ? organisation?.verdictAnywhere(path) : undefined;
  };

  const verdictAt = (file: NamedFile, path: string, text: TextSource): Exclusion | undefined => {
    const location = locations.get(path);
    if (!location)
      return { by: "unknown", message: "It is not known yet where the file lies, and which rules hold for it." };
    const workspace = workspaceOf(file);
    for (const located of location.paths) {
      const exclusion = ignoreFiles.verdict(located.path, foldersOf(located, workspace));
      if (exclusion) return exclusion;
    }
    if (isElsewhere(file, location) && deps.hasOrganisationRules() === true)
      return { by: "unknown", message: "The file is not on this machine, so it is not known which rules hold for it." };
    return byOrganisation(location, text) ?? anywhere(file);
  };

  /** Globs are matched once for an open document, not on each key. */
  const isKeptBySetting = (file: NamedFile): boolean => {
    const { isExcluded } = settings();
    const known = bySetting.get(file);
    if (known?.rule === isExcluded) return known.isKept;
    const isKept = isExcludedBySetting(isExcluded, file);
    bySetting.set(file, { rule: isExcluded, isKept });
    return isKept;
  };

  const lookAgain = (file: NamedFile): void => {
    const nowMs = deps.clock.monotonicMs();
    const lookedAtMs = lookedAt.get(file);
    if (lookedAtMs !== undefined && nowMs - lookedAtMs < lookAgainMs) return;
    lookedAt.set(file, nowMs);
    // Behind the request that the verdict was asked for.
    setImmediate(() => void settle(file));
  };

  const note = (file: NamedFile, exclusion: Exclusion): void => {
    const name = nameOf(file);
    const isNews = keptBack.get(name)?.by !== exclusion.by;
    keptBack.set(name, { ...exclusion, file: name, atMs: deps.clock.nowMs() });
    if (isNews && exclusion.by !== "unknown") deps.onKeptBack(exclusion.by);
  };

  const judge = (file: NamedFile, text: TextSource): Exclusion | undefined => {
    if (isKeptBySetting(file))
      return { by: "setting", message: "completion.excludeGlobs keeps this file from being sent." };
    const paths = pathsOf(file, deps.cwd);
    if (paths.length === 0) return byOrganisation({ names: file.otherNames ?? [] }, text);
    for (const path of paths) {
      const exclusion = verdictAt(file, path, text);
      if (exclusion) return exclusion;
    }
    return undefined;
  };

  return {
    settle,
    settleAccount() {
      if (deps.hasOrganisationRules() !== undefined) return undefined;
      return atMost(deps.clock, sessionWaitMs, deps.waitForSession()).catch(() => undefined);
    },
    verdict(file, text) {
      lookAgain(file);
      const exclusion = judge(file, text);
      if (exclusion?.by === "unknown") void settle(file);
      if (exclusion) note(file, exclusion);
      return exclusion;
    },
    report: () => ({
      repositories: organisation?.report() ?? [],
      keptBack: [...keptBack.values()],
    }),
    renew: () => organisation?.cache.renew(),
    forget: () => organisation?.cache.forget(),
    close: () => organisation?.cache.close(),
  };
}

function isExcludedBySetting(isExcluded: GlobExclusion, { path, file, otherNames = [] }: NamedFile): boolean {
  return isExcluded(path, file) || otherNames.some((name) => isExcluded(name));
}

function nameOf({ path, file = "", otherNames = [] }: NamedFile): string {
  return path ?? (basename(file) || otherNames[0] || "untitled");
}

/** The paths on this machine that a file may be meant by; none for untitled text. */
function pathsOf({ path, file, otherNames = [] }: NamedFile, cwd: string): readonly string[] {
  if (file !== undefined && isAbsolute(file)) return [file];
  const absolute = otherNames.filter((name) => isAbsolute(name));
  if (absolute.length > 0) return [...new Set(absolute)];
  return path === undefined ? [] : [resolve(cwd, path)];
}

/** A path of an address that names no file of this machine, such as one over ssh, and there is no such folder here. */
function isElsewhere({ path = "", file, otherNames = [] }: NamedFile, { isHere }: FileLocation): boolean {
  return file === undefined && !isHere && [path, ...otherNames].some((name) => isAbsolute(name));
}

/** The workspace folder, as far as the relative path tells it. */
function workspaceOf({ path, file }: NamedFile): string | undefined {
  if (path === undefined || file === undefined || !file.endsWith(`/${path}`)) return undefined;
  return file.slice(0, -path.length - 1) || "/";
}

/** As `foldersAround`, once for each path. */
function createFolders(): typeof foldersAround {
  const known = new WeakMap<
    LocatedPath,
    { readonly workspace: string | undefined; readonly folders: readonly string[] }
  >();
  return (located, workspace) => {
    const found = known.get(located);
    if (found && found.workspace === workspace) return found.folders;
    const folders = foldersAround(located, workspace);
    known.set(located, { workspace, folders });
    return folders;
  };
}

/** Innermost first, from the file's up to the outermost of the work trees and the workspace folder that it lies in. */
function foldersAround({ path, trees = [] }: LocatedPath, workspace: string | undefined): readonly string[] {
  const roots = [...trees.map(({ root }) => root), ...(workspace === undefined ? [] : [workspace])];
  const folders = [dirname(path)];
  for (;;) {
    const last = folders.at(-1) ?? "";
    const parent = dirname(last);
    const isInside = roots.some((root) => belowFolder(last, root) !== undefined);
    if (!isInside || parent === last) return folders;
    folders.push(parent);
  }
}
