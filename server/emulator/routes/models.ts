// `GET /models` of both hosts at once, as they share this port: the API host lists under `data` every model that the
// plan may use, the proxy host under `models` those for next edits.

import type { EditModelsReply, ModelReply } from "../../../shared/upstream.ts";
import { json, refuseExpired, type Route } from "../route.ts";
import type { EditModel } from "../types.ts";

/** With what the official client insists on besides. */
interface ListedModel extends ModelReply {
  readonly capabilities: ModelReply["capabilities"] & { readonly object: "model_capabilities" };
}

export const models: Route = {
  name: "models",
  method: "GET",
  path: /^\/models$/,
  answer(world, call) {
    // Chat models come first: a client that takes the first entry unseen has taken the wrong one.
    const data = [...chatModels, ...world.sessions.completionModels().map(completionModel), embeddingsModel];
    return (
      refuseExpired(world, call) ?? json({ object: "list", data, models: world.sessions.editModels().map(proxyModel) })
    );
  },
};

function proxyModel({ name, kind, strategy }: EditModel): EditModelsReply["models"][number] {
  return {
    serviceType: kind === "edit" ? "NESChat" : "CursorJumpChat",
    name,
    provider: "azure",
    capabilities: { promptStrategy: strategy },
  };
}

function completionModel(id: string): ListedModel {
  return {
    id,
    name: id,
    vendor: "Azure OpenAI",
    version: id,
    object: "model",
    preview: false,
    model_picker_enabled: false,
    capabilities: {
      object: "model_capabilities",
      type: "completion",
      family: id,
      tokenizer: "o200k_base",
      limits: { max_prompt_tokens: 8192, max_output_tokens: 4096 },
      supports: { streaming: true },
    },
  };
}

const chatModels: readonly ListedModel[] = [
  {
    id: "gpt-4.1",
    name: "GPT-4.1",
    vendor: "Azure OpenAI",
    version: "gpt-4.1-2025-04-14",
    object: "model",
    preview: false,
    model_picker_enabled: true,
    is_chat_default: true,
    capabilities: {
      object: "model_capabilities",
      type: "chat",
      family: "gpt-4.1",
      tokenizer: "o200k_base",
      limits: { max_context_window_tokens: 128_000, max_prompt_tokens: 111_616, max_output_tokens: 16_384 },
      supports: { streaming: true, tool_calls: true, parallel_tool_calls: true, vision: true },
    },
  },
];

const embeddingsModel: ListedModel = {
  id: "text-embedding-3-small",
  name: "Embedding V3 small",
  vendor: "Azure OpenAI",
  version: "text-embedding-3-small",
  object: "model",
  preview: false,
  model_picker_enabled: false,
  capabilities: {
    object: "model_capabilities",
    type: "embeddings",
    family: "text-embedding-3-small",
    tokenizer: "cl100k_base",
    limits: { max_inputs: 512 },
    supports: {},
  },
};
