// `GET {api}/copilot_internal/content_exclusion?repos=URL,URL&scope=repo`: which files must not be sent.

import { githubError, json, refuseStranger, type Route } from "../route.ts";

const maxRepositories = 10;

export const contentExclusion: Route = {
  name: "content-exclusion",
  method: "GET",
  path: /^\/copilot_internal\/content_exclusion$/,
  answer(world, call) {
    const refused = refuseStranger(world, call);
    if (refused) return refused;
    const query = new URL(call.path, "http://localhost").searchParams;
    const repositories = (query.get("repos") ?? "").split(",").filter((one) => one !== "");
    if (repositories.length > maxRepositories) return githubError(400, `At most ${maxRepositories} repositories.`);
    const scopes = query.get("scope") === "all" ? [...repositories, "all"] : repositories;
    const reply = world.sessions.exclusionRules(scopes);
    return reply ? json(reply) : githubError(404, "Not Found");
  },
};
