import { describe, expect, test } from "vitest";
import type { Account } from "../../shared/account.ts";
import { CopilotError } from "../../shared/errors.ts";
import { createFakeCore, nobody } from "../support/fake-core.ts";
import type { SettingEntry } from "../../shared/settings.ts";
import { createSession, type Session } from "./support/fake-env.ts";

const session = {
  expiresAtMs: Date.UTC(2026, 0, 1) + 25 * 60_000,
  refreshAtMs: Date.UTC(2026, 0, 1) + 20 * 60_000,
  quotas: {},
  endpoints: { api: "api.individual.githubcopilot.com", proxy: "proxy.individual.githubcopilot.com" },
};
const healthyCore = () => createFakeCore({ report: { session, model: "gpt-41-copilot" } });

async function layersOf(examined: Session): Promise<Map<string, { verdict: string; text: string; advice?: string }>> {
  await examined.run("doctor", "--json");
  const { layers } = JSON.parse(examined.output());
  return new Map(layers.map((layer: { name: string }) => [layer.name, layer]));
}

test("doctor names each layer and what it saw, on a machine where all is well", async () => {
  const examined = createSession({ core: healthyCore() });
  expect(await examined.run("doctor")).toBe(0);
  expect(examined.output()).toBe(
    [
      "copilot-lsp 1.2.3, Node 20.18.1, linux x64",
      "",
      "ok    settings       2 values set: upstream.proxy (environment), http.port",
      "                     (file)",
      "ok    listener       port 8080 is free; an editor or `copilot-lsp serve` will",
      "                     take it",
      "ok    token          from /home/ada/.config/copilot-lsp/auth.json",
      "ok    proxy          none; straight to the hosts",
      "ok    DNS            github.com is 192.0.2.1, api.github.com is 192.0.2.1",
      "ok    TLS            github.com: TLSv1.3, certificate by Sectigo Limited until",
      "                     2027-01-01, api.github.com: TLSv1.3, certificate by Sectigo",
      "                     Limited until 2027-01-01",
      "ok    GitHub         github.com and api.github.com answer",
      "ok    account        the token works: octocat",
      "ok    Copilot        good for 25 minutes; hosts api.individual.githubcopilot.com",
      "                     and proxy.individual.githubcopilot.com",
      "ok    Copilot hosts  api.individual.githubcopilot.com: TLSv1.3, certificate by",
      "                     Sectigo Limited until 2027-01-01,",
      "                     proxy.individual.githubcopilot.com: TLSv1.3, certificate by",
      "                     Sectigo Limited until 2027-01-01",
      "ok    models         gpt-41-copilot; in use: gpt-41-copilot",
      "ok    rules          your account has no rules about files",
      "ok    completion     answered in 0 ms by gpt-41-copilot",
      "",
      "All is well.",
      "",
    ].join("\n"),
  );
  expect(examined.openCores()).toBe(0);
});

describe("the keychain", () => {
  const inKeychain = (answeredMs: number) =>
    createFakeCore({
      report: { session },
      state: {
        kind: "signed-in",
        source: "store",
        user: "octocat",
        place: { kind: "keychain", name: "Secret Service", answeredMs },
      },
    });

  test("has a layer of its own that says how fast it answered, where the token is in one", async () => {
    const layers = await layersOf(createSession({ core: inKeychain(1_234) }));
    expect(layers.get("keychain")).toEqual({
      name: "keychain",
      verdict: "ok",
      text: "the Secret Service is not locked and answered in 1,234 ms",
    });
    expect([...layers.keys()].indexOf("keychain")).toBe([...layers.keys()].indexOf("token") - 1);
  });

  test("that is slow is a warning, which says how to do without", async () => {
    const layers = await layersOf(createSession({ core: inKeychain(2_001) }));
    expect(layers.get("keychain")).toMatchObject({ verdict: "warn", advice: expect.stringContaining("--store file") });
  });

  test("of macOS is asked with a program that its prompt names", async () => {
    const layers = await layersOf(createSession({ core: inKeychain(40), platform: "darwin" }));
    expect(layers.get("keychain")?.text).toContain("asked with the program `security`");
  });

  test("that is locked fails before the token does", async () => {
    const message = "The Secret Service is locked: the prompt was dismissed. Unlock it.";
    const state = { kind: "signed-out", reason: "keychain-locked", message } as const;
    const layers = await layersOf(createSession({ core: createFakeCore({ state }) }));
    expect(layers.get("keychain")).toMatchObject({ verdict: "fail", text: message });
    expect(layers.get("token")).toMatchObject({ verdict: "fail" });
  });

  test("is not spoken of where the token is elsewhere", async () => {
    for (const core of [healthyCore(), createFakeCore({ state: nobody })]) {
      expect((await layersOf(createSession({ core }))).has("keychain")).toBe(false);
    }
  });
});

