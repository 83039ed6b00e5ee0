// A screen that nobody sees, for editors with windows: Xvfb, typed into with xdotool and looked at with ImageMagick.

import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { vi } from "vitest";

const run = promisify(execFile);

export interface Screen {
  /** Value of `DISPLAY`. */
  readonly display: string;
  /** Resolves with the id of the first window whose title matches. */
  waitForWindow(title: string): Promise<string>;
  /** Presses keys by their X names, such as `Return` and `ctrl+s`, in the window that has the focus. */
  press(...keys: readonly string[]): Promise<void>;
  type(text: string): Promise<void>;
  focus(window: string): Promise<void>;
  /** Red, green and blue of each pixel of a part of the screen. */
  pixels(part: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  }): Promise<Buffer>;
  close(): Promise<void>;
}

/** Throws when a program that `prepare.sh` installs is not there. */
export function installed(name: string): string {
  const path = `/usr/bin/${name}`;
  if (!existsSync(path)) throw new Error(`${name} is not installed: run test/desktop-editors/prepare.sh`);
  return path;
}

export async function openScreen(): Promise<Screen> {
  const server = spawn(installed("Xvfb"), ["-displayfd", "3", "-screen", "0", "1200x800x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const [number] = (await once(server.stdio[3] as Readable, "data")) as [Buffer];
  const display = `:${number.toString().trim()}`;
  const env = { PATH: "/usr/bin:/bin", DISPLAY: display };
  const xdotool = async (...args: readonly string[]): Promise<string> =>
    (await run(installed("xdotool"), [...args], { env })).stdout.trim();
  return {
    display,
    waitForWindow: (title) =>
      vi.waitFor(
        async () => {
          const [window = ""] = (await xdotool("search", "--onlyvisible", "--name", title)).split("\n");
          if (window === "") throw new Error(`there is no window called ${title}`);
          return window;
        },
        { timeout: 60_000, interval: 200 },
      ),
    async press(...keys) {
      await xdotool("key", "--delay", "50", ...keys);
    },
    async type(text) {
      await xdotool("type", "--delay", "80", text);
    },
    async focus(window) {
      await xdotool("windowfocus", "--sync", window);
    },
    async pixels({ x, y, width, height }) {
      const crop = `${width}x${height}+${x}+${y}`;
      const { stdout } = await run(
        installed("import"),
        ["-silent", "-window", "root", "-crop", crop, "-depth", "8", "rgb:-"],
        { env, encoding: "buffer", maxBuffer: 16 * 1024 * 1024 },
      );
      return stdout;
    },
    async close() {
      if (server.exitCode !== null) return;
      const closed = once(server, "close");
      server.kill();
      await closed;
    },
  };
}
