// Every reason why there is no suggestion, as a sentence for a person at a shell or before the page.

import type { ReasonCode } from "../completion.ts";

const sentences: Readonly<Record<ReasonCode, string>> = {
  "too-short": "The text before the cursor is too short to go by.",
  "mid-line": "More than closing brackets stands right of the cursor.",
  disabled: "Completions are turned off for this language or altogether; see `copilot-lsp config`.",
  excluded: "A rule keeps this file from being sent.",
  secret: "The text holds a token, key or password that must not be sent.",
  "upstream-empty": "The service had nothing to offer here.",
  filtered: "What the service offered only repeated the text that is there.",
  cancelled: "The request was cancelled.",
  superseded: "A newer request took its place.",
  "content-modified": "The document had changed.",
  "signed-out": "Nobody is signed in.",
  "not-authorized": "The account may not use Copilot.",
  "key-refused": "The service wants a key, or does not accept the one it was sent.",
  "sign-in-denied": "The sign-in was refused.",
  "sign-in-expired": "The sign-in code ran out.",
  "sign-in-failed": "GitHub would not do the sign-in.",
  "keychain-locked": "The keychain that holds the token is locked.",
  "keychain-unavailable": "The keychain that holds the token cannot be reached.",
  quota: "The plan's completions are used up.",
  limited: "Asked too often; the service wants a pause.",
  offline: "The service could not be reached.",
  tls: "The service's certificate is not trusted.",
  timeout: "The service did not answer in time.",
  intercepted: "Something answered in the service's place.",
  "upstream-failed": "The service failed.",
  "upstream-rejected": "The service refused the request.",
  "client-rejected": "The service refuses this program.",
  "bad-request": "The request was wrong.",
  "unknown-document": "The document was not open.",
  "too-large": "The text was too large.",
  closing: "The program was ending.",
  internal: "A defect of copilot-lsp.",
};

export function reasonInWords(reason: ReasonCode): string {
  return sentences[reason];
}
