// What the JSON-RPC library asks of the platform. Its own layer for Node brings a reader, a writer and the modules they
// need; of all that only the immediates of its queue are used here, and start-up is quicker without the rest.

import { RAL } from "./library.ts";

/** The library keeps one layer per process; every connection installs the same. */
export function installPlatform(): void {
  RAL.install(platform);
}

const unused = (): never => {
  throw new Error("The message streams are read and written here, not by the library.");
};

const platform: RAL = {
  messageBuffer: { create: unused },
  applicationJson: {
    encoder: { name: "application/json", encode: unused },
    decoder: { name: "application/json", decode: unused },
  },
  console: { info() {}, log() {}, warn() {}, error() {} },
  timer: {
    setTimeout: unused,
    setInterval: unused,
    setImmediate(callback, ...args) {
      const handle = setImmediate(callback, ...args);
      return { dispose: () => clearImmediate(handle) };
    },
  },
};
