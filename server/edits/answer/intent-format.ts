// The answer's first line says how sure the model is; the window as it should be follows. Without such a line the model is
// taken to be sure.

import type { AnswerFormat, Intent } from "./hunk.ts";
import { createWindowDiff } from "./window-diff.ts";

const intents: Readonly<Record<string, Intent>> = {
  "<|edit_intent|>no_edit<|/edit_intent|>": "none",
  "<|edit_intent|>low<|/edit_intent|>": "low",
  "<|edit_intent|>medium<|/edit_intent|>": "medium",
  "<|edit_intent|>high<|/edit_intent|>": "high",
  N: "none",
  L: "low",
  M: "medium",
  H: "high",
};

/** `first`: the line of a sure model, for the prediction. */
function intentFormat(first: string): AnswerFormat {
  return {
    prediction: ({ windowLines }) => [first, ...windowLines].join("\n"),
    read(context) {
      const diff = createWindowDiff(context);
      let intent: Intent | undefined;
      return {
        line(text) {
          if (intent !== undefined) return diff.line(text);
          const said = Object.hasOwn(intents, text.trim()) ? intents[text.trim()] : undefined;
          intent = said ?? "high";
          return said === undefined ? diff.line(text) : [];
        },
        // After "nothing" no lines need to follow.
        end: (how) => diff.end(intent === "none" ? "cut" : how),
        intent: () => intent,
      };
    },
  };
}

export const intentTagFormat = intentFormat("<|edit_intent|>high<|/edit_intent|>");
export const intentLetterFormat = intentFormat("H");
