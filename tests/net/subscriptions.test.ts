/** Whether notifications can arrive, as far as the endpoint has said. */
import { expect } from "chai";
import type { AddressInfo } from "node:net";
import WebSocket from "ws";
import { Subscriptions } from "../../sdk/src/net/subscriptions.js";
import { until } from "../e2e/support/waiting.js";

const [ONE, OTHER] = ["So11111111111111111111111111111111111111112", "SysvarC1ock11111111111111111111111111111111"];
type Asked = { readonly id: number; readonly method: string; readonly params: unknown[] };

describe("subscriptions", () => {
  let server: WebSocket.Server;
  let subscriptions: Subscriptions;
  let asked: Asked[] = [];
  let answer: (asked: Asked) => object | undefined = () => undefined;
  let socket: WebSocket | undefined;

  beforeEach(async () => {
    asked = [];
    server = new WebSocket.Server({ port: 0, host: "127.0.0.1" });
    await new Promise((resolve) => server.on("listening", resolve));
    server.on("connection", (client) => {
      socket = client;
      client.on("message", (data) => {
        const request = JSON.parse(String(data)) as Asked;
        asked.push(request);
        const reply = answer(request);
        if (reply) client.send(JSON.stringify({ jsonrpc: "2.0", id: request.id, ...reply }));
      });
    });
    subscriptions = new Subscriptions(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, "confirmed");
  });
  afterEach(async () => {
    subscriptions.close();
    for (const client of server.clients) client.terminate();
    await new Promise((resolve) => server.close(resolve));
  });

  const confirmed = (request: Asked): void => void socket?.send(JSON.stringify({ jsonrpc: "2.0", id: request.id, result: 100 + request.id }));

  it("are live once the endpoint has confirmed every one of them, and not because its socket is open", async () => {
    answer = () => undefined;
    subscriptions.watch(ONE, () => undefined);
    await until(() => asked.length === 1, "it is asked for");
    expect(subscriptions.live).to.equal(false);
    confirmed(asked[0]!);
    await until(() => subscriptions.live, "it is confirmed");
    subscriptions.watch(OTHER, () => undefined);
    await until(() => asked.length === 2, "the other is asked for");
    expect(subscriptions.live).to.equal(false);
    confirmed(asked[1]!);
    await until(() => subscriptions.live, "both are confirmed");
  });

  it("hint once they are confirmed, of what changed before that, and again after the socket was cut", async () => {
    const hints: string[] = [];
    const askedFor = (address: string, times: number): Promise<Asked> => until(() => asked.filter(({ params }) => params[0] === address)[times - 1], "it is asked for");
    subscriptions.watch(ONE, () => void hints.push("one"));
    const one = await askedFor(ONE, 1);
    expect(hints, "before it is confirmed").to.deep.equal([]);
    confirmed(one);
    confirmed(one); // an endpoint that says it again says nothing new
    await until(() => hints.length > 0, "a hint");
    subscriptions.watch(OTHER, () => void hints.push("other"));
    confirmed(await askedFor(OTHER, 1));
    await until(() => hints.length > 1, "another one");
    expect(hints).to.deep.equal(["one", "other"]);
    socket!.terminate();
    const again = [await askedFor(ONE, 2), await askedFor(OTHER, 2)];
    expect(hints.splice(0), "what changed meanwhile").to.deep.equal(["one", "other", "one", "other"]);
    for (const request of again) confirmed(request);
    await until(() => hints.length > 1, "and until it is confirmed anew");
    expect(hints).to.deep.equal(["one", "other"]);
  });

  it("that the endpoint refuses are not live", async () => {
    let refused = 0;
    let hints = 0;
    answer = ({ params }) => (refused++, params[0] === ONE ? { error: { code: -32_601, message: "no subscriptions here" } } : { result: "none" });
    for (const address of [ONE, OTHER]) subscriptions.watch(address, () => void hints++);
    await until(() => refused === 2, "they are refused, or answered with nonsense");
    await new Promise((resolve) => socket!.once("pong", resolve).ping()); // what was sent before has arrived
    expect([subscriptions.live, hints]).to.deep.equal([false, 0]);
  });

  it("that are confirmed when nobody wants them any more are ended", async () => {
    answer = () => undefined;
    subscriptions.watch(OTHER, () => undefined); // keeps the socket
    const end = subscriptions.watch(ONE, () => undefined);
    const request = await until(() => asked.find(({ params }) => params[0] === ONE), "it is asked for");
    end();
    confirmed(request);
    const { method, params } = await until(() => asked.find(({ method: name }) => name === "accountUnsubscribe"), "it is ended");
    expect([method, params]).to.deep.equal(["accountUnsubscribe", [100 + request.id]]);
  });

  it("leave no socket behind once nobody watches, and open another one for who does later", async () => {
    answer = () => undefined;
    const ends = [ONE, OTHER].map((address) => subscriptions.watch(address, () => undefined));
    await until(() => asked.length === 2, "they are asked for");
    const first = socket!;
    ends[0]!();
    await new Promise((resolve) => first.once("pong", resolve).ping());
    expect(first.readyState, "while one is watched").to.equal(WebSocket.OPEN);
    ends[1]!();
    await until(() => first.readyState === WebSocket.CLOSED, "it is closed");
    subscriptions.watch(ONE, () => undefined);
    await until(() => asked.length === 3, "it is asked for anew");
    expect(socket).not.to.equal(first);
  });
});
