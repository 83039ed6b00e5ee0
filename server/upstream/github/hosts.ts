// From the one setting to the URLs of a GitHub server, and the rule for every URL that is given a token: https, or plain
// http to this machine. Knows no endpoint.

import { isIPv4 } from "node:net";
import { CopilotError } from "../../../shared/errors.ts";

export interface GitHubServer {
  /** Without a trailing slash, and so the next ones. */
  readonly serverUrl: string;
  readonly apiUrl: string;
  /** Where the Copilot API is when a session token does not say; absent for an own server, which has no usual place. */
  readonly defaultEndpoints: { readonly api: string; readonly proxy: string } | undefined;
}

const tenantSuffix = ".ghe.com";

/** Throws `bad-request`, naming the setting, when one of them is no URL or would send a token in clear. */
export function gitHubServer(settings: { readonly githubUri: string; readonly githubApiUri: string }): GitHubServer {
  const url = usableUrl(settings.githubUri, "github.uri");
  const named = settings.githubApiUri.trim();
  const apiUrl = named === "" ? undefined : bare(usableUrl(named, "github.apiUri"));
  const hostname = url.hostname.replace(/^(api|www)\./, "");
  if (hostname === "github.com") {
    return {
      serverUrl: "https://github.com",
      apiUrl: apiUrl ?? "https://api.github.com",
      defaultEndpoints: {
        api: "https://api.githubcopilot.com",
        proxy: "https://copilot-proxy.githubusercontent.com",
      },
    };
  }
  if (hostname.endsWith(tenantSuffix)) {
    const copilotApi = `https://copilot-api.${hostname}`;
    return {
      serverUrl: `https://${hostname}`,
      apiUrl: apiUrl ?? `https://api.${hostname}`,
      defaultEndpoints: { api: copilotApi, proxy: copilotApi },
    };
  }
  const serverUrl = bare(url);
  return { serverUrl, apiUrl: apiUrl ?? `${serverUrl}/api/v3`, defaultEndpoints: undefined };
}

/** An endpoint that a session token names, without a trailing slash; undefined when a token must not be sent there. */
export function endpointUrl(text: string): string | undefined {
  const url = parse(text);
  return url && isSafe(url) ? bare(url) : undefined;
}

/** A host as a URL has it: not to be mixed up with an address of a socket (`http/port/loopback.ts`). */
export function isLoopbackHost(hostname: string): boolean {
  const name = hostname.toLowerCase();
  return (
    name === "localhost" || name.endsWith(".localhost") || name === "[::1]" || (isIPv4(name) && name.startsWith("127."))
  );
}

function usableUrl(text: string, setting: string): URL {
  const url = parse(text);
  if (!url || url.hostname === "") {
    throw new CopilotError("bad-request", `The setting ${setting} is not the address of a server.`, {
      advice: "Write it as https://github.com, https://NAME.ghe.com or https://your.server.",
    });
  }
  if (!isSafe(url)) {
    throw new CopilotError(
      "bad-request",
      `The setting ${setting} names ${url.protocol}//${url.host}, but a token is sent over https only.`,
      { advice: "Write it with https://; plain http works for this machine only." },
    );
  }
  return url;
}

function isSafe(url: URL): boolean {
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopbackHost(url.hostname));
}

function parse(text: string): URL | undefined {
  const trimmed = text.trim();
  const withScheme = trimmed.includes("://") ? trimmed : `https://${trimmed}`;
  return URL.canParse(withScheme) ? new URL(withScheme) : undefined;
}

function bare(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, "")}`;
}
