// Which of our items a client means. Some send the whole item back, some only its command; the command's argument is in
// both.

import { badField, looseObject, readObject } from "../params.ts";

/** The id in `params.item`. Throws `bad-request` when there is none. */
export function itemIdOf(params: unknown): string {
  const item = readObject(readObject(params, "params")["item"], "item");
  const args = looseObject(item["command"])["arguments"];
  const id: unknown = Array.isArray(args) ? args[0] : undefined;
  if (typeof id !== "string") throw badField("item.command.arguments", "an array that begins with the item's id");
  return id;
}
