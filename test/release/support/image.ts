// Follows a Dockerfile without a container engine: its base is made from Debian's packages and Node's, and each of its
// instructions is carried out in that folder. It knows the instructions that ours uses, and refuses any other. Needs root,
// mmdebstrap, and namespaces.

import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { nodeProgramOf } from "./nodes.ts";

const run = promisify(execFile);

/** What an engine would start, and how. */
export interface Image {
  readonly folder: string;
  readonly user: string;
  readonly workdir: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly healthcheck: readonly string[];
  readonly command: readonly string[];
  readonly exposed: readonly string[];
  readonly volumes: readonly string[];
}

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

export function instructionsOf(dockerfile: string): readonly Instruction[] {
  return dockerfile
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [name = "", ...words] = line.split(" ");
      return { name, rest: words.join(" ") };
    });
}

/** `context`: the folder that files come from. */
export async function buildImage(root: string, dockerfile: string, context: string, folder: string): Promise<Image> {
  let image: Image = {
    folder,
    user: "root",
    workdir: "/",
    environment: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
    healthcheck: [],
    command: [],
    exposed: [],
    volumes: [],
  };
  let entry: readonly string[] = [];
  for (const { name, rest } of instructionsOf(dockerfile)) {
    switch (name) {
      case "FROM":
        await makeBase(root, rest, folder);
        break;
      case "ADD": {
        const [source = "", target = ""] = rest.split(" ");
        // An archive is unpacked on its way.
        await run("tar", ["-xzf", join(context, source), "-C", join(folder, target), "--no-same-owner"]);
        break;
      }
      case "RUN":
        await run("chroot", [`--userspec=${image.user}`, folder, "/bin/sh", "-c", rest], { env: image.environment });
        break;
      case "USER":
        image = { ...image, user: rest };
        break;
      case "WORKDIR":
        image = { ...image, workdir: rest };
        break;
      case "ENV": {
        const at = rest.indexOf("=");
        image = { ...image, environment: { ...image.environment, [rest.slice(0, at)]: rest.slice(at + 1) } };
        break;
      }
      case "EXPOSE":
        image = { ...image, exposed: [...image.exposed, rest] };
        break;
      case "VOLUME":
        image = { ...image, volumes: [...image.volumes, rest] };
        break;
      case "HEALTHCHECK":
        image = { ...image, healthcheck: JSON.parse(rest.slice(rest.indexOf("CMD ") + "CMD ".length)) };
        break;
      case "ENTRYPOINT":
        entry = JSON.parse(rest);
        break;
      case "CMD":
        image = { ...image, command: [...entry, ...JSON.parse(rest)] };
        break;
      default:
        throw new Error(`${name} is not followed here`);
    }
  }
  return image;
}

/** What `node:VERSION-bookworm-slim` has: Debian's least, Node in /usr/local, and a user `node`. */
async function makeBase(root: string, name: string, folder: string): Promise<void> {
  const [, version] = /^node:(\d+\.\d+\.\d+)-bookworm-slim$/.exec(name) ?? [];
  if (version === undefined) throw new Error(`${name} is no pinned base`);
  const debian = join(root, ".cache/debian-bookworm");
  if (!existsSync(debian)) {
    const draft = `${debian}.${process.pid}`;
    // In a new clone there is no such folder, and mmdebstrap makes none.
    mkdirSync(draft, { recursive: true });
    await run("mmdebstrap", ["--variant=apt", "--quiet", "bookworm", draft], { maxBuffer: 10_000_000 });
    renameSync(draft, debian);
  }
  rmSync(folder, { recursive: true, force: true });
  await run("cp", ["-a", debian, folder]);
  cpSync(await nodeProgramOf(root, version), join(folder, "usr/local/bin/node"));
  await run("chroot", [folder, "useradd", "--create-home", "--shell", "/bin/bash", "--uid", "1000", "node"]);
}

/** Runs a shell script in the image as the image's user, with a network and processes of its own. */
export async function runInImage(
  image: Image,
  script: string,
  more: Readonly<Record<string, string>>,
): Promise<string> {
  const variables = Object.entries({ HOME: `/home/${image.user}`, ...image.environment, ...more });
  mkdirSync(join(image.folder, "proc"), { recursive: true });
  const outer = `set -e
    mount -t proc proc "$1/proc"
    mount --bind /dev "$1/dev"
    ip link set lo up
    cd "$1"; user=$2; shift 2
    exec chroot --userspec="$user:$user" . /usr/bin/env -i "$@"`;
  const { stdout } = await run("unshare", [
    "--mount",
    "--net",
    "--pid",
    "--fork",
    "sh",
    "-c",
    outer,
    "sh",
    image.folder,
    image.user,
    ...variables.map(([name, value]) => `${name}=${value}`),
    "sh",
    "-c",
    `cd ${image.workdir}; ${script}`,
  ]);
  return stdout;
}
