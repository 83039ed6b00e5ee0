import { createServer } from "node:http";
import { connect, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { createPool } from "../../server/upstream/http/undici.ts";
import { later } from "./harness.ts";

describe("the private path of undici", () => {
  test("leads to a pool that dispatches with the events we rely on", async () => {
    const server = createServer((_request, response) =>
      response.writeHead(200, { "Retry-After": ["1", "2"] }).end("hello"),
    );
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    later(() => void server.close());
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const open = async (): Promise<Socket> => {
      const socket = connect(port, "127.0.0.1");
      await new Promise((resolve) => {
        socket.once("connect", resolve);
      });
      return socket;
    };
    let heard = 0;
    const pool = createPool(`http://127.0.0.1:${port}`, open, () => (heard += 1));
    later(() => pool.destroy(new Error("over")));

    const events: string[] = [];
    await new Promise<void>((resolve) => {
      pool.dispatch(
        { method: "GET", path: "/", headers: ["accept", "*/*"], body: undefined },
        {
          isWanted: () => true,
          onRequestStart: () => events.push("start"),
          onResponseStart: (_controller, status, headers) =>
            events.push(`head ${status}`, `${headers.get("retry-after")} ${headers.get("retry-afters")}`),
          onResponseData: (_controller, chunk) => events.push(chunk.toString()),
          onResponseEnd: () => {
            events.push("end");
            resolve();
          },
          onResponseError: (_controller, error) => {
            events.push(error.message);
            resolve();
          },
        },
      );
    });
    expect(events).toEqual(["start", "head 200", "1 undefined", "hello", "end"]);
  });
});
