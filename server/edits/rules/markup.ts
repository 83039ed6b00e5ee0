// A model that writes its prompt's tags, a code fence or an apology has not written code.

import { hasReplacement } from "../../privacy/secrets.ts";
import type { EditRule } from "./rule.ts";

const tags =
  /<\|\/?(?:cursor|code_to_edit|area_around_code_to_edit|current_file_content|edit_diff_history|recently_viewed_code_snippets?|edit_intent|aggressive|linter|cursor_location)\|>|<\/?(?:EDIT|INSERT|NO_CHANGE|NO_EDIT)>/;
const refusal = /^\s*(?:i['\u2019]?m sorry|i am sorry|sorry,|i can(?:no|['\u2019])t (?:assist|help)|as an ai\b)/i;

export const markup: EditRule = {
  name: "markup",
  apply(hunk) {
    const added = hunk.lines.filter((line) => !hunk.old.includes(line));
    const isMarkup = (line: string): boolean => tags.test(line) || /^\s*```/.test(line) || refusal.test(line);
    const holdsMarkup = hunk.old.some(isMarkup);
    return (!holdsMarkup && added.some(isMarkup)) || added.some(hasReplacement) ? undefined : hunk;
  },
};
