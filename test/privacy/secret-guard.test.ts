import { array, assert, constantFrom, nat, property, record } from "fast-check";
import { expect, test } from "vitest";
import { createSecretGuard, type SecretMode } from "../../server/privacy/secret-guard.ts";
import { findSecrets, redact } from "../../server/privacy/secrets.ts";

// Put together here, so that no scanner takes this file for a leak.
const token = `ghp_${"aB3dE6gH9j".repeat(4).slice(0, 36)}`;
const replaced = `ghp_${"x".repeat(36)}`;
const key = ["-----BEGIN PRIVATE", ` KEY-----\n${"aB3dE6gH9j".repeat(6)}\n-----END PRIVATE`, " KEY-----"].join("");

const guardIn = (mode: SecretMode) => createSecretGuard(() => mode);

test("secrets are replaced before and after the cursor and in the text of other files", () => {
  const context = [`const a = "${token}";`, "const b = 1;"];
  const files = [{ path: "d.ts", text: `const d = "${token}";` }];
  const guarded = guardIn("redact").guard({
    prompt: `a = "${token}"\nb = `,
    suffix: `\nc = "${token}"\n`,
    context,
    files,
  });
  expect(guarded).toEqual({
    kind: "send",
    request: {
      prompt: `a = "${replaced}"\nb = `,
      suffix: `\nc = "${replaced}"\n`,
      context: [`const a = "${replaced}";`, "const b = 1;"],
      files: [{ path: "d.ts", text: `const d = "${replaced}";` }],
    },
    secrets: ["GitHub token", "GitHub token", "GitHub token", "GitHub token"],
  });
});

test("a request without a secret is sent as it is", () => {
  const request = { prompt: "a = ", suffix: "\n", context: ["b"], files: [] };
  const guarded = guardIn("redact").guard(request);
  expect(guarded.kind === "send" && guarded.request).toBe(request);
});

test("nothing is sent while the cursor is at the end of a secret", () => {
  const guarded = guardIn("redact").guard({
    prompt: `token = "${token}`,
    suffix: '"\n',
    context: undefined,
    files: [],
  });
  expect(guarded).toEqual({ kind: "withhold", secrets: ["GitHub token"] });
});

test("with withhold, a secret anywhere keeps the request back; with send, none does", () => {
  const request = { prompt: "a = ", suffix: `\n"${token}"\n`, context: undefined, files: [] };
  expect(guardIn("withhold").guard(request).kind).toBe("withhold");
  expect(guardIn("send").guard(request)).toEqual({ kind: "send", request, secrets: [] });
});

test("reading only the lines that changed finds what reading the whole text finds", () => {
  const piece = constantFrom("\n", " ", '"', token, token.slice(0, 20), token.slice(20), key, key.slice(0, 40), "ab");
  const edit = record({ at: nat(400), remove: nat(60), insert: array(piece, { maxLength: 3 }) });
  assert(
    property(array(piece, { maxLength: 12 }), array(edit, { maxLength: 6 }), (start, edits) => {
      const secrets = guardIn("redact");
      let text = start.join("");
      for (const { at, remove, insert } of [{ at: 0, remove: 0, insert: [] }, ...edits]) {
        text = text.slice(0, at) + insert.join("") + text.slice(at + remove);
        const guarded = secrets.guard({ prompt: "", suffix: text, context: undefined, files: [] });
        expect(guarded.kind === "send" && guarded.request.suffix).toBe(redact(text, findSecrets(text)));
      }
    }),
    { numRuns: 3_000 },
  );
});
