// `GET {api}/user`: who the GitHub token belongs to.

import * as v from "valibot";
import type { Ctx } from "../../../shared/context.ts";
import type { Secret } from "../../runtime/secret.ts";
import { type Endpoints, gitHubHeaders } from "../copilot/endpoints.ts";
import { requestJson } from "../http/json-response.ts";

const reply = v.object({ login: v.pipe(v.string(), v.minLength(1)) });

export async function fetchLogin(endpoints: Endpoints, ctx: Ctx, githubToken: Secret): Promise<string> {
  const { value } = await requestJson(
    endpoints,
    ctx,
    {
      method: "GET",
      url: `${endpoints.server().apiUrl}/user`,
      headers: gitHubHeaders(endpoints, githubToken),
      what: "the name of the account",
      secrets: [githubToken],
    },
    reply,
  );
  return value.login;
}
