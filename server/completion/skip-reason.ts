// What is never asked at all, and why: cheap checks of the request and the settings, before any work.

import type { CompletionRequest, DocumentRequest, EmptyReason } from "../../shared/completion.ts";
import { standardLanguageId } from "../../shared/languages.ts";
import { asClosingPunctuation, lineAfterCursor } from "./text/lines.ts";
import type { CompletionSettings } from "./settings.ts";

const minDocumentChars = 10;

/** The reason not to ask, if there is one. `isExcluded`: whether the file must not be sent. */
export function skipReason(
  request: CompletionRequest,
  settings: CompletionSettings,
  isExcluded: boolean,
): EmptyReason | undefined {
  if (!settings.enabled) return "disabled";
  if (isExcluded) return "excluded";
  if (request.kind === "prompt") return request.before === "" && request.after === "" ? "too-short" : undefined;
  if (!isLanguageOn(settings, request)) return "disabled";
  if (isTooShort(request)) return "too-short";
  // A program that names a place in the middle of a line means that position.
  if (request.trigger !== "script" && !asClosingPunctuation(lineAfterCursor(request.after))) return "mid-line";
  return undefined;
}

/** A language as its file is known by. */
export interface NamedLanguage {
  readonly languageId: string;
  readonly editorLanguageId?: string | undefined;
}

/**
 * The editor's own identifier goes before the standard one, both before the parts of a compound one such as
 * `markdown.pandoc`, and these before the language's other names, so that `sh` means `shellscript` as well. Of several
 * parts or other names one that is off suffices. Upper and lower case are the same.
 */
export function isLanguageOn(
  { languages }: Pick<CompletionSettings, "languages">,
  { languageId, editorLanguageId = languageId }: NamedLanguage,
): boolean {
  const switches = new Map(Object.entries(languages).map(([name, isOn]) => [name.toLowerCase(), isOn]));
  const names = [editorLanguageId, languageId].map((name) => name.toLowerCase());
  const bySwitch = names.map((name) => switches.get(name)).find((isOn) => isOn !== undefined);
  const byPart = oneOf(names.flatMap((name) => name.split(".")).map((name) => switches.get(name)));
  return bySwitch ?? byPart ?? byOtherName(switches, languageId) ?? switches.get("*") ?? true;
}

/** A compound name means less than the language that it is of. */
function byOtherName(switches: ReadonlyMap<string, boolean>, languageId: string): boolean | undefined {
  const id = standardLanguageId(languageId);
  const named = [...switches].filter(([name]) => !name.includes(".") && standardLanguageId(name) === id);
  return oneOf(named.map(([, isOn]) => isOn));
}

function oneOf(switches: readonly (boolean | undefined)[]): boolean | undefined {
  return switches.includes(false) ? false : switches.find((isOn) => isOn !== undefined);
}

// A commit message box is short by nature.
function isTooShort({ languageId, beforeOffset, before, after }: DocumentRequest): boolean {
  return languageId !== "scminput" && beforeOffset + before.length + after.length < minDocumentChars;
}
