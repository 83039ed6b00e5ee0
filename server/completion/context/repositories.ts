// The repositories that open documents belong to. They are looked up when a document is opened, so that a request finds
// them and never waits for a disk.

import type { OpenDocuments } from "./open-documents.ts";
import { repositoryName } from "./repository.ts";

export interface Repositories {
  /** `owner/name`, once it is known. */
  of(documentId: string): string | undefined;
  /** Waits until the look-up for this document has ended. Never rejects. */
  settled(documentId: string): Promise<void>;
}

interface Deps {
  readonly documents: OpenDocuments;
  /** Addresses of a file's git remotes, the most telling first. Never rejects. */
  readonly findRemotes: (file: string) => Promise<readonly string[]>;
  /** Host of the GitHub server that signs in. */
  readonly serverHost: () => string | undefined;
}

export function createRepositories({ documents, findRemotes, serverHost }: Deps): Repositories {
  const remotes = new Map<string, readonly string[]>();
  const lookUps = new Map<string, Promise<void>>();

  documents.follow({
    opened({ id, file }) {
      if (file === undefined) return;
      const lookUp = findRemotes(file).then((found) => {
        // The document may have been closed meanwhile, or opened as another one.
        if (lookUps.get(id) === lookUp) remotes.set(id, found);
      });
      lookUps.set(id, lookUp);
    },
    closed(id) {
      remotes.delete(id);
      lookUps.delete(id);
    },
  });

  return {
    of: (documentId) => repositoryName(remotes.get(documentId) ?? [], serverHost()),
    settled: async (documentId) => lookUps.get(documentId),
  };
}
