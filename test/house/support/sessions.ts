// The examples of a document as they are to be played: cut into sessions, each on a machine of its own.

import { type Part, partsOf } from "./markdown.ts";
import { openStage, type Stage } from "./stage.ts";
import { readHttp, readTranscript } from "./transcript.ts";

export interface Session {
  /** The heading that it stands under, and its line. */
  readonly title: string;
  readonly account: "signed in" | "signed out";
  readonly parts: readonly Part[];
}

/** A session begins with a comment, `session: signed in` or `session: signed out`, and goes on to the next one. */
export function sessionsOf(markdown: string): readonly Session[] {
  const sessions: { title: string; account: Session["account"]; parts: Part[] }[] = [];
  let heading = "";
  for (const part of partsOf(markdown)) {
    if (part.kind === "heading") heading = part.text;
    const account = part.kind === "comment" ? /^session: (signed in|signed out)$/.exec(part.text)?.[1] : undefined;
    if (account === undefined) sessions.at(-1)?.parts.push(part);
    else {
      const title = `${heading} (line ${part.line})`;
      sessions.push({ title, account: account === "signed in" ? account : "signed out", parts: [] });
    }
  }
  return sessions;
}

export async function playSession({ account, parts }: Session): Promise<void> {
  const stage = await openStage(account);
  try {
    stage.prepare(transcriptsOf(parts));
    await playParts(stage, parts);
  } finally {
    await stage.close();
  }
}

async function playParts(stage: Stage, parts: readonly Part[]): Promise<void> {
  let request: string | undefined;
  for (const part of parts) {
    // Other comments are marks for other tests.
    if (part.kind === "comment" && part.text.endsWith(".")) await stage.direct(part.text);
    if (part.kind !== "fence") continue;
    if (part.language === "jsonc") await stage.playTranscript(part.text, part.line);
    if (part.language !== "http") continue;
    if (request !== undefined) await stage.playHttp(request, part.text, part.line);
    request = request === undefined ? part.text : undefined;
  }
  if (request !== undefined) throw new Error(`nothing answers ${request}`);
}

function transcriptsOf(parts: readonly Part[]): readonly string[] {
  return parts.flatMap((part) => (part.kind === "fence" && part.language === "jsonc" ? [part.text] : []));
}

const version = " HTTP/1.1";

/** Names of what the examples hold, to compare with what there is. */
export function namesInExamples(markdown: string): {
  readonly fromClient: ReadonlySet<string>;
  readonly fromServer: ReadonlySet<string>;
  readonly commands: ReadonlySet<string>;
  /** `POST /complete` */
  readonly requests: ReadonlySet<string>;
} {
  const parts = partsOf(markdown);
  const messages = transcriptsOf(parts)
    .flatMap(readTranscript)
    .flatMap((line) => (line.kind === "message" && typeof line.json["method"] === "string" ? [line] : []));
  const methodsOf = (from: "client" | "server"): ReadonlySet<string> =>
    new Set(messages.filter((message) => message.from === from).map(({ json }) => String(json["method"])));
  const commands = messages
    .filter(({ json }) => json["method"] === "workspace/executeCommand")
    .map(({ json }) => (json["params"] as { command: string }).command);
  const requests = parts.flatMap((part) => {
    const first = part.kind === "fence" && part.language === "http" ? readHttp(part.text).first : "";
    return first.endsWith(version) ? [first.slice(0, -version.length)] : [];
  });
  return {
    fromClient: methodsOf("client"),
    fromServer: methodsOf("server"),
    commands: new Set(commands),
    requests: new Set(requests),
  };
}
