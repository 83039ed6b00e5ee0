// GitHub's own language server, put together as a service in Copilot's place. Loaded only where the person chose it.

import { createOfficialAccount } from "./account.ts";
import { createOfficialServer, type OfficialServerDeps } from "./official-server.ts";
import { createOfficialService } from "./official-service.ts";
import type { OtherService } from "../services/open-service.ts";

export interface OpenedOfficial extends OtherService {
  /** The settings are others. */
  tellSettings(): void;
}

export function openOfficial(deps: OfficialServerDeps): OpenedOfficial {
  const server = createOfficialServer(deps);
  return {
    service: createOfficialService(deps, server),
    account: createOfficialAccount(server),
    onChange: server.onAccountChange,
    name: "GitHub's language server",
    // What it gets goes to GitHub.
    isLocal: false,
    findKey: async () => false,
    storeKey: undefined,
    tellSettings: server.tellSettings,
    close: server.close,
  };
}
