// Certificates for servers of the tests, valid until 2126. Made once, with OpenSSL 3 and P-256 keys, by a throw-away
// authority whose key was not kept:
//   openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 \
//     -subj "/CN=copilot-lsp test CA" -keyout ca.key -out ca.pem
//   openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=copilot-lsp test server" \
//     -keyout server.key -out server.csr
//   openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 36500 -extfile names -out server.pem
// where `names` lists localhost, 127.0.0.1, ::1 and the names of the services; `other.pem` is for elsewhere.test.

import { readFileSync } from "node:fs";

const folder = new URL("../fixtures/tls/", import.meta.url);

function read(name: string): string {
  return readFileSync(new URL(name, folder), "utf8");
}

export const caFile = new URL("ca.pem", folder).pathname;
export const serverCertificate = { key: read("server.key"), cert: read("server.pem") };
export const otherCertificate = { key: read("other.key"), cert: read("other.pem") };
/** Signed by themselves, with an organisation in the name; the first ended in 2021. */
export const expiredFile = new URL("expired.pem", folder).pathname;
export const expiredCertificate = { key: read("expired.key"), cert: read("expired.pem") };
export const selfSignedCertificate = { key: read("self-signed.key"), cert: read("self-signed.pem") };
