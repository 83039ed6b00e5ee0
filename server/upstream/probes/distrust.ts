// Why a certificate is not trusted, as a clause for a person. The codes are those of OpenSSL's X509_verify_cert_error
// and Node's check of the name.

import type { PeerCertificate } from "node:tls";
import { clean } from "../error-text.ts";

const shownNames = 3;

/** `error`: what Node holds against the certificate that was shown for `host`, its code or itself. */
export function distrustInWords(error: unknown, certificate: PeerCertificate, host: string, nowMs: number): string {
  const code = error instanceof Error ? String(Reflect.get(error, "code") ?? error.message) : String(error);
  switch (code) {
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return "it is signed by nobody but itself";
    case "SELF_SIGNED_CERT_IN_CHAIN":
      return "the authority it goes back to is not one of those trusted here";
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "CERT_UNTRUSTED":
      return "the authority that signed it is not one of those trusted here";
    case "CERT_HAS_EXPIRED":
      // The code is the same when a certificate above the shown one is out of its time.
      return Date.parse(certificate.valid_to) < nowMs
        ? `it expired on ${day(certificate.valid_to)}`
        : "a certificate it rests on has expired, or this machine's clock is wrong";
    case "CERT_NOT_YET_VALID":
      return Date.parse(certificate.valid_from) > nowMs
        ? `it is valid from ${day(certificate.valid_from)} on only, or this machine's clock is slow`
        : "a certificate it rests on is not valid yet, or this machine's clock is wrong";
    case "ERR_TLS_CERT_ALTNAME_INVALID":
    case "HOSTNAME_MISMATCH":
      return `it is for ${namesOf(certificate)}, not for ${host}`;
    default:
      return `OpenSSL says ${clean(code, [])}`;
  }
}

function day(time: string): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** Subject alternative names come as `DNS:example.com, IP Address:192.0.2.1`. */
function namesOf({ subjectaltname, subject }: PeerCertificate): string {
  const names = (subjectaltname ?? [subject?.CN].flat()[0] ?? "no name at all")
    .split(", ")
    .map((name) => name.replace(/^(DNS|IP Address):/, ""));
  const rest = names.length - shownNames;
  return clean(`${names.slice(0, shownNames).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`, []);
}
