// Which repository of GitHub a file belongs to, by the addresses of its git remotes. Reads no file.

// `https://host/owner/name`, `ssh://git@host:22/owner/name`, and the form of scp: `git@host:owner/name`.
const asUrl = /^(?:https?|ssh|git|git\+ssh):\/\/(?:[^@/]*@)?(?<host>[^:/]+)(?::\d+)?\/+(?<path>[^/].*)$/i;
const asScp = /^(?:[^@/:]+@)?(?<host>[^:/]+):(?<path>(?!\/\/).+)$/;

/**
 * `owner/name` in lower case, of the first address that is on github.com, on a tenant of ghe.com, or on `serverHost`,
 * the GitHub server that signs in. User names and passwords in addresses are never part of it.
 */
export function repositoryName(remotes: readonly string[], serverHost: string | undefined): string | undefined {
  for (const remote of remotes) {
    const { host, path } = asUrl.exec(remote)?.groups ?? asScp.exec(remote)?.groups ?? {};
    if (host === undefined || path === undefined || !isGitHub(host.toLowerCase(), serverHost)) continue;
    const parts = path
      .replace(/^\/+/, "")
      .replace(/(?<!\/)\/+$/, "")
      .replace(/\.git$/i, "")
      .split("/");
    if (parts.length === 2 && parts.every((part) => part !== "")) return parts.join("/").toLowerCase();
  }
  return undefined;
}

function isGitHub(host: string, serverHost: string | undefined): boolean {
  return host === "github.com" || host === "ssh.github.com" || host.endsWith(".ghe.com") || host === serverHost;
}