test("doctor without a sign-in still looks at the network, and says what to do", async () => {
  const examined = createSession({ core: createFakeCore({ state: nobody }) });
  expect(await examined.run("doctor")).toBe(1);
  expect(examined.output()).toContain("fail  token          no GitHub token found\n");
  expect(examined.output()).toContain("-> Sign in with `copilot-lsp login`.");
  expect(examined.output()).toContain("ok    GitHub         ");
  expect(examined.output()).toContain("skip  completion     needs token\n");
  expect(examined.output()).toContain("1 layer failed. Begin with the first: token.");
});

describe("doctor says", () => {
  test("that a name has no address, and skips what needs it", async () => {
    const layers = await layersOf(
      createSession({
        network: { resolve: () => Promise.reject(new CopilotError("offline", "github.com has no address.")) },
      }),
    );
    expect(layers.get("DNS")).toMatchObject({ verdict: "fail", text: "github.com has no address." });
    for (const name of ["TLS", "GitHub", "account", "models", "completion"]) {
      expect(layers.get(name)).toMatchObject({ verdict: "skip", text: "needs DNS" });
    }
    expect(layers.get("token")).toMatchObject({ verdict: "ok" });
  });

  test("whose certificate is not trusted, and how to trust it", async () => {
    const layers = await layersOf(
      createSession({
        network: {
          handshake: async () => ({
            protocol: "TLSv1.3",
            issuer: "Example Corp Inspection CA",
            validUntilMs: 0,
            distrust: "self-signed certificate in certificate chain",
          }),
        },
      }),
    );
    expect(layers.get("TLS")?.text).toBe(
      "github.com shows a certificate by Example Corp Inspection CA that is not trusted: self-signed certificate in certificate chain",
    );
    expect(layers.get("TLS")?.advice).toContain("upstream.caFile");
  });

  test("which host of several a firewall holds back", async () => {
    const layers = await layersOf(
      createSession({
        core: healthyCore(),
        network: {
          handshake: async (_ctx, url) => {
            if (url.includes("//proxy.")) throw new CopilotError("timeout", "No connection within 5 seconds.");
            return { protocol: "TLSv1.3", issuer: "Sectigo", validUntilMs: 0, distrust: undefined };
          },
        },
      }),
    );
    expect(layers.get("TLS")).toMatchObject({ verdict: "ok" });
    expect(layers.get("Copilot hosts")?.text).toBe(
      "proxy.individual.githubcopilot.com: No connection within 5 seconds.",
    );
  });

  test("which proxy is used, and leaves names to it", async () => {
    const layers = await layersOf(
      createSession({ network: { route: () => ({ kind: "proxy", proxy: "proxy.example:3128" }) } }),
    );
    expect(layers.get("proxy")?.text).toContain("github.com through proxy.example:3128");
    expect(layers.get("DNS")).toMatchObject({ verdict: "skip" });
    expect(layers.get("completion")).toMatchObject({ verdict: "ok" });
  });

  test("that the proxy setting cannot be used", async () => {
    const layers = await layersOf(
      createSession({ network: { route: () => ({ kind: "unusable", problem: "HTTPS_PROXY is not a URL." }) } }),
    );
    expect(layers.get("proxy")).toMatchObject({ verdict: "fail", text: "HTTPS_PROXY is not a URL." });
    expect(layers.get("TLS")?.text).toBe("needs proxy");
  });

  test("that something else answers in GitHub's place", async () => {
    const layers = await layersOf(
      createSession({
        network: { ping: async () => ({ httpStatus: 511, fromGitHub: false, serverNowMs: undefined }) },
      }),
    );
    expect(layers.get("GitHub")).toMatchObject({ verdict: "fail" });
    expect(layers.get("GitHub")?.text).toContain("something that is not GitHub");
  });

  test("how wrong this machine's clock is", async () => {
    const examined = createSession({
      network: { ping: async () => ({ httpStatus: 200, fromGitHub: true, serverNowMs: Date.UTC(2026, 0, 1, 1) }) },
    });
    const layers = await layersOf(examined);
    expect(layers.get("GitHub")).toMatchObject({ verdict: "warn" });
    expect(layers.get("GitHub")?.text).toContain("clock is 1 hour slow");
  });

  test("that GitHub does not accept the token", async () => {
    const core = createFakeCore({
      account: {
        check: async (_ctx, { localOnly }) =>
          localOnly
            ? { kind: "signed-in", source: "store" }
            : { kind: "signed-out", message: "T is refused. Unset T." },
      },
    });
    const layers = await layersOf(createSession({ core }));
    // Nothing beside it: to sign in does not help where the token is in a variable.
    expect(layers.get("account")).toEqual({ name: "account", verdict: "fail", text: "T is refused. Unset T." });
    expect(layers.get("Copilot")?.text).toBe("needs account");
  });

  test("that GitHub does not accept the token, however early GitHub said so", async () => {
    const refused = { kind: "signed-out", source: "GH_COPILOT_TOKEN", message: "T is refused. Unset T." } as const;
    const layers = await layersOf(createSession({ core: createFakeCore({ state: refused }) }));
    expect(layers.get("token")).toMatchObject({ verdict: "ok" });
    expect(layers.get("token")?.text).toContain("GH_COPILOT_TOKEN");
    expect(layers.get("account")).toEqual({ name: "account", verdict: "fail", text: "T is refused. Unset T." });
  });

  test("why no session could be had, and not that the token works", async () => {
    const refused = () =>
      Promise.reject(new CopilotError("limited", "GitHub wants a pause.", { advice: "Wait a minute." }));
    const check: Account["check"] = async (_ctx, { localOnly }) =>
      localOnly ? { kind: "signed-in", source: "store" } : refused();
    const layers = await layersOf(createSession({ core: createFakeCore({ models: refused, account: { check } }) }));
    expect(layers.get("account")).toMatchObject({
      verdict: "skip",
      text: "GitHub did not say whether the token works",
    });
    expect(layers.get("Copilot")).toEqual({
      name: "Copilot",
      verdict: "fail",
      text: "GitHub wants a pause.",
      advice: "Wait a minute.",
    });
    expect(layers.get("completion")?.text).toBe("needs Copilot");
  });

  test("that only the list of models fails, and completes all the same", async () => {
    const core = createFakeCore({
      report: { session },
      models: () => Promise.reject(new CopilotError("upstream-failed", "The list could not be had.")),
    });
    const layers = await layersOf(createSession({ core }));
    expect(layers.get("Copilot")).toMatchObject({ verdict: "ok" });
    expect(layers.get("models")).toMatchObject({ verdict: "fail" });
    expect(layers.get("completion")).toMatchObject({ verdict: "ok" });
  });

  test("why a completion was empty", async () => {
    const core = createFakeCore({ complete: async () => ({ kind: "empty", reason: "upstream-empty" }) });
    const layers = await layersOf(createSession({ core }));
    expect(layers.get("completion")).toMatchObject({ verdict: "warn" });
  });

  test("which settings were left out", async () => {
    const layers = await layersOf(
      createSession({
        settings: {
          problems: () => [
            { key: "x", message: "config.json: there is no setting x" },
            { key: "y", message: "y takes a number", consequence: "until that is mended y is 1" },
          ],
        },
      }),
    );
    expect(layers.get("settings")).toMatchObject({ verdict: "warn" });
    expect(layers.get("settings")?.text).toBe(
      "config.json: there is no setting x; y takes a number; until that is mended y is 1; the rest is in force",
    );
  });

  test("that a variable is set but empty", async () => {
    const layers = await layersOf(createSession({ environment: { GH_COPILOT_TOKEN: "" } }));
    expect(layers.get("token")).toMatchObject({ verdict: "warn", advice: "Unset GH_COPILOT_TOKEN." });
  });

  test("that a token is of a kind that Copilot does not take, without showing it", async () => {
    const core = createFakeCore({ state: { kind: "signed-in", source: "GH_COPILOT_TOKEN" } });
    const examined = createSession({ core, environment: { GH_COPILOT_TOKEN: "gho_0123456789abcdef" } });
    const layers = await layersOf(examined);
    expect(layers.get("token")?.text).toContain("looks like a token of the `gh` command");
    expect(examined.output()).not.toContain("0123456789");
  });

  test("that the variable of another tool is not used", async () => {
    const layers = await layersOf(
      createSession({ core: createFakeCore({ state: nobody }), environment: { GITHUB_TOKEN: "ghp_0123456789" } }),
    );
    expect(layers.get("token")?.text).toContain("GITHUB_TOKEN is not used");
  });

  test("that a foreign program holds the port, which is no failure", async () => {
    const examined = createSession({
      core: healthyCore(),
      probePort: async () => ({ port: 8080, holder: { kind: "foreign", server: undefined } }),
    });
    expect(await examined.run("doctor")).toBe(0);
    expect(examined.output()).toContain("warn  listener       port 8080 is held by another program");
    expect(examined.output()).toContain("end that program");
    expect(examined.output()).toContain("It works, with 1 warning.");
  });

  test("that another person has the port, whose program is not to be ended", async () => {
    const examined = createSession({
      core: healthyCore(),
      probePort: async () => ({ port: 8080, holder: { kind: "foreign", server: undefined, refuses: true } }),
    });
    expect(await examined.run("doctor")).toBe(0);
    expect(examined.output()).toContain("port 8080 is held by another person's copilot-lsp");
    expect(examined.output()).not.toContain("end that program");
  });
});

