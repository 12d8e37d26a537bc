/** A question that is never answered is nobody else's: web3.js has all who ask for the block height wait for one request. */
import { startLocalnet, type Localnet } from "@postern/sdk/localnet";
import type { Connection } from "@solana/web3.js";
import { expect } from "chai";
import { Rpc } from "../../sdk/src/net/rpc.js";
import { LyingRpc } from "../hostile/support/lying-rpc.js";
import { refused } from "../hostile/support/leaks.js";

describe("the block height", () => {
  let net: Localnet;
  let lying: LyingRpc;
  before(async () => {
    net = await startLocalnet({ slotTimeMs: 50 });
    lying = await LyingRpc.start(net);
  });
  after(async () => {
    await lying.stop();
    await net.stop();
  });

  it("is asked for anew after a request that got no answer, over a connection of the app's, and comes at once", async () => {
    const connection = lying.connection();
    const rpc = new Rpc(connection, "confirmed", new AbortController().signal, () => undefined);
    let asked = 0;
    lying.method("getBlockHeight", (_call, forward) => (++asked === 1 ? "hang" : forward()));
    await refused(rpc.blockHeight(), "RPC_FAILED");
    const height = await rpc.blockHeight();
    expect(asked).to.equal(1);
    const told = await net.connection().getBlockHeight("confirmed");
    expect(height, "the height that the other call tells, give or take what a commitment is behind").to.be.closeTo(told, 60);

    lying.method("getEpochInfo", () => ({ error: { code: -32_601, message: "Method not found" } }));
    await refused(rpc.blockHeight(), "RPC_FAILED");
    lying.honest();
    await connection.getBlockHeight().catch(() => undefined); // what hung is cut
    const askedBefore = lying.counts.get("getEpochInfo");
    expect(await rpc.blockHeight(), "by the first call again").to.be.closeTo(told, 60);
    expect(lying.counts.get("getEpochInfo")).to.equal(askedBefore);
  }).timeout(20_000);

  it("is no number that nobody could count, and none that is missing, whichever way it is asked for", async () => {
    const rpc = new Rpc(lying.connection(), "confirmed", new AbortController().signal, () => undefined);
    for (const height of [-1, 1.5, 2 ** 53, null, "7"]) {
      lying.method("getBlockHeight", () => ({ result: height }));
      lying.method("getEpochInfo", (_call, forward) => forward().then((reply) => ({ result: { ...(reply as { result: object }).result, blockHeight: height } })));
      for (const _ of ["getBlockHeight", "getEpochInfo"]) await refused(rpc.blockHeight(), "RPC_FAILED");
    }
    lying.honest();
  });

  it("is asked for again and again in the one way that a connection has", async () => {
    const connection: Connection = new Proxy(lying.connection(), { get: (target, name) => (name === "getEpochInfo" ? undefined : Reflect.get(target, name, target)) });
    const rpc = new Rpc(connection, "confirmed", new AbortController().signal, () => undefined);
    let down = true;
    lying.method("getBlockHeight", (_call, forward) => (down ? { status: 503, body: "" } : forward()));
    for (let i = 0; i < 2; i++) await refused(rpc.blockHeight(), "RPC_FAILED");
    down = false;
    expect(await rpc.blockHeight()).to.be.above(0);
  });
});
