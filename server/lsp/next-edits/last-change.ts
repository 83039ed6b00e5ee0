// Where the person changed something last, for what is asked without a place, and who is told of each change.

import type { DocumentObserver } from "../../../shared/documents.ts";

export interface LastChange {
  readonly uri: string;
  /** The last line that the change touches. */
  readonly line: number;
}

export interface ChangeWatch {
  /** Passes everything on. */
  readonly observer: DocumentObserver;
  /** Undefined before the first change, and when its document was closed. */
  last(): LastChange | undefined;
  onChange(listener: (uri: string) => void): void;
}

export function createChangeWatch(next: DocumentObserver): ChangeWatch {
  const listeners: ((uri: string) => void)[] = [];
  let last: LastChange | undefined;
  const tell = (uri: string): void => {
    for (const listener of listeners) listener(uri);
  };
  return {
    observer: {
      opened: next.opened,
      changed(id, lines) {
        last = { uri: id, line: lines.newEndLine };
        next.changed(id, lines);
        tell(id);
      },
      closed(id) {
        if (last?.uri === id) last = undefined;
        next.closed(id);
        tell(id);
      },
      focused: next.focused,
    },
    last: () => last,
    onChange: (listener) => void listeners.push(listener),
  };
}
