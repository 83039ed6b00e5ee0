// Sign-ins that other Copilot plugins left in plain JSON: `hosts.json`, keyed by host, and `apps.json`, keyed by host and
// client id. Best effort, read only when asked to. The later database of the official server is not read.

import path from "node:path";
import { objectOf, parseJson } from "../runtime/json.ts";
import { UnreadableFileError } from "../runtime/read-bounded.ts";
import { Secret } from "../runtime/secret.ts";
import type { Environment } from "./token-sources.ts";

/** Where and how the files are found; from the machine, or from a test. */
export interface ImportSources {
  readonly homeFolder: string;
  readonly platform: NodeJS.Platform;
  /** Rejects when there is no such file. */
  readonly readFile: (path: string) => Promise<string>;
}

export interface ForeignSignIn {
  readonly token: Secret;
  readonly user: string | undefined;
  readonly path: string;
}

const fileNames = ["apps.json", "hosts.json"] as const;
/** Where newer plugins keep their sign-in, encrypted with a key of the system: there is nothing to take over. */
const databaseName = "auth.db";

function isThere({ readFile }: ImportSources, file: string): Promise<boolean> {
  return readFile(file).then(
    () => true,
    // Larger than what is read, but there.
    (error: unknown) => error instanceof UnreadableFileError && error.code === "too-large",
  );
}

const pathOf = ({ platform }: ImportSources): path.PlatformPath => (platform === "win32" ? path.win32 : path.posix);

function pluginFolders(environment: Environment, places: ImportSources): readonly string[] {
  const { join } = pathOf(places);
  let folders = [join(places.homeFolder, ".config", "github-copilot")];
  if (places.platform === "win32") {
    const local = environment["LOCALAPPDATA"] || join(places.homeFolder, "AppData", "Local");
    folders = [join(local, "github-copilot")];
  }
  // The plugins look at this variable on every system.
  const xdg = environment["XDG_CONFIG_HOME"];
  if (xdg) folders.unshift(join(xdg, "github-copilot"));
  return [...new Set(folders)];
}

/** Best first: the entry of our own client id, then the one without any, then those of other clients. */
function rank(key: string, host: string, clientId: string): number | undefined {
  if (key === `${host}:${clientId}`) return 0;
  if (key === host) return 1;
  // A further colon would be a port, and so another server.
  return key.startsWith(`${host}:`) && !key.slice(host.length + 1).includes(":") ? 2 : undefined;
}

function signInsOf(text: string, file: string, host: string, clientId: string): readonly [number, ForeignSignIn][] {
  const found: [number, ForeignSignIn][] = [];
  for (const [key, value] of Object.entries(objectOf(parseJson(text)))) {
    const place = rank(key.toLowerCase(), host, clientId.toLowerCase());
    const { oauth_token: token, user } = objectOf(value);
    if (place === undefined || typeof token !== "string" || token === "") continue;
    found.push([place, { token: new Secret(token), user: typeof user === "string" ? user : undefined, path: file }]);
  }
  return found;
}

/** The sign-ins for `host`, best first and each token once, the files that were looked for, and databases beside them. */
export async function findForeignSignIns(
  deps: { readonly environment: Environment; readonly places: ImportSources },
  wanted: { readonly host: string; readonly clientId: string; readonly path: string | undefined },
): Promise<{
  readonly found: readonly ForeignSignIn[];
  readonly files: readonly string[];
  readonly databases: readonly string[];
}> {
  const { environment, places } = deps;
  const folders = wanted.path === undefined ? pluginFolders(environment, places) : [wanted.path];
  const files = folders.flatMap((folder) =>
    folder.endsWith(".json") ? [folder] : fileNames.map((name) => pathOf(places).join(folder, name)),
  );
  const ranked: [number, ForeignSignIn][] = [];
  for (const file of files) {
    const text = await places.readFile(file).catch(() => undefined);
    if (text !== undefined) ranked.push(...signInsOf(text, file, wanted.host, wanted.clientId));
  }
  ranked.sort(([a], [b]) => a - b);
  const found: ForeignSignIn[] = [];
  for (const [, signIn] of ranked) {
    if (!found.some((other) => other.token.equals(signIn.token))) found.push(signIn);
  }
  const databases: string[] = [];
  for (const folder of new Set(files.map((file) => pathOf(places).dirname(file)))) {
    const database = pathOf(places).join(folder, databaseName);
    if (await isThere(places, database)) databases.push(database);
  }
  return { found, files, databases };
}
