// Bytes in, the `data` of whole events out: cut anywhere, also inside a character, and bounded. The event stream format
// of the HTML standard, section 9.2. Knows nothing of what the data means.

import { StringDecoder } from "node:string_decoder";
import { createParser } from "eventsource-parser";

export interface EventReader {
  /** The data of each event that `bytes` completes. Throws `EventTooLarge`. */
  feed(bytes: Buffer): readonly string[];
  /** The stream has ended: an event that lacks only its blank line counts. */
  end(): readonly string[];
}

const lastAscii = 0x7f;

export class EventTooLarge extends Error {
  override readonly name = "EventTooLarge";
}

/** An event, with the line that is being read, may have `maxCharacters`. */
export function createEventReader(maxCharacters: number): EventReader {
  // Once a part has ended inside a character, or may have: seldom, and one for each stream costs as much as reading it.
  let decoder: StringDecoder | undefined;
  const decode = (bytes: Buffer): string => {
    const isCut = (bytes.at(-1) ?? 0) > lastAscii;
    if (isCut) decoder ??= new StringDecoder("utf8");
    return decoder ? decoder.write(bytes) : bytes.toString("utf8");
  };
  let events: string[] = [];
  let isTooLarge = false;
  const parser = createParser({
    maxBufferSize: maxCharacters,
    onEvent: ({ data }) => events.push(data),
    onError: ({ type }) => {
      if (type === "max-buffer-size-exceeded") isTooLarge = true;
    },
  });
  const feed = (text: string): readonly string[] => {
    if (!isTooLarge) parser.feed(text);
    if (isTooLarge) throw new EventTooLarge(`an event has more than ${maxCharacters} characters`);
    const complete = events;
    events = [];
    return complete;
  };
  return {
    feed: (bytes) => feed(decode(bytes)),
    end: () => feed(`${decoder?.end() ?? ""}\n\n`),
  };
}
