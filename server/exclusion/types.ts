// The one question that stands before everything that is sent: may this file leave the machine, and if not, why?

import type { DocumentText, OpenDocument } from "../../shared/documents.ts";
import type { Exclusion } from "../../shared/exclusion.ts";

/** What rules about files go by. */
export type NamedFile = Pick<OpenDocument, "path" | "file" | "otherNames">;

/** Undefined: the text is not known, so that rules that go by it exclude the file. */
export type TextSource = (() => DocumentText) | undefined;

export interface FileRules {
  /**
   * Why `file` must not be sent, by what is known now; undefined: it may be. Reads no disk and asks nobody, and begins to
   * look up in the background what is not known, which is excluded until then. `text`: what some rules go by, and not
   * read for others.
   */
  verdict(file: NamedFile, text: TextSource): Exclusion | undefined;
  /**
   * Resolves when nothing is gained by waiting any longer before `verdict` is asked about `file`; undefined: at once. Never
   * rejects. Who waits no longer does not stop what is under way, which has a limit of its own.
   */
  settle(file: NamedFile): Promise<void> | undefined;
  /**
   * Resolves when it is known whether the account has rules of an organisation, or cannot be known now; undefined: it is.
   * Only for who sends nothing: what is sent has a session token, which says so. Never rejects.
   */
  settleAccount(): Promise<void> | undefined;
}
