// A desktop as far as the keychain knows one: a session bus of its own, with or without a real gnome-keyring on it.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./eventually.ts";

export interface Desktop {
  /** What a program of this desktop has in its environment. */
  readonly environment: { readonly HOME: string; readonly DBUS_SESSION_BUS_ADDRESS: string };
  /** Ends the keyring; the bus starts another one, which is locked, when somebody asks for it. */
  lock(): Promise<void>;
  /** How many items of the service `service` the keyring has, whatever their names; locked ones count. */
  countItems(service: string): number;
  /** SIGSTOP: it is there and answers nothing. */
  freeze(): void;
  close(): Promise<void>;
}

function find(program: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const needed = ["dbus-daemon", "dbus-send", "gnome-keyring-daemon"];
const missing = process.platform === "linux" ? needed.filter((program) => !find(program)) : ["Linux"];

/** Why there can be no desktop here; undefined when there can. Said aloud by whoever leaves tests out because of it. */
export const noDesktop: string | undefined =
  missing.length === 0 ? undefined : `NOT TESTED with a real keychain: ${missing.join(", ")} missing`;

/** `keyring`: whether one runs, unlocked, and can be started by the bus. `home` is kept when it is given. */
export async function openDesktop(options: { readonly keyring: boolean; readonly home?: string }): Promise<Desktop> {
  const folder = mkdtempSync(join(tmpdir(), "desktop-"));
  const home = options.home ?? join(folder, "home");
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const config = join(folder, "bus.conf");
  writeFileSync(
    config,
    `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${join(folder, "bus")}</listen>
  ${options.keyring ? "<standard_session_servicedirs/>" : ""}
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>`,
  );
  const environment = { HOME: home, DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(folder, "bus")}` };
  const env = { PATH: process.env["PATH"], XDG_RUNTIME_DIR: folder, ...environment };
  const children: ChildProcess[] = [];
  const start = (program: string, args: readonly string[], input = ""): ChildProcess => {
    const child = spawn(program, args, { env, stdio: ["pipe", "ignore", "ignore"] });
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    children.push(child);
    return child;
  };
  const call = (member: string, name: string): string =>
    execFileSync(
      "dbus-send",
      [
        "--session",
        "--print-reply=literal",
        "--dest=org.freedesktop.DBus",
        "/org/freedesktop/DBus",
        `org.freedesktop.DBus.${member}`,
        `string:${name}`,
      ],
      { env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
    );
  const secrets = "org.freedesktop.secrets";
  const keyringPid = (): number => Number(/\d+$/.exec(call("GetConnectionUnixProcessID", secrets).trim())?.[0]);

  start("dbus-daemon", ["--nofork", `--config-file=${config}`]);
  await eventually(() => call("NameHasOwner", secrets));
  if (options.keyring) {
    start("gnome-keyring-daemon", ["--foreground", "--unlock", "--components=secrets"], "password");
    await eventually(() => keyringPid());
  }
  let frozen: number | undefined;
  return {
    environment,
    async lock() {
      process.kill(keyringPid(), "SIGKILL");
      await eventually(() => {
        if (call("NameHasOwner", secrets).includes("true")) throw new Error("the keyring is still there");
      });
    },
    countItems(service) {
      const reply = execFileSync(
        "dbus-send",
        [
          "--session",
          "--print-reply",
          `--dest=${secrets}`,
          "/org/freedesktop/secrets",
          "org.freedesktop.Secret.Service.SearchItems",
          `dict:string:string:service,${service}`,
        ],
        { env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
      );
      return reply.split("object path").length - 1;
    },
    freeze() {
      frozen = keyringPid();
      process.kill(frozen, "SIGSTOP");
    },
    async close() {
      if (frozen !== undefined) process.kill(frozen, "SIGKILL");
      for (const child of children) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGKILL");
        await ended;
      }
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
