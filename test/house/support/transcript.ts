// The conversations in `shared/PROTOCOL.md`: blocks of JSON with a comment line in front of whatever somebody says or
// does. `// client` and `// server` tell who sends the messages below it; any other comment is a stage direction.

import { parseExample } from "./expectation.ts";

export type Line =
  | { readonly kind: "message"; readonly from: "client" | "server"; readonly json: Json }
  | { readonly kind: "direction"; readonly text: string };

export type Json = Readonly<Record<string, unknown>>;

export function readTranscript(text: string): readonly Line[] {
  const lines: Line[] = [];
  let from: "client" | "server" | undefined;
  let pending: string[] = [];
  const flush = (): void => {
    if (pending.length === 0) return;
    if (!from) throw new Error(`nobody says ${pending.join("\n")}`);
    lines.push({ kind: "message", from, json: parseExample(pending.join("\n")) as Json });
    pending = [];
  };
  for (const line of text.split("\n")) {
    const comment = /^\/\/ (.*)$/.exec(line)?.[1];
    // A message begins at the left edge and goes on indented, up to a brace at the left edge.
    if (comment !== undefined || line.startsWith("{")) flush();
    if (comment === "client" || comment === "server") from = comment;
    else if (comment !== undefined) lines.push({ kind: "direction", text: comment });
    else if (line.trim() !== "") pending.push(line);
  }
  flush();
  return lines;
}

/** A request or an answer as it would stand on the wire. */
export interface HttpExample {
  readonly first: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

export function readHttp(text: string): HttpExample {
  const [head = "", ...rest] = text.split("\n\n");
  const [first = "", ...lines] = head.split("\n");
  const headers = lines.map((line): readonly [string, string] => {
    const colon = line.indexOf(": ");
    return [line.slice(0, colon), line.slice(colon + 2)];
  });
  return { first, headers, body: rest.join("\n\n") };
}
