// Which words a model is asked in: those that the person named, else those of the family that its name says. Nothing is
// guessed, for the words of another family bring plausible nonsense and no error.

import { CopilotError } from "../../../shared/errors.ts";
import { familyById, familyOfModel, type ModelFamily, modelFamilies } from "../../../shared/model-families.ts";

/** Undefined where neither says. Throws `bad-request` for a name that is no family. */
export function chooseTemplate(named: string, model: string): ModelFamily | "server" | undefined {
  if (named === "server") return "server";
  if (named === "") return familyOfModel(model);
  const family = familyById(named.toLowerCase());
  if (family) return family;
  throw new CopilotError(
    "bad-request",
    `service.template names ${JSON.stringify(named)}, which is no family of models.`,
    {
      advice: `It is one of: ${familyIds()}, or server.`,
    },
  );
}

/** `server`: what the setting `server` would do, where the service can. */
export function unknownFamily(model: string, server: string | undefined): CopilotError {
  const orServer = server === undefined ? "" : `; or to server, ${server}`;
  return new CopilotError(
    "bad-request",
    `It is not known which words the model ${JSON.stringify(model)} fills a hole with, and nothing is guessed.`,
    { advice: `Set service.template to its family: ${familyIds()}${orServer}.` },
  );
}

function familyIds(): string {
  return modelFamilies.map(({ id }) => id).join(", ");
}
