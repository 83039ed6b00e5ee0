// What becomes of requests to a program that ends.

import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { createConnection } from "../../server/json-rpc/connection.ts";
import { RpcError } from "../../server/json-rpc/rpc-error.ts";
import { createRecordingLog } from "../support/test-ctx.ts";

function open() {
  const input = new PassThrough();
  const output = new PassThrough();
  output.resume();
  let onEnd = (): void => undefined;
  const ended = new Promise<void>((settle) => (onEnd = settle));
  const connection = createConnection({
    input,
    output,
    log: createRecordingLog(),
    onRequest: async () => undefined,
    errorBodyOf: () => new RpcError(0, "").body,
    onNotification: () => undefined,
    onEnd,
  });
  connection.listen();
  return { input, connection, ended };
}

test("a request that has no answer yet is rejected when the other side has gone, and so is one that comes after that", async () => {
  const { input, connection, ended } = open();
  const before = connection.request("one", {});
  input.end();
  await expect(before).rejects.toThrow("closed");
  await ended;
  // Its process may not have been missed yet.
  await expect(connection.request("two", {})).rejects.toThrow("closed");
});
