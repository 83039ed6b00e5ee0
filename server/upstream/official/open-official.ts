// GitHub's own language server, put together as a service in Copilot's place. Loaded only where the person chose it.

import { pathToFileURL } from "node:url";
import { objectOf } from "../../runtime/json.ts";
import { createOfficialAccount } from "./account.ts";
import { inWords } from "./failures.ts";
import { createOfficialServer, type OfficialServerDeps } from "./official-server.ts";
import { createOfficialService } from "./official-service.ts";
import type { OtherService } from "../services/open-service.ts";

const exclusionLimitMs = 20_000;

export interface OpenedOfficial extends OtherService {
  /** The settings are others. */
  tellSettings(): void;
}

export function openOfficial(deps: OfficialServerDeps): OpenedOfficial {
  const server = createOfficialServer(deps);
  return {
    service: createOfficialService(deps, server),
    account: createOfficialAccount(server),
    onChange: server.state.onAccountChange,
    async exclusionOf(ctx, file) {
      const params = { uri: pathToFileURL(file).href };
      const about = { what: "whether the file is excluded", limitMs: exclusionLimitMs };
      try {
        const result = await server.use(ctx, ({ request }) => request(ctx, "checkFileStatus", params, about));
        const { status, reason } = objectOf(result);
        return status === "blocked" ? inWords(reason) : undefined;
      } catch (error) {
        ctx.log.debug("GitHub's language server does not say whether a file is excluded", { error: String(error) });
        return undefined;
      }
    },
    name: "GitHub's language server",
    // What it gets goes to GitHub.
    isLocal: false,
    findKey: async () => false,
    storeKey: undefined,
    tellSettings: server.tellSettings,
    close: server.close,
  };
}
