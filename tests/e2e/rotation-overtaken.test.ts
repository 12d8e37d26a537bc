import { expect } from "chai";
import { down, hooked } from "./support/connections.js";
import { chainSeconds, profileOf } from "./support/ledger.js";
import { refusal } from "./support/refusal.js";
import { stage } from "./support/stage.js";
import { textsOf, until } from "./support/waiting.js";

describe("a rotation during which the wallet goes on", () => {
  const on = stage();

  const generationOf = async (address: string): Promise<number | undefined> => (await profileOf(on.connection, address)).currentGeneration;

  it("begins anew where the wallet has gone on with its old keys after an interruption: a request of then is not taken for a thief's", async () => {
    let failing = false;
    let sent = 0;
    const connection = hooked(on.connection, { simulateTransaction: async (_call, pass) => (failing && ++sent >= 2 ? down() : pass()) });
    const alice = await on.person({ connect: { connection }, register: { fundLamports: 300_000_000n } });
    const bob = await on.person();
    failing = true;
    await refusal(alice.postern.rotate(), "RPC_FAILED");
    failing = false;
    expect((await profileOf(on.connection, alice.address)).nextGeneration).to.equal(2);
    await (await alice.postern.conversation(bob.address)).send("in between");
    const prompts = { ...alice.wallet.prompts };
    await alice.postern.rotate();
    expect([alice.wallet.prompts.transactions - prompts.transactions, await generationOf(alice.address)]).to.deep.equal([1, 2]);
    const [request] = await bob.postern.requests();
    expect(request?.from).to.equal(alice.address);
    expect(textsOf(await (await request!.accept()).history())).to.deep.equal(["in between"]);
  });

  it("does not write on in a request that another device has opened with the old keys meanwhile, which the peer cannot take: it asks anew", async () => {
    let holding = false;
    let sent = 0;
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const connection = hooked(on.connection, {
      simulateTransaction: async (_call, pass) => {
        if (holding && ++sent === 2) await released;
        return pass();
      },
    });
    const alice = await on.person({ connect: { connection }, register: { fundLamports: 300_000_000n } });
    const bob = await on.person();
    const other = await on.device(alice);
    holding = true;
    const rotated = alice.postern.rotate();
    await until(() => sent === 2, "the card is published");
    const validFrom = Math.floor(Date.now() / 1_000) + 1; // at the latest
    await until(async () => (await chainSeconds(on.connection)) >= validFrom, "the network's clock comes to it");
    await (await other.postern.conversation(bob.address)).send("too late");
    release();
    await rotated;
    const toBob = await alice.postern.conversation(bob.address);
    expect(textsOf(await toBob.history()), "which its sender is told").to.deep.equal(["(STALE_SENDER_KEYS)"]);
    await toBob.send("again");
    expect(await bob.postern.requests()).to.have.lengthOf(1);
    const [request] = await bob.postern.requests();
    await request!.accept();
    const device = await on.device(bob);
    expect(textsOf(await (await device.postern.conversation(alice.address)).history())).to.deep.equal(["again"]);
  });
});
