// Settings of the upstream layer as a test wants them: nothing set, deadlines in seconds.

import type { UpstreamSettings } from "../../server/upstream/settings.ts";

export const defaultUpstreamSettings: UpstreamSettings = {
  githubUri: "https://github.com",
  githubApiUri: "",
  clientId: "Iv1.0000000000000000",
  proxy: "",
  noProxy: "",
  strictTls: true,
  caFile: "",
  connectTimeoutMs: 5_000,
  headersTimeoutMs: 10_000,
  stallTimeoutMs: 5_000,
  integrationId: "",
  userAgent: "",
  editorName: "",
  editorVersion: "",
  pluginName: "",
  pluginVersion: "",
};
