// `workspace/executeCommand`: runs one of our commands. Its answer is never null, which some clients choke on.

import { printable } from "../../runtime/printable.ts";
import { commandTable } from "../commands/table.ts";
import { readObject, readString } from "../params.ts";
import type { Handler, Method } from "../types.ts";
import { ErrorCodes, ResponseError } from "vscode-languageserver";

export const executeCommand: Method = (session) => {
  const commands = new Map(
    Object.entries(commandTable).map(([name, command]): [string, Handler] => [name, command(session)]),
  );
  return (ctx, params) => {
    const fields = readObject(params, "params");
    const name = readString(fields["command"], "command");
    const command = commands.get(name);
    if (!command) {
      // The official server's words.
      const message = `Request workspace/executeCommand failed with message: Unknown command: ${printable(name)}`;
      throw new ResponseError(ErrorCodes.InternalError, message);
    }
    const args: unknown = fields["arguments"];
    return command(ctx, Array.isArray(args) ? args : []);
  };
};
