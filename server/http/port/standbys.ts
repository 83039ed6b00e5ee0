// The processes that wait for the port at this one, for the page to show. A process says itself which it is.

import type { PageClient } from "../../../shared/page.ts";

export interface Standbys {
  /** Returns the way to take it out again. */
  add(client: PageClient): () => void;
  all(): readonly PageClient[];
  onChange(listener: () => void): () => void;
}

export function createStandbys(): Standbys {
  const clients = new Set<PageClient>();
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  return {
    add(client) {
      clients.add(client);
      changed();
      return () => {
        if (clients.delete(client)) changed();
      };
    },
    all: () => [...clients],
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** How a process names itself on `GET /role`: its id, then the name and version of its editor, percent-encoded. */
export function clientHeader({ pid, name, version }: Omit<PageClient, "isHere">): string {
  return [String(pid), name ?? "", version ?? ""].map(encodeURIComponent).join(" ");
}

const maxNameUnits = 100;

/** Undefined for what does not look like it. */
export function readClientHeader(text: string | undefined): PageClient | undefined {
  try {
    const [pid = "", name, version] = (text ?? "").split(" ").map((part) => decodeURIComponent(part));
    if (!/^\d{1,10}$/.test(pid)) return undefined;
    const short = (part: string | undefined): string | undefined => part?.slice(0, maxNameUnits) || undefined;
    return { pid: Number(pid), name: short(name), version: short(version), isHere: false };
  } catch {
    return undefined;
  }
}
