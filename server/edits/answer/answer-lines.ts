// Cuts a stream of pieces into lines: the same lines, wherever the pieces begin and end.

export interface AnswerLines {
  /** Lines that this piece has ended. */
  push(piece: string): readonly string[];
  /** The line that no line end followed; empty when the text ended in one. */
  end(): string;
}

export function createAnswerLines(): AnswerLines {
  let rest = "";
  return {
    push(piece) {
      const lines = piece.split("\n");
      lines[0] = rest + (lines[0] ?? "");
      rest = lines.pop() ?? "";
      return lines.map(withoutReturn);
    },
    end() {
      const last = rest;
      rest = "";
      return withoutReturn(last);
    },
  };
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
