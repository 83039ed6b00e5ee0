// Opens a web page with the system's own program. Knows nothing of why.

import { spawn } from "node:child_process";

/** Whether a person at this shell would see a browser that is opened here. */
export function hasLocalBrowser(
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  // Over SSH the browser would open on the other machine, if at all.
  if (environment["SSH_CONNECTION"] || environment["SSH_TTY"] || environment["SSH_CLIENT"]) return false;
  if (platform === "darwin" || platform === "win32") return true;
  return Boolean(environment["DISPLAY"] || environment["WAYLAND_DISPLAY"]);
}

/** Program and arguments that open `url`; undefined for what is not a web page. */
export function browserCommand(
  platform: NodeJS.Platform,
  url: string,
): readonly [string, readonly string[]] | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, href } = new URL(url);
  if (protocol !== "https:" && protocol !== "http:") return undefined;
  if (platform === "darwin") return ["open", [href]];
  if (platform === "win32") return ["rundll32", ["url.dll,FileProtocolHandler", href]];
  return ["xdg-open", [href]];
}

/** Resolves with whether the program could be started; what becomes of it is not waited for. Never rejects. */
export function openBrowser(platform: NodeJS.Platform, url: string): Promise<boolean> {
  const command = browserCommand(platform, url);
  if (!command) return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = spawn(command[0], command[1], { detached: true, stdio: "ignore" });
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}
