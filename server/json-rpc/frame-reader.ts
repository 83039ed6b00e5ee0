// Cuts a byte stream into message bodies (LSP 3.18, base protocol). Whatever arrives, it finds its way back to the next
// header: a wrong length or junk costs the message it is in, not the session. Knows nothing of JSON-RPC.

export interface FrameSink {
  /** A whole body. False when it is no JSON: it was probably cut wrong, and is searched for the next header. */
  onBody(body: Buffer): boolean;
  /** Bytes were skipped; one sentence why. Told once for each run of them. */
  onFault(reason: string): void;
}

export interface FrameReader {
  push(chunk: Buffer): void;
}

const maxHeaderBytes = 16_384;
// Enough for a header of which only the beginning has arrived.
const keptJunkBytes = 256;
const lengthField = /content-length[ \t]*:[ \t]*([^\r\n]*)/gi;
const headerLine = /^[\w-]+[ \t]*:/;

export function createFrameReader(maxBodyBytes: number, sink: FrameSink): FrameReader {
  let pending: Buffer = Buffer.alloc(0);
  // While a body is awaited: its length, and what has come of it. A large body arrives in thousands of chunks, which
  // are put together once.
  let bodyBytes: number | undefined;
  let chunks: Buffer[] = [];
  let chunkBytes = 0;
  let lost = false;

  const fault = (reason: string): void => {
    if (!lost) sink.onFault(reason);
    lost = true;
  };

  const readHeader = (): boolean => {
    const end = headerEnd(pending);
    if (!end) {
      if (pending.length > maxHeaderBytes) {
        fault(`A message header is at most ${maxHeaderBytes} bytes long.`);
        pending = Buffer.from(pending.subarray(pending.length - keptJunkBytes));
      }
      return false;
    }
    const block = pending.toString("latin1", 0, end.start);
    pending = pending.subarray(end.next);
    const length = readLength(block, maxBodyBytes);
    if (length.kind === "blank") return true;
    if (length.kind === "fault") {
      fault(length.reason);
      return true;
    }
    if (length.afterJunk) fault("The bytes before a message header belong to no message.");
    bodyBytes = length.bytes;
    return true;
  };

  const takeBody = (wanted: number): void => {
    const all = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, chunkBytes);
    const body = all.subarray(0, wanted);
    pending = all.subarray(wanted);
    bodyBytes = undefined;
    chunks = [];
    chunkBytes = 0;
    if (sink.onBody(body)) {
      lost = false;
      return;
    }
    lost = true;
    const next = body.indexOf("Content-Length:");
    if (next >= 0) pending = Buffer.concat([body.subarray(next), pending]);
  };

  return {
    push(chunk) {
      if (bodyBytes === undefined) pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      else {
        chunks.push(chunk);
        chunkBytes += chunk.length;
      }
      for (;;) {
        if (bodyBytes === undefined) {
          if (!readHeader()) return;
          if (bodyBytes === undefined) continue;
          chunks = [pending];
          chunkBytes = pending.length;
          pending = Buffer.alloc(0);
        }
        if (chunkBytes < bodyBytes) return;
        takeBody(bodyBytes);
      }
    },
  };
}

/** Where the empty line begins and what follows it. Bare line feeds are taken too: hand-written clients send them. */
function headerEnd(bytes: Buffer): { readonly start: number; readonly next: number } | undefined {
  const strict = bytes.indexOf("\r\n\r\n");
  const loose = (strict < 0 ? bytes : bytes.subarray(0, strict)).indexOf("\n\n");
  if (loose >= 0) return { start: loose, next: loose + 2 };
  return strict < 0 ? undefined : { start: strict, next: strict + 4 };
}

type Length =
  | { readonly kind: "length"; readonly bytes: number; readonly afterJunk: boolean }
  | { readonly kind: "fault"; readonly reason: string }
  | { readonly kind: "blank" };

/** The last `Content-Length` counts: what stands before it is the rest of a message that was cut wrong. */
function readLength(block: string, maxBodyBytes: number): Length {
  if (block.trim() === "") return { kind: "blank" };
  const lengths = [...block.matchAll(lengthField)];
  const found = lengths.at(-1);
  if (!found) return { kind: "fault", reason: "A message header must hold Content-Length." };
  const value = (found[1] ?? "").trim();
  if (!/^\d+$/.test(value)) {
    return { kind: "fault", reason: `Content-Length must be a number of bytes, not ${JSON.stringify(value)}.` };
  }
  const bytes = Number(value);
  if (bytes > maxBodyBytes) {
    return { kind: "fault", reason: `A message is at most ${maxBodyBytes} bytes long, not ${value}.` };
  }
  const afterJunk = lengths.length > 1 || block.split(/\r?\n/).some((line) => !headerLine.test(line));
  return { kind: "length", bytes, afterJunk };
}
