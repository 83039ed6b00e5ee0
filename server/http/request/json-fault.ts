// Where JSON text stops being JSON. `JSON.parse` says it for some faults only, and quotes the text for others; this
// runs after it has failed. Grammar: RFC 8259.

export interface JsonFault {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  readonly message: string;
}

interface Fault {
  readonly offset: number;
  readonly wanted: string;
}

const space = /[ \t\n\r]*/y;
const bareValue = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

function matchAt(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : offset;
}

/** End of the string whose opening quote stands at `start`. A loop, because a pattern could run out of stack. */
function stringEnd(text: string, start: number): number | Fault {
  let offset = start + 1;
  while (offset < text.length) {
    const code = text.charCodeAt(offset);
    if (code === 0x22) return offset + 1;
    if (code < 0x20) return { offset, wanted: "a control character in a string must be escaped" };
    if (code === 0x5c) {
      const end = matchAt(escape, text, offset);
      if (end === offset) return { offset, wanted: "a known escape was expected" };
      offset = end;
    } else offset += 1;
  }
  return { offset, wanted: "a string should go on" };
}

/** End of the string, number or word at `offset`. */
function scalarEnd(text: string, offset: number, wanted: string): number | Fault {
  if (text[offset] === '"') return stringEnd(text, offset);
  const end = matchAt(bareValue, text, offset);
  return end === offset ? { offset, wanted } : end;
}

function findFault(text: string): Fault {
  // One bracket per open array or object: a loop, because nesting may be deeper than the stack.
  const open: ("[" | "{")[] = [];
  let wants: "value" | "key" | "colon" | "after" = "value";
  let mayClose = false;
  let offset = 0;
  for (;;) {
    offset = matchAt(space, text, offset);
    const char = text[offset];
    const top = open.at(-1);
    if (mayClose && ((char === "]" && top === "[") || (char === "}" && top === "{"))) {
      open.pop();
      offset += 1;
      wants = "after";
      mayClose = open.length > 0;
      continue;
    }
    let next: number | Fault;
    switch (wants) {
      case "value":
        if (char === "[" || char === "{") {
          open.push(char);
          offset += 1;
          wants = char === "[" ? "value" : "key";
          mayClose = true;
          continue;
        }
        next = scalarEnd(text, offset, "a value was expected");
        wants = "after";
        mayClose = open.length > 0;
        break;
      case "key":
        if (char !== '"') return { offset, wanted: "a name in double quotes was expected" };
        next = stringEnd(text, offset);
        wants = "colon";
        mayClose = false;
        break;
      case "colon":
        if (char !== ":") return { offset, wanted: "a colon was expected" };
        next = offset + 1;
        wants = "value";
        break;
      case "after":
        if (top === undefined) return { offset, wanted: "nothing more was expected" };
        if (char !== ",")
          return { offset, wanted: top === "[" ? "a comma or ] was expected" : "a comma or } was expected" };
        next = offset + 1;
        wants = top === "[" ? "value" : "key";
        mayClose = false;
        break;
    }
    if (typeof next !== "number") return next;
    offset = next;
  }
}

/** `text` must be something that `JSON.parse` refuses. */
export function findJsonFault(text: string): JsonFault {
  const { offset, wanted } = findFault(text);
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return {
    line: before.split("\n").length,
    column: offset - lineStart + 1,
    message: offset >= text.length ? `it ends where ${wanted}` : wanted,
  };
}
