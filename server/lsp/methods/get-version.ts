// `getVersion`.

import type { VersionResult } from "../../../shared/lsp.ts";
import type { Method } from "../types.ts";

export const getVersion: Method = (session) => (): VersionResult => ({
  version: session.version,
  buildType: "prod",
  runtimeVersion: `node/${process.versions.node}`,
});
