/** The `fetch` of connections that the SDK opens itself: no answer is without an end, and no request outlives its session. */
import { expect } from "chai";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { StatusError } from "../../sdk/src/net/failure.js";
import { endingFetch } from "../../sdk/src/net/fetch.js";
import { until } from "../e2e/support/waiting.js";

const MEGABYTE = 1_024 * 1_024;

describe("a request of a connection that the SDK opens", () => {
  let server: Server;
  let url: string;
  let answer: (response: ServerResponse) => void;
  let open = 0;
  let ending: AbortController;

  before(async () => {
    server = createServer((_, response) => {
      open++;
      response.on("close", () => open--);
      answer(response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => void (ending = new AbortController()));
  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** Writes on for as long as somebody reads, but no more than this. */
  const writes = (megabytes: number) => (response: ServerResponse): void => {
    let left = megabytes;
    const next = (): void => {
      while (left-- > 0) if (!response.write(Buffer.alloc(MEGABYTE, 0x20))) return void response.once("drain", next);
      response.end();
    };
    next();
  };
  const isOver = (): Promise<unknown> => until(() => open === 0, "nothing is open");

  it("takes an answer of 64 MB, and lets go of one that is longer", async () => {
    answer = writes(64);
    expect((await (await endingFetch(ending.signal, 60_000)(url)).text()).length).to.equal(64 * MEGABYTE);
    answer = writes(100_000);
    expect(await endingFetch(ending.signal, 60_000)(url).catch(String)).to.match(/more than 67108864 bytes/u);
    await isOver();
  });

  it("ends with the session, in the middle of an answer too", async () => {
    answer = (response) => void response.write("begun");
    const asked = endingFetch(ending.signal, 3_600_000)(url).then(() => "answered", () => "ended");
    await until(() => open === 1, "it is asked");
    ending.abort();
    expect(await asked).to.equal("ended");
    await isOver();
  });

  it("ends when it takes too long, in the middle of an answer too", async () => {
    answer = (response) => void response.write("begun");
    expect(await endingFetch(ending.signal, 200)(url).catch((error: Error) => error.message)).to.equal("no answer within 200 ms");
    await isOver();
  });

  it("that has a status which is no answer says so, with what it asks for, and leaves nothing open", async () => {
    answer = (response) => {
      response.writeHead(429, { "retry-after": "7" });
      writes(100_000)(response);
    };
    const error: unknown = await endingFetch(ending.signal, 60_000)(url).catch((cause: unknown) => cause);
    expect(error).to.be.instanceOf(StatusError).and.to.include({ status: 429, retryAfterMs: 7_000 });
    await isOver();
  });
});
