import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { Secret } from "../../server/runtime/secret.ts";
import { createTestCtx } from "../support/test-ctx.ts";
import { caFile, otherCertificate, serverCertificate } from "./certificates.ts";
import { emulate, harnessFor, rejection } from "./harness.ts";

const token = new Secret("ghu_0001");
const tls = { ...serverCertificate, http2: false };

describe("a certificate", () => {
  test("of an unknown authority is not trusted, and the error names who signed it", async () => {
    const emulator = await emulate({ tls });
    const { upstream } = harnessFor(emulator);
    const error = await rejection(upstream.github.fetchLogin(createTestCtx(), token));
    expect(error).toMatchObject({
      code: "tls",
      message: expect.stringContaining("copilot-lsp test CA"),
      advice: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
    });
    expect(emulator.calls).toHaveLength(0);
  });

  test("is trusted once its authority is in the file that is set, without a restart", async () => {
    const emulator = await emulate({ tls });
    const { upstream, set } = harnessFor(emulator);
    await rejection(upstream.github.fetchLogin(createTestCtx(), token));
    set({ caFile });
    expect(await upstream.github.fetchLogin(createTestCtx(), new Secret(emulator.githubToken))).toBe("octocat");
    set({ caFile: "" });
    expect(await rejection(upstream.github.fetchLogin(createTestCtx(), token))).toMatchObject({ code: "tls" });
  });

  test.each<[string, (pem: string) => string | Buffer]>([
    ["begins with a byte order mark", (pem) => `\uFEFF${pem}`],
    ["is UTF-16, as Windows' shell writes it", (pem) => Buffer.from(`\uFEFF${pem}`, "utf16le")],
    ["is one certificate in DER", (pem) => new X509Certificate(pem).raw],
    ["says in words what it holds", (pem) => `Our root - for all\r\n${pem.replaceAll("\n", "\r\n")}-- end\r\n`],
    ["holds something broken as well", (pem) => `-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${pem}`],
  ])("is trusted by a file that %s", async (_how, write) => {
    const emulator = await emulate({ tls });
    const file = join(mkdtempSync(join(tmpdir(), "copilot-lsp-ca-")), "ca");
    writeFileSync(file, write(readFileSync(caFile, "utf8")));
    const { upstream } = harnessFor(emulator, { caFile: file });
    expect(await upstream.github.fetchLogin(createTestCtx(), new Secret(emulator.githubToken))).toBe("octocat");
  });

  test("is not looked at when TLS is not strict", async () => {
    const emulator = await emulate({ tls });
    const { upstream } = harnessFor(emulator, { strictTls: false });
    expect(await upstream.github.fetchLogin(createTestCtx(), new Secret(emulator.githubToken))).toBe("octocat");
  });

  test("for another name is said to be", async () => {
    const emulator = await emulate({ tls: { ...otherCertificate, http2: false } });
    const { upstream } = harnessFor(emulator, { caFile });
    expect(await rejection(upstream.github.fetchLogin(createTestCtx(), token))).toMatchObject({
      code: "tls",
      message: expect.stringContaining("another name"),
    });
  });

  test("file that cannot be read, or holds nothing, is a warning and no failure by itself", async () => {
    const emulator = await emulate({ tls });
    const { upstream, log, set } = harnessFor(emulator, { caFile: "/nowhere/ca.pem" });
    expect(await rejection(upstream.github.fetchLogin(createTestCtx(), token))).toMatchObject({ code: "tls" });
    expect(log.lines).toContainEqual(expect.objectContaining({ level: "warn" }));
    set({ caFile: import.meta.filename });
    expect(await rejection(upstream.github.fetchLogin(createTestCtx(), token))).toMatchObject({ code: "tls" });
    expect(log.lines).toContainEqual(expect.objectContaining({ message: expect.stringContaining("holds none") }));
  });
});

test("the extra authorities of the environment count besides those of the file", async () => {
  // Node reads NODE_EXTRA_CA_CERTS when it starts, so that a process of its own has to ask.
  const script = `
    import { loadTrust } from ${JSON.stringify(new URL("../../server/upstream/http/trust.ts", import.meta.url).href)};
    import * as tls from "node:tls";
    const named = [];
    const create = tls.default.createSecureContext;
    tls.default.createSecureContext = (options) => { named.push(...options.ca); return create(options); };
    (await import("node:module")).syncBuiltinESMExports();
    await loadTrust(process.argv[1], process.env, { warn() {} });
    console.log(JSON.stringify({ count: named.length, roots: tls.rootCertificates.length, last: named.at(-1) }));
  `;
  const { build } = await import("esbuild");
  const bundled = await build({
    stdin: { contents: script, resolveDir: "/", loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    external: ["node:*"],
    plugins: [
      {
        name: "file-urls",
        setup(builder) {
          builder.onResolve({ filter: /^file:/ }, ({ path }) => ({ path: new URL(path).pathname }));
        },
      },
    ],
  });
  const code = bundled.outputFiles[0]?.text ?? "";
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", code, caFile], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: caFile },
  });
  const { count, roots } = JSON.parse(stdout);
  expect(count).toBeGreaterThanOrEqual(roots + 2);
});

test("connections that are not HTTP/2 are not shared by requests at the same time", async () => {
  const emulator = await emulate({ tls });
  const { upstream } = harnessFor(emulator, { caFile });
  const ask = (): Promise<string> => upstream.github.fetchLogin(createTestCtx(), new Secret(emulator.githubToken));
  await ask();
  const hold = emulator.hold("login");
  const slow = ask();
  await hold.reached;
  // Behind the held one, on the same connection, it would wait for ever.
  expect(await ask()).toBe("octocat");
  hold.release();
  expect(await slow).toBe("octocat");
});
