import { array, assert, constantFrom, oneof, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { secretExamples } from "../support/secret-examples.ts";
import { findSecrets, hasReplacement, redact, secretShapes } from "../../server/privacy/secrets.ts";

test("every shape has an example, and every example is of a shape", () => {
  expect(Object.keys(secretExamples).sort()).toEqual(secretShapes.map(({ name }) => name).sort());
});

describe.each(Object.entries(secretExamples))("%s", (name, [stays, secret, follows = ""]) => {
  const text = `config = "${stays}${secret}${follows}"\nnext()\n`;

  test("is found, and only what is secret of it is replaced", () => {
    const found = findSecrets(text);
    expect(found.map((one) => one.name)).toEqual([name]);
    const redacted = redact(text, found);
    expect(redacted).toBe(`config = "${stays}${secret.replaceAll(/[^\n]/g, "x")}${follows}"\nnext()\n`);
  });

  test("is not put back into a document by an answer that repeats its replacement", () => {
    expect(hasReplacement(redact(text, findSecrets(text)))).toBe(true);
    expect(hasReplacement(text)).toBe(false);
  });
});

describe("a private key", () => {
  const line = "aB3dE6gH9jK2mN5pQ8sT".repeat(4).slice(0, 64);
  const [begin, end] = ["BEGIN", "END"].map((word) => `-----${word} RSA PRIVATE KEY-----`);
  const hidden = (text: string): string => redact(text, findSecrets(text));

  test.each(["", "# ", "// ", "-- ", "; ", "    * ", '    "', "<!-- ", "% "])(
    "is replaced where each of its lines stands behind %j, as other files are quoted",
    (sign) => {
      const body = [line, line, "aB3d=="].map((one) => `${sign}${one}\n`).join("");
      for (const text of [
        `${sign}${begin}\n${body}${sign}${end}\n`,
        `${sign}${begin}\n${body}`,
        `${body}${sign}${end}\n`,
      ]) {
        const redacted = hidden(`before()\n${text}`);
        expect(redacted).not.toMatch(/aB3d/);
        expect(redacted).toContain("before()\n");
        expect(redacted).toHaveLength(`before()\n${text}`.length);
      }
    },
  );

  test.each([
    ["in a string with escapes", `key = "${begin}\\n${line}\\n${line}\\n${end}"`],
    ["that is encrypted", `${begin}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A1B\n\n${line}\n${end}`],
    [
      "of PGP",
      `-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\n${line}\n-----END PGP PRIVATE KEY BLOCK-----`,
    ],
  ])("is replaced %s", (_how, text) => {
    expect(hidden(text)).not.toContain(line);
  });

  test.each([
    `if (text.includes("${begin}")) return parse(text, withOptionsThatAreLong);\n`,
    `expect(text).toMatch(/${end}/);\n`,
    `const header = "${begin}";\nconst footer = "${end}";\n`,
  ])("that is only spoken of is left as it is: %s", (text) => {
    expect(hidden(text)).toBe(text);
  });

  test("takes linear time, whatever is made to look like it", () => {
    const began = performance.now();
    for (const piece of [
      `${begin}\n`,
      `${end}\n`,
      `${begin}\nAbc: x\n`,
      `${line}\n${end}\n`,
      `${begin}\n${"- ".repeat(40)}`,
    ]) {
      findSecrets(piece.repeat(5_000));
    }
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

test.each([
  "const token = process.env.GITHUB_TOKEN;",
  'fetch("https://user:password@example.com/")',
  "https://${user}:${password}@host/",
  "see ghp_short and npm_config_registry and sk-toolbar-button",
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUA",
  "-----BEGIN CERTIFICATE-----\nMIIBkTCB+wIJAKHBfpE\n-----END CERTIFICATE-----",
  "AKIAIOSFODNN7EXAMPLEANDMORE",
  "mailto:someone@example.com",
])("%s is sent as it is", (text) => {
  expect(findSecrets(text)).toEqual([]);
});

test("a text keeps its length and its lines, whatever is found in it", () => {
  const pieces = oneof(
    string({ unit: "binary" }),
    constantFrom("\n", "\r\n", '"', " "),
    constantFrom(...Object.values(secretExamples).map((parts) => parts.join(""))),
  );
  assert(
    property(array(pieces, { maxLength: 12 }), (parts) => {
      const text = parts.join("");
      const redacted = redact(text, findSecrets(text));
      expect(redacted.length).toBe(text.length);
      expect(redacted.split("\n").length).toBe(text.split("\n").length);
    }),
    { numRuns: 2_000 },
  );
  // Seconds on a machine that is idle.
}, 90_000);

test.each(secretShapes)("the search for a $name looks at a bounded number of characters", (shape) => {
  const parts = [shape.prefix, shape.secret, shape.suffix ?? ""].join("").replaceAll(/\\.|\[(?:\\.|[^\]\\])*\]/g, "c");
  expect(parts).not.toMatch(/[*+]|\{\d+,\}/);
});
