// Tells of changes in a folder, which may not be there yet: by the system's watches, and by a look now and then where those
// are silent. Knows nothing of what is in it.

import type { FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import type { Clock, Log, Timer } from "../../shared/context.ts";
import { createEmitter } from "../runtime/emitter.ts";
import { errorCode } from "../runtime/error-code.ts";

export interface FolderWatcher {
  /** Called soon after it begins, and within a second of each change. Returns the way to stop. */
  watch(listener: () => void): () => void;
}

/** How often is looked when the system tells of changes, in case it does not; network file systems may not. */
const watchedPollMs = 10_000;
/** How often is looked where there is no watching: two looks within the second in which a change is to be noticed. */
const unwatchedPollMs = 500;

/** `signature` is another text when something has changed; never rejects. Watches only while somebody listens. */
export function createFolderWatcher(
  deps: {
    readonly clock: Clock;
    readonly log: Log;
    /** Of `node:fs`; may throw, as it does where the system has no more watches to give. */
    readonly watch: typeof watch;
  },
  folder: string,
  signature: () => Promise<string>,
): FolderWatcher {
  const { clock, log } = deps;
  const changes = createEmitter<void>(log);
  let listening = 0;
  let stopWatching: (() => void) | undefined;

  const startWatching = (): (() => void) => {
    let watcher: FSWatcher | undefined;
    let watched: string | undefined;
    let timer: Timer | undefined;
    let seen: string | undefined;
    let checking = false;
    let again = false;
    let stopped = false;

    /** Watches the folder or, while it is missing, the nearest folder above it in which it may appear. */
    const follow = async (): Promise<void> => {
      const nearest = await nearestFolder(folder);
      if (stopped || (watcher && nearest === watched)) return;
      watcher?.close();
      watcher = undefined;
      watched = nearest;
      try {
        watcher = deps.watch(nearest, { persistent: false }, check);
        watcher.on("error", () => {
          watcher?.close();
          watcher = undefined;
        });
      } catch (error) {
        log.debug("a folder cannot be watched", { folder: nearest, code: errorCode(error) });
        return;
      }
      // A nearer one may have appeared before this one was watched.
      await follow();
    };
    const look = async (): Promise<void> => {
      again = false;
      await follow();
      const now = await signature();
      const changed = seen !== now;
      seen = now;
      // At the first time, too: whoever read the store before may have read what is no longer there.
      if (changed && !stopped) changes.emit();
      // Something happened while this looked.
      if (again) await look();
    };
    const check = (): void => {
      if (stopped) return;
      again = true;
      if (checking) return;
      checking = true;
      void (async () => {
        await look();
        checking = false;
        timer?.cancel();
        timer = stopped ? undefined : clock.after(watcher ? watchedPollMs : unwatchedPollMs, check);
      })();
    };
    check();
    return () => {
      stopped = true;
      watcher?.close();
      timer?.cancel();
    };
  };

  return {
    watch(listener) {
      const stop = changes.on(() => listener());
      listening += 1;
      stopWatching ??= startWatching();
      let stopped = false;
      return () => {
        if (stopped) return;
        stopped = true;
        stop();
        listening -= 1;
        if (listening > 0) return;
        stopWatching?.();
        stopWatching = undefined;
      };
    },
  };
}

async function nearestFolder(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined);
  const above = path.dirname(folder);
  return found?.isDirectory() || above === folder ? folder : nearestFolder(above);
}
