// A secret store that keeps everything in memory: for a demo, where nothing of the person's is to be read or written.

import type { SecretStore } from "../auth/types.ts";

export function createMemorySecretStore(initial: Readonly<Record<string, string>>): SecretStore {
  const values = new Map(Object.entries(initial));
  const listeners = new Set<() => void>();
  // Later, as with a file: whoever writes is not called back in the middle of it.
  const announce = (): void => {
    queueMicrotask(() => {
      for (const listener of listeners) listener();
    });
  };
  return {
    pathOf: () => "(memory)",
    read: async (key) => values.get(key),
    assertWritable: async () => undefined,
    async write(key, value) {
      values.set(key, value);
      announce();
    },
    keys: async () => [...values.keys()],
    async erase(key) {
      values.delete(key);
      announce();
    },
    async eraseAll(isMeant) {
      for (const key of [...values.keys()].filter(isMeant)) values.delete(key);
      announce();
    },
    watch(listener) {
      const own = (): void => listener();
      listeners.add(own);
      return () => listeners.delete(own);
    },
  };
}
