// The last step before a request goes to a service: secrets in its text are replaced, or the request is not sent.

import { LRUCache } from "lru-cache";
import { detached } from "../runtime/detached-string.ts";
import { commonPrefixLength, commonSuffixLength } from "../runtime/text-units.ts";
import { findSecrets, type FoundSecret, redact } from "./secrets.ts";

/** `redact`: replace secrets. `withhold`: send nothing that holds one. `send`: do not look. */
export type SecretMode = "redact" | "withhold" | "send";

/** The parts of a request that hold text of documents. */
export interface GuardedText {
  /** The text before the cursor; may hold other texts before that. */
  readonly prompt: string;
  readonly suffix: string;
  readonly context: readonly string[] | undefined;
  readonly files: readonly { readonly text: string }[];
}

export type Guarded<T extends GuardedText> =
  | { readonly kind: "send"; readonly request: T; readonly secrets: readonly string[] }
  /** A secret is in the text and `withhold` is set, or the cursor is at the end of one: nothing may be sent. */
  | { readonly kind: "withhold"; readonly secrets: readonly string[] };

export interface SecretGuard {
  /** `secrets`: names of the shapes that were found, one for each place. */
  guard<T extends GuardedText>(request: T): Guarded<T>;
}

interface Scanned {
  readonly text: string;
  readonly found: readonly FoundSecret[];
}

const nothing: Scanned = { text: "", found: [] };
// A prompt shows a handful of blocks of other files.
const maxBlocks = 64;

/** `mode` is read at each request. */
export function createSecretGuard(mode: () => SecretMode): SecretGuard {
  const blocks = new LRUCache<string, Scanned>({ max: maxBlocks });
  let lastPrompt = nothing;
  let lastSuffix = nothing;
  const scanBlock = (text: string): Scanned => {
    const known = blocks.get(text) ?? { text: detached(text), found: findSecrets(text) };
    blocks.set(known.text, known);
    return known;
  };

  return {
    guard(request) {
      const now = mode();
      if (now === "send") return { kind: "send", request, secrets: [] };
      const prompt = scanAgain(lastPrompt, request.prompt);
      const suffix = scanAgain(lastSuffix, request.suffix);
      lastPrompt = prompt;
      lastSuffix = suffix;
      const context = request.context?.map(scanBlock);
      const files = request.files.map((file) => ({ file, scanned: scanBlock(file.text) }));
      const all = [prompt, suffix, ...(context ?? []), ...files.map(({ scanned }) => scanned)];
      const secrets = all.flatMap(({ found }) => found.map(({ name }) => name));
      if (secrets.length === 0) return { kind: "send", request, secrets };
      // What continues a replaced secret would not fit the text that is in the document.
      const isAtCursor = prompt.found.some(({ end }) => end === request.prompt.length);
      if (now === "withhold" || isAtCursor) return { kind: "withhold", secrets };
      return {
        kind: "send",
        request: {
          ...request,
          prompt: redact(request.prompt, prompt.found),
          suffix: redact(request.suffix, suffix.found),
          context: context?.map(({ text, found }) => redact(text, found)),
          files: files.map(({ file, scanned: { text, found } }) => ({ ...file, text: redact(text, found) })),
        },
        secrets,
      };
    },
  };
}

/** As `findSecrets`, which reads only the lines that differ from the last text: on a key that is one of hundreds. */
function scanAgain(last: Scanned, text: string): Scanned {
  if (last.text === text) return last;
  // The only shape that spans lines.
  if ([last.text, text].some((one) => one.includes("PRIVATE KEY")))
    return { text: detached(text), found: findSecrets(text) };
  const start = lineStartAt(text, commonPrefixLength(last.text, text));
  const sameAtEnd = Math.min(commonSuffixLength(last.text, text), text.length - start, last.text.length - start);
  const end = lineEndAt(text, text.length - sameAtEnd);
  const shift = text.length - last.text.length;
  const changed = findSecrets(text.slice(start, end)).map((found) => moved(found, start));
  const above = last.found.filter((found) => found.end <= start);
  const below = last.found.filter((found) => found.start + shift >= end).map((found) => moved(found, shift));
  return { text: detached(text), found: [...above, ...changed, ...below] };
}

function moved({ name, start, end }: FoundSecret, by: number): FoundSecret {
  return { name, start: start + by, end: end + by };
}

function lineStartAt(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

function lineEndAt(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end;
}
