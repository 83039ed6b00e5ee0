// One core for each account: a request goes to the core of the account that its file is bound to, and an open document is
// told to that core alone, so that no text of one account's folders is sent for another. A core of another account than
// the process's own is opened when the first of its files comes.

import type { CompletionRequest } from "../../shared/completion.ts";
import type { OpenDocument } from "../../shared/documents.ts";
import type { EditRequest } from "../../shared/edits.ts";
import type { Core } from "./types.ts";

export interface CoreByAccountDeps {
  /** The process's own: it says account and status, and answers what is of no file. */
  readonly own: Core;
  /** The account of a file; undefined: the process's own. */
  readonly accountOf: (file: string | undefined) => string | undefined;
  /** Called once for each account. */
  readonly open: (account: string) => Promise<Core>;
  readonly onOpenFailed: (error: unknown) => void;
}

interface Other {
  readonly opening: Promise<Core>;
  core?: Core;
  /** What it is to be told of once it is open. */
  readonly documents: Map<string, OpenDocument>;
}

export function createCoreByAccount({ own, accountOf, open, onOpenFailed }: CoreByAccountDeps): Core {
  const others = new Map<string, Other>();
  const accountOfDocument = new Map<string, string>();
  const warned = new Map<(message: string) => void, (() => void)[]>();
  let focused: string | undefined;

  const otherOf = (account: string): Other => {
    const known = others.get(account);
    if (known) return known;
    const documents = new Map<string, OpenDocument>();
    const other: Other = { opening: open(account), documents };
    others.set(account, other);
    other.opening.then(
      (core) => {
        other.core = core;
        for (const [listener, stops] of warned) stops.push(core.onQuotaWarning(listener));
        for (const document of documents.values()) core.documents.opened(document);
        if (focused !== undefined && documents.has(focused)) core.documents.focused(focused);
      },
      (error: unknown) => {
        // The next request tries again.
        others.delete(account);
        onOpenFailed(error);
      },
    );
    return other;
  };
  const coreOf = async (account: string | undefined): Promise<Core> =>
    account === undefined ? own : otherOf(account).opening;
  const coreFor = (request: CompletionRequest | EditRequest): Promise<Core> => {
    const file = "file" in request ? request.file : "path" in request ? request.path : undefined;
    return coreOf(accountOf(file) ?? ("documentId" in request ? accountOfDocument.get(request.documentId) : undefined));
  };
  const all = (): readonly Core[] => [own, ...[...others.values()].flatMap(({ core }) => core ?? [])];
  const close = (id: string): void => {
    accountOfDocument.delete(id);
    for (const { documents } of others.values()) documents.delete(id);
    for (const core of all()) core.documents.closed(id);
  };

  return {
    ...own,
    complete: async (ctx, request, ...rest) => (await coreFor(request)).complete(ctx, request, ...rest),
    prompt: async (ctx, request) => (await coreFor(request)).prompt(ctx, request),
    nextEdit: async (ctx, request) => (await coreFor(request)).nextEdit(ctx, request),
    exclusionOf: async (ctx, named, text) => (await coreOf(accountOf(named.file))).exclusionOf(ctx, named, text),
    lookUpRules: async (ctx, folder) => (await coreOf(accountOf(folder))).lookUpRules(ctx, folder),
    nextEditPrompt: async (ctx, request) => (await coreFor(request)).nextEditPrompt(ctx, request),
    // Each account has a plan of its own.
    onQuotaWarning(listener) {
      const stops = all().map((core) => core.onQuotaWarning(listener));
      warned.set(listener, stops);
      return () => {
        warned.delete(listener);
        for (const stop of stops) stop();
      };
    },
    shown(itemId) {
      for (const core of all()) core.shown(itemId);
    },
    accepted(itemId, part) {
      for (const core of all()) core.accepted(itemId, part);
    },
    rejected(itemIds) {
      for (const core of all()) core.rejected(itemIds);
    },
    documents: {
      opened(document) {
        // It may have been another account's under the same name.
        close(document.id);
        const account = accountOf(document.file);
        if (account === undefined) return own.documents.opened(document);
        const other = otherOf(account);
        accountOfDocument.set(document.id, account);
        other.documents.set(document.id, document);
        other.core?.documents.opened(document);
      },
      changed(id, lines) {
        for (const core of all()) core.documents.changed(id, lines);
      },
      closed: close,
      focused(id) {
        focused = id;
        for (const core of all()) core.documents.focused(id);
      },
    },
  };
}