test("doctor does not wait for ever for a layer that hangs", async () => {
  const examined = createSession({ network: { resolve: () => new Promise(() => undefined) } });
  const ending = examined.run("doctor");
  await examined.clock.advance(21_000);
  expect(await ending).toBe(1);
  expect(examined.output()).toContain("fail  DNS            There was no answer within 20 seconds.");
});

test("doctor looks at the stand-in in GitHub's place when that is what the core talks to", async () => {
  const asked: string[] = [];
  const core = createFakeCore({
    report: {
      server: "http://127.0.0.1:4000",
      session: { ...session, endpoints: { api: "127.0.0.1:4000", proxy: "127.0.0.1:4000" } },
    },
  });
  const examined = createSession({
    core,
    network: {
      handshake: async (_ctx, url) => {
        asked.push(url);
        throw new CopilotError("tls", "not TLS");
      },
    },
  });
  expect(await examined.run("doctor")).toBe(0);
  expect(asked).toEqual([]);
  expect(examined.output()).toContain("skip  TLS            not used: the server is reached by plain HTTP");
});

describe("doctor with a server setting that names none", () => {
  const addresses = (): never => {
    throw new CopilotError("bad-request", "The setting github.uri is not the address of a server.", {
      advice: "Write it as https://github.com.",
    });
  };

  test("says so, and skips what needs one", async () => {
    const core = createFakeCore({ report: { server: "not a url" } });
    const examined = createSession({ core, network: { addresses } });
    const layers = await layersOf(examined);
    expect(layers.get("settings")).toMatchObject({
      verdict: "fail",
      text: "The setting github.uri is not the address of a server.",
      advice: "Write it as https://github.com.",
    });
    for (const name of ["proxy", "DNS", "TLS", "GitHub", "account", "Copilot", "completion"]) {
      expect(layers.get(name)).toMatchObject({ verdict: "skip", text: "needs settings" });
    }
    expect(layers.get("listener")).toMatchObject({ verdict: "ok" });
  });

  test("looks at the stand-in of a demo all the same", async () => {
    const core = createFakeCore({ report: { server: "http://127.0.0.1:4000" } });
    const layers = await layersOf(createSession({ core, network: { addresses } }));
    expect(layers.get("GitHub")).toMatchObject({ verdict: "ok", text: "127.0.0.1:4000 answers" });
  });
});

test("doctor warns of a certificate that is not trusted where settings accept any", async () => {
  const strictTls: SettingEntry = {
    key: "upstream.strictTls",
    value: false,
    source: "file",
    origin: "/config.json",
    takes: "true or false",
    environmentName: "COPILOT_LSP_UPSTREAM_STRICT_TLS",
    doc: "",
  };
  const examined = createSession({
    core: healthyCore(),
    settings: { entries: () => [strictTls] },
    network: {
      handshake: async () => ({
        protocol: "TLSv1.3",
        issuer: "Example Corp",
        validUntilMs: 0,
        distrust: "it is signed by nobody but itself",
      }),
    },
  });
  const layers = await layersOf(examined);
  expect(layers.get("TLS")).toMatchObject({ verdict: "warn", text: expect.stringContaining("upstream.strictTls") });
  expect(layers.get("GitHub")).toMatchObject({ verdict: "ok" });
});
