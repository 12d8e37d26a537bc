import { memoryStore, type Conversation } from "@postern/sdk";
import { inboxAddress, PROGRAM_ADDRESS } from "@postern/sdk/program";
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { inboxOf, lamportsOf, profileOf } from "./support/ledger.js";
import { open, stage, type Person } from "./support/stage.js";
import { collect, textsOf, until, untilClosed } from "./support/waiting.js";

describe("after a rotation, a conversation", function () {
  this.timeout(240_000); // closings wait for slots
  const on = stage();

  /** Addresses of inboxes that stand, by the writer's generation: the delegates are those of the bundles. */
  async function standing(delegate: string): Promise<number> {
    const addresses = Array.from({ length: 6 }, (_, index) => new PublicKey(inboxAddress(delegate, index, PROGRAM_ADDRESS)));
    return (await on.connection.getMultipleAccountsInfo(addresses, "confirmed")).filter((account) => account !== null).length;
  }
  const delegateOf = async (address: string): Promise<string> => (await profileOf(on.connection, address)).delegate;

  /** Reads on both sides until the old inboxes of these delegates are closed. */
  async function settled(chats: readonly Conversation[], old: readonly string[]): Promise<void> {
    await untilClosed(async () => {
      for (const chat of chats) await chat.history();
      return (await Promise.all(old.map(standing))).every((count) => count === 0);
    }, "the old inboxes are closed");
  }

  async function talking(): Promise<{ people: [Person, Person]; chats: [Conversation, Conversation] }> {
    const people = await on.people(2);
    const chats = await open(people[0], people[1], "1");
    await chats[1].send("2");
    await chats[0].send("3");
    return { people, chats };
  }

  for (const who of [0, 1] as const) {
    it(`goes on where it was when ${who === 0 ? "the one who asked" : "the one who answered"} rotates: one list, one order, nothing lost, doubled or unread`, async () => {
      const { people, chats } = await talking();
      const [rotating, peer] = [people[who], people[1 - who]!];
      const ids = chats.map(({ id }) => id);
      const old = await delegateOf(rotating.address);
      await rotating.postern.rotate();
      await chats[who].send("4");
      await chats[1 - who]!.send("5");
      await settled(chats, [old]);
      await chats[who].send("6");
      await chats[1 - who]!.send("7");
      for (const chat of chats) expect(textsOf(await chat.history())).to.deep.equal(["1", "2", "3", "4", "5", "6", "7"]);
      expect(chats.map(({ id, state }) => [id, state])).to.deep.equal(ids.map((id) => [id, "open"]));
      for (const me of people) {
        expect(await me.postern.conversations()).to.have.length(1);
        expect(await me.postern.requests()).to.deep.equal([]);
      }
      expect(await standing(await delegateOf(rotating.address))).to.equal(1);
      await untilClosed(async () => {
        for (const chat of chats) await chat.history();
        return (await standing(await delegateOf(peer.address))) === 1;
      }, "the peer's old inbox is closed as well");
    });
  }

  for (const newRoot of [false, true]) {
    it(`goes on under ${newRoot ? "a new root" : "the same root"}, and the rent of the old inboxes returns to the wallets`, async () => {
      const { people, chats } = await talking();
      const wallets = await Promise.all(people.map(({ address }) => lamportsOf(on.connection, address)));
      const rents = await Promise.all(people.map(async ({ address }) => BigInt(await on.connection.getMinimumBalanceForRentExemption(444 + (await inboxOf(on.connection, address))!.capacity))));
      const old = await Promise.all(people.map(({ address }) => delegateOf(address)));
      await people[0].postern.rotate({ newRoot });
      const afterRotation = await lamportsOf(on.connection, people[0].address);
      await chats[0].send("4");
      await chats[1].send("5");
      await settled(chats, [old[0]!]);
      await untilClosed(async () => {
        for (const chat of chats) await chat.history();
        return (await lamportsOf(on.connection, people[1].address)) > wallets[1]!;
      }, "the peer has its rent back");
      expect((await lamportsOf(on.connection, people[0].address)) - afterRotation).to.equal(rents[0]);
      expect((await lamportsOf(on.connection, people[1].address)) - wallets[1]!).to.equal(rents[1]);
      expect(await lamportsOf(on.connection, old[0]!)).to.equal(0n);
      for (const chat of chats) expect(textsOf(await chat.history())).to.deep.equal(["1", "2", "3", "4", "5"]);
    });
  }

  it("is read on by messages() that never stopped, on both sides, each message once", async () => {
    const { people, chats } = await talking();
    const readings = chats.map((chat) => collect((signal) => chat.messages({ signal })));
    const old = await delegateOf(people[0].address);
    await people[0].postern.rotate();
    for (let i = 4; i < 12; i++) await chats[i % 2]!.send(String(i));
    await untilClosed(async () => (await standing(old)) === 0, "the old inbox is closed");
    await chats[0].send("12");
    const expected = Array.from({ length: 12 }, (_, i) => String(i + 1));
    await until(() => readings.every(({ items }) => items.length >= 12), "all have been read");
    for (const reading of readings) expect(textsOf(await reading.stop())).to.deep.equal(expected);
  });

  it("has the unread count and cursors of before", async () => {
    const people = await on.people(2);
    const store = memoryStore();
    const bob = { ...people[1], postern: await on.connect(people[1].wallet, { store }) };
    const [toBob, toAlice] = await open(people[0], bob, "1");
    await toAlice.send("2");
    const [, second] = await toAlice.history();
    await toAlice.markRead(second!.cursor);
    await toBob.send("3");
    const old = await delegateOf(people[0].address);
    await people[0].postern.rotate();
    await toBob.send("4");
    expect(await toAlice.unread()).to.equal(2);
    await settled([toBob, toAlice], [old]);
    expect(await toAlice.unread()).to.equal(2);
    const after = collect((signal) => toAlice.messages({ after: second!.cursor, signal }));
    await until(() => after.items.length >= 2, "what came after");
    expect(textsOf(await after.stop())).to.deep.equal(["3", "4"]);
    await toAlice.markRead((await toAlice.history()).at(-1)!.cursor);
    expect(await toAlice.unread()).to.equal(0);
  });

  it("survives that both rotate at once, and that they do it again", async () => {
    const { people, chats } = await talking();
    const old = await Promise.all(people.map(({ address }) => delegateOf(address)));
    await Promise.all(people.map(({ postern }) => postern.rotate()));
    await Promise.all(chats.map((chat, i) => chat.send(`both ${i}`)));
    await settled(chats, old);
    const middle = await Promise.all(people.map(({ address }) => delegateOf(address)));
    await Promise.all(people.map(({ postern }) => postern.rotate()));
    await Promise.all(chats.map((chat, i) => chat.send(`again ${i}`)));
    await settled(chats, middle);
    await chats[0].send("end");
    const expected = ["1", "2", "3", "again 0", "again 1", "both 0", "both 1", "end"];
    for (const chat of chats) {
      const texts = textsOf(await chat.history());
      expect([...texts].sort()).to.deep.equal(expected);
      expect(texts.slice(0, 3)).to.deep.equal(["1", "2", "3"]);
      expect(texts.at(-1)).to.equal("end");
    }
    for (const me of people) expect(await me.postern.requests()).to.deep.equal([]);
  });
});
