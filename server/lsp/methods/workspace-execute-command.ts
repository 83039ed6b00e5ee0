// `workspace/executeCommand`: runs one of our commands. Its answer is never null, which some clients choke on.

import { CopilotError } from "../../../shared/errors.ts";
import { commandTable } from "../commands/table.ts";
import { readObject, readString } from "../params.ts";
import type { Handler, Method } from "../types.ts";

export const executeCommand: Method = (session) => {
  const commands = new Map(
    Object.entries(commandTable).map(([name, command]): [string, Handler] => [name, command(session)]),
  );
  return (ctx, params) => {
    const fields = readObject(params, "params");
    const name = readString(fields["command"], "command");
    const command = commands.get(name);
    if (!command) throw new CopilotError("bad-request", `Unknown command: ${name}`);
    const args: unknown = fields["arguments"];
    return command(ctx, Array.isArray(args) ? args : []);
  };
};
