// A terminal that a test types into and reads, for editors that want one: tmux with a server of its own.

import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { vi } from "vitest";

const run = promisify(execFile);

export interface Terminal {
  /** Types text as it is. */
  type(text: string): Promise<void>;
  /** Presses keys by their tmux names: `Enter`, `Escape`, `C-x`. */
  press(...keys: readonly string[]): Promise<void>;
  screen(): Promise<string>;
  /** As `screen`, with colours and attributes as escape sequences (SGR of ECMA-48), and where the cursor is. */
  styledScreen(): Promise<{ readonly text: string; readonly column: number; readonly row: number }>;
  /** Waits until the screen matches, and answers it; fails with the screen as it is. */
  waitFor(pattern: RegExp): Promise<string>;
  close(): Promise<void>;
}

export async function openTerminal(
  command: readonly string[],
  options: {
    readonly environment: Readonly<Record<string, string>>;
    readonly cwd: string;
    readonly columns?: number;
    readonly rows?: number;
  },
): Promise<Terminal> {
  const server = `copilot-lsp-${randomUUID()}`;
  const tmux = (...args: readonly string[]) => run("tmux", ["-L", server, "-f", "/dev/null", ...args]);
  const variables = Object.entries(options.environment).map(([name, value]) => `${name}=${value}`);
  const { columns = 110, rows = 30 } = options;
  const size = ["-x", String(columns), "-y", String(rows), "-c", options.cwd];
  await tmux("new-session", "-d", ...size, "env", "-i", ...variables, ...command, ";", "set", "-g", "escape-time", "0");
  const screen = async (): Promise<string> => (await tmux("capture-pane", "-p")).stdout;
  return {
    async type(text) {
      await tmux("send-keys", "-l", text);
    },
    async press(...keys) {
      await tmux("send-keys", ...keys);
    },
    screen,
    async styledScreen() {
      const [text, cursor] = await Promise.all([
        tmux("capture-pane", "-e", "-p", "-N"),
        tmux("display-message", "-p", "#{cursor_x} #{cursor_y}"),
      ]);
      const [column = 0, row = 0] = cursor.stdout.split(" ").map(Number);
      return { text: text.stdout, column, row };
    },
    async waitFor(pattern) {
      let last = "";
      try {
        return await vi.waitFor(
          async () => {
            last = await screen();
            if (!pattern.test(last)) throw new Error("not yet");
            return last;
          },
          { timeout: 20_000, interval: 40 },
        );
      } catch {
        throw new Error(`${pattern} never appeared. The screen:\n${last}`);
      }
    },
    async close() {
      await tmux("kill-server").catch(() => undefined);
    },
  };
}
