// Which addresses only programs of this machine can reach. RFC 1122, section 3.2.1.3 (127/8); RFC 4291, section 2.5.3.

import { isIPv4 } from "node:net";

export function isLoopbackAddress(address: string): boolean {
  const bare = address.startsWith("::ffff:") ? address.slice("::ffff:".length) : address;
  return bare === "::1" || bare === "localhost" || (isIPv4(bare) && bare.startsWith("127."));
}

/** The address to ask from this machine what listens on `address`. */
export function reachable(address: string): string {
  if (address === "0.0.0.0" || address === "localhost") return "127.0.0.1";
  return address === "::" ? "::1" : address;
}

/** As a URL writes it. */
export function urlOf(address: string, port: number): string {
  return `http://${address.includes(":") ? `[${address}]` : address}:${port}`;
}
