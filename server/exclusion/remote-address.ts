// The address of a git remote as the service is asked about it: without a user name and password, except for the user of an
// ssh address, and in lower case. Undefined for what is on this machine.

export function ruleKeyOf(remote: string): string | undefined {
  const address = remote.trim();
  const url =
    /^(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?:(?<user>[^@/]*)@)?(?<host>[^/:]+|\[[^\]/]*\])(?<rest>[:/].*)?$/i.exec(
      address,
    );
  if (url?.groups) {
    const { scheme = "", user, host = "", rest = "" } = url.groups;
    if (scheme.toLowerCase() === "file" || isHere(host)) return undefined;
    const name = /ssh/i.test(scheme) && user ? `${user.replace(/:.*/s, "")}@` : "";
    return `${scheme}://${name}${host}${rest}`.toLowerCase();
  }
  // The form of scp. A single letter before the colon is a drive.
  const scp = /^(?:(?<user>[^@/:]+)@)?(?<host>[^/:@]{2,}):(?!\/\/)(?<path>.+)$/.exec(address);
  const { user, host = "", path = "" } = scp?.groups ?? {};
  if (host === "" || isHere(host)) return undefined;
  return `${user ? `${user}@` : ""}${host}:${path}`.toLowerCase();
}

function isHere(host: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/i.test(host);
}
