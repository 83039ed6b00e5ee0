// A server of open models that predict edits, put together. Loaded by the first question about an edit, where the person has
// such a server.

import type { Clock, Log } from "../../../../shared/context.ts";
import type { EditService } from "../../../edits/service.ts";
import type { HttpClient } from "../../http/http-client.ts";
import { createServiceCalls } from "../calls.ts";
import { createLlamaCpp } from "../llama-cpp.ts";
import { createModelEditService } from "./model-edit-service.ts";
import { createOllama } from "../ollama.ts";
import type { EditKind, ServiceChoice } from "../settings.ts";

interface Deps {
  readonly clock: Clock;
  readonly log: Log;
  readonly http: HttpClient;
  readonly userAgent: string;
}

export function openEditService(
  { clock, log, http, userAgent }: Deps,
  choice: ServiceChoice & { readonly kind: EditKind },
): EditService {
  const calls = createServiceCalls({ clock, http, userAgent }, choice);
  const create = choice.kind === "ollama" ? createOllama : createLlamaCpp;
  return createModelEditService({ clock, log, calls, wire: create({ clock, calls }, choice) });
}
