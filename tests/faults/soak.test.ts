/**
 * POSTERN_SOAK_MESSAGES among POSTERN_SOAK_WALLETS through a proxy of faults; `npm run test:soak` for the long run. A run that fails
 * prints its seed: POSTERN_SOAK_SEED has the same calls meet the same faults.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { startLocalnet, type Localnet } from "@postern/sdk/localnet";
import { expect } from "chai";
import { randomUUID } from "node:crypto";
import { until } from "../e2e/support/waiting.js";
import { HTTP_FAULTS, SOCKET_FAULTS, type Rates } from "./support/faults.js";
import { Soak } from "./support/soak.js";

/** In all rounds together. Each round has a network of its own, for Surfpool takes the longer over a transaction the more it has had. */
const TOTAL = Number(process.env["POSTERN_SOAK_MESSAGES"] ?? 100);
const ROUNDS = Number(process.env["POSTERN_SOAK_ROUNDS"] ?? 1);
/** The first of them: to go on where a run was interrupted, or to repeat one. */
const FROM = Number(process.env["POSTERN_SOAK_FROM_ROUND"] ?? 1);
const MESSAGES = Math.ceil(TOTAL / ROUNDS);
const WALLETS = Number(process.env["POSTERN_SOAK_WALLETS"] ?? 5);
const PEERS = Number(process.env["POSTERN_SOAK_PEERS"] ?? 2);
const SEED = process.env["POSTERN_SOAK_SEED"] ?? randomUUID();
const MINUTES = Number(process.env["POSTERN_SOAK_MINUTES"] ?? 10);

/** Of a hundred thousand: some six of a hundred calls meet a fault; what is waited for in vain is rarer, as it takes seconds. */
const RATES: Rates = {
  ...Object.fromEntries([...HTTP_FAULTS, ...SOCKET_FAULTS].map((kind) => [kind, 500])),
  dropRequest: 60, dropAnswer: 60, throttle: 100, forget: 2_000, retract: 2_000, socketRefuse: 20_000, socketCut: 2_000,
};
/** A message stays in memory with its objects in the sessions at both ends, in what they wait for, and sealed in two memory stores. */
const MAX_GROWTH_BYTES_PER_MESSAGE = 20_000;
/** Its session, with six conversations and their rings. */
const MAX_GROWTH_BYTES_PER_WALLET = 10_000_000;
/** Code that is loaded, and what the network and the test itself keep, when everyone has closed. */
const MAX_LEFT_BYTES = 60_000_000;

setFlagsFromString("--expose_gc");
const collectGarbage = runInNewContext("gc") as () => void;
function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;

for (let round = FROM; round <= ROUNDS; round++) {
  describe(`${MESSAGES} messages among ${WALLETS} wallets, through a proxy of faults${ROUNDS > 1 ? `, round ${round} of ${ROUNDS}` : ""}`, () => soakRound(ROUNDS > 1 ? `${SEED} ${round}` : SEED));
}

function soakRound(seed: string): void {
  let net: Localnet;
  let soak: Soak;
  const { error, log, warn } = console;
  let heapBefore = 0;
  let timersBefore = 0;

  before(async function () {
    this.timeout(300_000);
    console.error = console.warn = () => undefined; // web3.js tells of each failure
    [heapBefore, timersBefore] = [heapBytes(), timers()]; // other tests have run in this process
    net = await startLocalnet({ slotTimeMs: 50 });
    soak = await Soak.prepare(net, { messages: MESSAGES, wallets: WALLETS, peers: PEERS, seed, rates: RATES });
  });
  afterEach(function () {
    if (this.currentTest?.state === "failed") error(`the seed of this schedule: ${seed} (POSTERN_SOAK_SEED=${SEED})`);
  });
  after(async () => {
    Object.assign(console, { error, warn });
    await soak.proxy.stop();
    await net.stop();
  });

  it("arrive once each, in order, at both ends", async () => {
    const began = Date.now();
    const seconds = (): number => Math.round((Date.now() - began) / 1_000);
    const telling = setInterval(() => log(`      ${soak.arrived} of ${MESSAGES} after ${seconds()} s`), 60_000);
    await soak.run().finally(() => clearInterval(telling));
    const calls = [...soak.proxy.rpc.counts.values()].reduce((sum, count) => sum + count, 0);
    const met = [...soak.proxy.happened.values()].reduce((sum, count) => sum + count, 0);
    log(`      ${seconds()} s, ${Math.round(process.cpuUsage().user / 1e6)} s of them computing; ${calls} calls, ${met} faults, ${soak.retries} messages tried again`);
    expect(soak.oddities).to.deep.equal([]);
    expect(soak.differences()).to.deep.equal([]);
  }).timeout(MINUTES * 60_000);

  it("met faults of most kinds", () => {
    const met = [...soak.proxy.happened.keys()];
    expect(met, JSON.stringify([...soak.proxy.happened])).to.have.length.above(10);
  });

  it("leave no timer, no socket, no request and no memory when everyone closes, and take little of it while they are open", async function () {
    const { proxy } = soak;
    proxy.be(undefined);
    proxy.forget();
    const open = heapBytes() - heapBefore;
    await soak.close();
    await until(() => proxy.sockets === 0, "every socket ends");
    proxy.rpc.honest(); // what was never answered hangs on in a connection of the app's, which is not the session's to cut
    await until(async () => (await proxy.connections()) === 0, "every request ends");
    await until(() => timers() <= timersBefore + 2, "every timer ends"); // the network's and this one
    const left = heapBytes() - heapBefore;
    log(`      heap: ${Math.round(open / 1_000)} kB more while everyone is open, ${Math.round(left / 1_000)} kB when they have closed`);
    expect(open).to.be.below(WALLETS * MAX_GROWTH_BYTES_PER_WALLET + MESSAGES * MAX_GROWTH_BYTES_PER_MESSAGE);
    expect(left).to.be.below(MAX_LEFT_BYTES);
  });

  it("are all found by devices that have nothing but the wallets", async () => {
    expect(await soak.restored()).to.deep.equal([]);
  }).timeout(MINUTES * 60_000);
}
