/** A wallet that leaves for good, and one that comes back. */
import { givenKeys, memoryStore, type PosternEvent } from "@postern/sdk";
import { keyBundleAddress, profileAddress, PROGRAM_ADDRESS as PROGRAM } from "@postern/sdk/program";
import { expect } from "chai";
import { lamportsOf, profileOf } from "./support/ledger.js";
import { refusal } from "./support/refusal.js";
import { open, stage, type Person } from "./support/stage.js";
import { collect, textsOf, until } from "./support/waiting.js";

describe("a wallet that unregisters", () => {
  const on = stage();

  /** A conversation in which Bob has acknowledged everything, with his answer, so that Alice may close her side. */
  async function readUp(alice: Person, bob: Person): Promise<void> {
    const [toBob, toAlice] = await open(alice, bob, "before");
    await toAlice.history();
    await toAlice.send("answer before");
    await toBob.history();
  }

  const standing = async (person: Person): Promise<boolean[]> =>
    Promise.all([profileAddress(person.address, PROGRAM), keyBundleAddress(person.address, 0, PROGRAM)].map(async (address) => (await lamportsOf(on.connection, address)) > 0n));

  it("gets every lamport back but the fees, with one prompt, and the session is over", async () => {
    const [alice, bob] = await on.people(2);
    await readUp(alice, bob);
    const [own, prompts] = [await lamportsOf(on.connection, alice.address), alice.wallet.total];
    const { reclaimedLamports } = await alice.postern.unregister();
    expect(alice.wallet.total - prompts).to.equal(1);
    const fee = (await bob.postern.estimate()).message.feeLamports;
    expect(await lamportsOf(on.connection, alice.address)).to.equal(own + reclaimedLamports - fee);
    expect(10_000_000_000n - (await lamportsOf(on.connection, alice.address)) < 20n * fee).to.equal(true);
    expect(await standing(alice)).to.deep.equal([false, false]);
    await refusal(alice.postern.isRegistered(), "CLOSED");
    expect(await (await on.device(alice)).postern.isRegistered()).to.equal(false);
    expect([...(await bob.postern.canMessage([alice.address])).values()]).to.deep.equal([false]);
  });

  it("is told CLOSE_TOO_EARLY while a peer has something to read, before anything is changed", async () => {
    const [alice, bob, carol] = await on.people(3);
    await readUp(alice, bob);
    await (await alice.postern.conversation(carol.address)).send("not answered yet");
    const [balance, prompts] = [await alice.postern.balance(), alice.wallet.total];
    const error = await refusal(alice.postern.unregister(), "CLOSE_TOO_EARLY");
    expect(error.context["peers"]).to.deep.equal([carol.address]);
    expect((error.context["closableAt"] as Date).getTime()).to.be.above(Date.now() + 13 * 86_400_000);
    expect([await alice.postern.balance(), alice.wallet.total]).to.deep.equal([balance, prompts]);
    await (await alice.postern.conversation(bob.address)).send("still here");
  });

  it("may leave what cannot be closed behind, and finds it when it registers again", async () => {
    const [alice, bob, carol] = await on.people(3);
    await readUp(alice, bob);
    const [toCarol] = await open(alice, carol, "for carol");
    await toCarol.send("unread by carol");
    await alice.postern.unregister({ leaveUnclosed: true });
    expect(await standing(alice)).to.deep.equal([false, false]);
    const again = await on.device(alice);
    await again.postern.register({ fundLamports: 100_000_000n });
    expect(textsOf(await (await again.postern.conversation(carol.address)).history())).to.deep.equal(["for carol", "unread by carol"]);
    const toAlice = await carol.postern.conversation(alice.address);
    await toAlice.history();
    await toAlice.send("read");
    expect((await (await again.postern.conversation(carol.address)).close()).reclaimedLamports > 0n).to.equal(true);
    expect((await again.postern.conversations()).map(({ peer }) => peer)).to.deep.equal([]);
  });

  it("stays registered when the wallet refuses, and succeeds at the next try", async () => {
    const alice = await on.person();
    alice.wallet.refuse("transactions");
    await refusal(alice.postern.unregister(), "REJECTED_BY_WALLET");
    expect([await alice.postern.isRegistered(), await alice.postern.balance()]).to.deep.equal([true, 0n]);
    alice.wallet.refuse(undefined);
    await alice.postern.unregister();
    expect(await standing(alice)).to.deep.equal([false, false]);
  });

  it("is not registered anew by a session from before, which has no root any more: RPC_FAILED, and nothing is published", async () => {
    const keys = givenKeys(crypto.getRandomValues(new Uint8Array(32)));
    const before = await on.person({ connect: { keys } });
    await (await on.device(before, { keys })).postern.unregister();
    const prompts = before.wallet.total;
    await refusal(before.postern.register(), "RPC_FAILED");
    expect([before.wallet.total - prompts, await (await on.device(before, { keys })).postern.isRegistered()]).to.deep.equal([0, false]);
  });

  it("is told NOT_REGISTERED when there is nothing to close", async () => {
    const postern = await on.connect(await on.wallet());
    await refusal(postern.unregister(), "NOT_REGISTERED");
  });

  it("comes back under the same root number with a new certificate: peers are told once, safety numbers change, messages flow both ways, nothing old opens", async () => {
    const [alice, bob] = await on.people(2);
    await readUp(alice, bob);
    const toAlice = await bob.postern.conversation(alice.address);
    const numberBefore = await toAlice.safetyNumber();
    const [old] = await toAlice.history();
    const events = collect<PosternEvent>((signal) => bob.postern.events({ signal }));
    await alice.postern.unregister();
    await refusal(toAlice.send("nobody there"), "PEER_NOT_REGISTERED");

    const published = Math.floor(Date.now() / 1_000);
    await until(() => Math.floor(Date.now() / 1_000) > published, "a card of another second");
    const back = await on.device(alice);
    await back.postern.register({ fundLamports: 100_000_000n });
    expect((await profileOf(on.connection, alice.address)).rootNumber).to.equal(1);
    expect(textsOf(await (await back.postern.conversation(bob.address)).history())).to.deep.equal([]);

    await toAlice.send("welcome back"); // a live session that knew the keys of before
    const toBob = await back.postern.conversation(bob.address);
    await toBob.send("thank you");
    expect(textsOf(await toBob.history())).to.deep.equal(["welcome back", "thank you"]);
    const told = textsOf(await toAlice.history());
    expect(told.slice(-2)).to.deep.equal(["welcome back", "thank you"]);
    expect((await toAlice.history()).filter(({ id }) => id === old?.id), "what bob has seen stays in his session").to.have.lengthOf(1);
    const numberAfter = await toAlice.safetyNumber();
    expect(numberAfter).not.to.equal(numberBefore);
    expect(await toBob.safetyNumber()).to.equal(numberAfter);
    await toAlice.send("once more");
    expect((await events.stop()).filter(({ kind }) => kind === "keysChanged")).to.deep.equal([{ kind: "keysChanged", wallet: alice.address }]);
    expect(textsOf(await (await (await on.device(bob, { store: memoryStore() })).postern.conversation(alice.address)).history())).to.include.members(["welcome back", "thank you", "once more"]);
  });

  it("never comes back with keys that it had replaced, perhaps because they were stolen: the root number is raised", async () => {
    const [alice, bob] = await on.people(2);
    const replaced = (await profileOf(on.connection, alice.address)).delegate;
    await alice.postern.rotate();
    const left = (await profileOf(on.connection, alice.address)).delegate;
    await alice.postern.unregister();
    for (const [life, rootNumber] of [[1, 2], [2, 2]] as const) {
      const back = await on.device(alice);
      await back.postern.register({ fundLamports: 100_000_000n });
      const profile = await profileOf(on.connection, alice.address);
      expect([profile.rootNumber, profile.currentGeneration], `life ${life}`).to.deep.equal([rootNumber, 0]);
      expect([replaced, left]).to.not.include(profile.delegate);
      const prompts = alice.wallet.total;
      const device = await on.device(alice);
      expect(alice.wallet.total - prompts, "one prompt for a device").to.equal(1);
      await (await device.postern.conversation(bob.address)).send(`life ${life}`);
      expect((await bob.postern.requests()).map(({ from }) => from)).to.include(alice.address);
      if (life === 1) await back.postern.unregister({ leaveUnclosed: true }); // nothing was replaced in this one
    }
  });
});
