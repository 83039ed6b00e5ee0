// Which certificates are trusted: what Node trusts, and the certificates of one file on top. Knows no host.

import * as tls from "node:tls";
import type { Log } from "../../../shared/context.ts";
import { readBounded } from "../../runtime/read-bounded.ts";
import type { Environment } from "./proxy.ts";

/** The bundle of a whole system takes a quarter of a megabyte. */
const maxBytes = 8 * 1024 * 1024;

/**
 * The context for TLS connections; undefined: Node's own, which already has `NODE_EXTRA_CA_CERTS`. Naming certificates
 * to Node replaces its own instead of adding to them, so they are all named then. A file that cannot be read is a
 * warning: what it would have allowed fails by itself, and says so.
 */
export async function loadTrust(
  caFile: string,
  environment: Environment,
  log: Log,
): Promise<tls.SecureContext | undefined> {
  if (caFile === "") return undefined;
  const extra = await readCertificates(caFile, log);
  if (extra === undefined) return undefined;
  try {
    return tls.createSecureContext({ ca: [...(await usualCertificates(environment, log)), extra] });
  } catch (error) {
    log.warn("The file of extra certificates holds no PEM certificates and is left out.", {
      file: caFile,
      error: error instanceof Error ? error.message : String(error),
    });
    return undefined;
  }
}

async function usualCertificates(environment: Environment, log: Log): Promise<readonly string[]> {
  // From Node 22.15 on it tells what it trusts, system certificates included when it was started so.
  const known: unknown = Reflect.get(tls, "getCACertificates");
  if (typeof known === "function") {
    const certificates: unknown = known("default");
    if (Array.isArray(certificates)) return certificates.map(String);
  }
  const extraFile = environment["NODE_EXTRA_CA_CERTS"];
  const extra = extraFile ? await readCertificates(extraFile, log) : undefined;
  return extra === undefined ? tls.rootCertificates : [...tls.rootCertificates, extra];
}

async function readCertificates(file: string, log: Log): Promise<string | undefined> {
  try {
    return (await readBounded(file, maxBytes)).toString("utf8");
  } catch (error) {
    log.warn("A file of extra certificates cannot be read and is left out.", {
      file,
      error: error instanceof Error ? error.message : String(error),
    });
    return undefined;
  }
}
