// Which certificates are trusted: what Node trusts, and the certificates of one file on top. Knows no host.

import { X509Certificate } from "node:crypto";
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
  if (extra.length === 0) return undefined;
  return tls.createSecureContext({ ca: [...(await usualCertificates(environment, log)), ...extra] });
}

async function usualCertificates(environment: Environment, log: Log): Promise<readonly string[]> {
  // From Node 22.15 on it tells what it trusts, system certificates included when it was started so.
  const known: unknown = Reflect.get(tls, "getCACertificates");
  if (typeof known === "function") {
    const certificates: unknown = known("default");
    if (Array.isArray(certificates)) return certificates.map(String);
  }
  const extraFile = environment["NODE_EXTRA_CA_CERTS"];
  const extra = extraFile ? await readCertificates(extraFile, log) : [];
  return [...tls.rootCertificates, ...extra];
}

async function readCertificates(file: string, log: Log): Promise<readonly string[]> {
  try {
    const found = certificatesIn(await readBounded(file, maxBytes));
    if (found.length === 0) log.warn("A file of extra certificates holds none and is left out.", { file });
    return found;
  } catch (error) {
    log.warn("A file of extra certificates cannot be read and is left out.", {
      file,
      error: error instanceof Error ? error.message : String(error),
    });
    return [];
  }
}

/**
 * Node takes what is no PEM certificate without a word, and a byte order mark hides the first one. Windows' own tools
 * write the mark, UTF-16, and DER.
 */
function certificatesIn(bytes: Buffer): readonly string[] {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  const text = new TextDecoder(isUtf16 ? "utf-16le" : "utf-8").decode(bytes);
  const blocks = text.match(/-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]+-----END [A-Z0-9 ]+-----/g) ?? [];
  return blocks.length > 0 ? blocks.filter(isCertificate) : [bytes].filter(isCertificate).map(pemOf);
}

function isCertificate(candidate: string | Buffer): boolean {
  try {
    return new X509Certificate(candidate).serialNumber !== "";
  } catch {
    return false;
  }
}

const pemOf = (der: Buffer): string => new X509Certificate(der).toString();
