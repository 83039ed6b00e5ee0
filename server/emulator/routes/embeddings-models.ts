// `GET {api}/embeddings/models`: a probe of the official client; there are none.

import { json, type Route } from "../route.ts";

export const embeddingsModels: Route = {
  name: "embeddings-models",
  method: "GET",
  path: /^\/embeddings\/models$/,
  answer: () => json({ models: [] }),
};
