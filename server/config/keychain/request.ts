// What a keychain is asked, and what that comes to, whatever program asks it.

export type KeychainRequest =
  | { readonly operation: "read" | "erase"; readonly account: string }
  | { readonly operation: "write"; readonly account: string; readonly secret: string };

/** What a request came to; `secret` of a read, absent when there is none. */
export type KeychainReply =
  | { readonly kind: "done"; readonly secret?: string }
  | { readonly kind: "failed"; readonly code: "locked" | "unavailable"; readonly message: string };
