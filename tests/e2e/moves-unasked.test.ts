/** Conversations follow a change of keys also where the peer takes no requests, or asks postage for them: nobody is asked, and nothing is paid. */
import type { ContactPolicy, Conversation } from "@postern/sdk";
import { inboxAddress, PROGRAM_ADDRESS, decodeInbox, type Inbox } from "@postern/sdk/program";
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { lamportsOf, profileOf } from "./support/ledger.js";
import { open, stage, type Person } from "./support/stage.js";
import { textsOf, until, untilClosed } from "./support/waiting.js";

const CLOSED: ContactPolicy = { kind: "closed" };
const DEAR: ContactPolicy = { kind: "postage", lamports: 50_000_000n };
const NOBODY = "11111111111111111111111111111111";

describe("after a rotation, a conversation with somebody who takes no requests", function () {
  this.timeout(200_000);
  const on = stage();

  const delegateOf = async (address: string): Promise<string> => (await profileOf(on.connection, address)).delegate;
  /** The inboxes that a delegate writes. */
  async function inboxesOf(delegate: string): Promise<Inbox[]> {
    const addresses = Array.from({ length: 6 }, (_, index) => new PublicKey(inboxAddress(delegate, index, PROGRAM_ADDRESS)));
    const accounts = await on.connection.getMultipleAccountsInfo(addresses, "confirmed");
    return accounts.flatMap((account) => (account === null ? [] : [decodeInbox({ owner: account.owner.toBase58(), lamports: BigInt(account.lamports), data: account.data }, PROGRAM_ADDRESS)]));
  }
  /** Reads on both sides until the inboxes of these delegates are closed. */
  async function settled(chats: readonly Conversation[], old: readonly string[]): Promise<void> {
    await untilClosed(async () => {
      for (const chat of chats) await chat.history();
      return (await Promise.all(old.map(inboxesOf))).every((inboxes) => inboxes.length === 0);
    }, "the old inboxes are closed");
  }
  async function talking(...policies: (ContactPolicy | undefined)[]): Promise<{ people: [Person, Person]; chats: [Conversation, Conversation] }> {
    const people = await on.people(2);
    const chats = await open(people[0], people[1], "1");
    await chats[1].send("2");
    await chats[0].send("3");
    for (const [i, policy] of policies.entries()) if (policy) await people[i]!.postern.setContactPolicy(policy);
    return { people, chats };
  }

  for (const [name, policy] of [["is closed", CLOSED], ["asks postage", DEAR]] as const) {
    for (const who of [0, 1] as const) {
      it(`goes on when ${who === 0 ? "the one who asked" : "the one who answered"} rotates and the peer ${name}: one list, nothing lost, paid or asked; old inboxes are closed`, async () => {
        const { people, chats } = await talking(...(who === 0 ? [undefined, policy] : [policy, undefined]));
        const [me, peer] = [people[who], people[1 - who]!];
        const old = await delegateOf(me.address);
        const peersInboxes = await inboxesOf(await delegateOf(peer.address));
        await me.postern.rotate();
        await chats[who].send("4");
        await chats[1 - who]!.send("5");
        await settled(chats, [old]);
        await chats[who].send("6");
        await chats[1 - who]!.send("7");
        for (const chat of chats) expect(textsOf(await chat.history())).to.deep.equal(["1", "2", "3", "4", "5", "6", "7"]);
        for (const person of people) {
          expect(await person.postern.requests()).to.deep.equal([]);
          expect((await person.postern.conversations()).map(({ state }) => state)).to.deep.equal(["open"]);
        }
        await untilClosed(async () => {
          for (const chat of chats) await chat.history();
          return (await inboxesOf(await delegateOf(peer.address))).length === 1;
        }, "the peer's old inbox is closed as well");
        const [moved, ...more] = await inboxesOf(await delegateOf(me.address));
        expect([moved?.recipient, moved?.postageLamports, more.length]).to.deep.equal([NOBODY, 0n, 0]);
        const [answer] = await inboxesOf(await delegateOf(peer.address));
        expect(answer?.openSalt).to.not.deep.equal(peersInboxes[0]?.openSalt);
        expect((await profileOf(on.connection, peer.address)).requests).to.equal(who === 0 ? 1n : 0n);
      });
    }
  }

  it("is restored from the wallets alone once the old inboxes are gone: no pointer leads to the answer, and it is found", async () => {
    const { people, chats } = await talking(undefined, CLOSED);
    const old = await Promise.all(people.map(({ address }) => delegateOf(address)));
    await people[0].postern.rotate();
    await chats[0].send("4");
    await settled(chats, [old[0]!]);
    await chats[1].send("5");
    await untilClosed(async () => {
      for (const chat of chats) await chat.history();
      return (await inboxesOf(await delegateOf(people[1].address))).length === 1;
    }, "the peer's old inbox is closed as well");
    const devices = await Promise.all(people.map((person) => on.device(person)));
    const restored = await Promise.all(devices.map(({ postern }, i) => postern.conversation(people[1 - i]!.address)));
    expect(restored.map(({ state }) => state)).to.deep.equal(["open", "open"]);
    for (const chat of restored) expect(textsOf(await chat.history())).to.deep.equal(["4", "5"]);
    await restored[0]!.send("6");
    await restored[1]!.send("7");
    for (const chat of [...restored, ...chats]) expect(textsOf(await chat.history()).slice(-4)).to.deep.equal(["4", "5", "6", "7"]);
  });

  const sides: readonly (readonly [name: string, ...policies: (ContactPolicy | undefined)[]])[] = [
    ["both are closed", CLOSED, CLOSED], ["the one who asked is closed", CLOSED, undefined], ["the one who answered is closed", undefined, CLOSED],
  ];
  for (const [name, ...policies] of sides) {
    it(`goes on when ${name} and both rotate at once, and again`, async () => {
      const { people, chats } = await talking(...policies);
      for (const round of ["both", "again"]) {
        const old = await Promise.all(people.map(({ address }) => delegateOf(address)));
        await Promise.all(people.map(({ postern }) => postern.rotate()));
        await Promise.all(chats.map((chat, i) => chat.send(`${round} ${i}`)));
        await settled(chats, old);
      }
      await chats[0].send("end");
      for (const chat of chats) {
        const texts = textsOf(await chat.history());
        expect([...texts].sort()).to.deep.equal(["1", "2", "3", "again 0", "again 1", "both 0", "both 1", "end"]);
        expect([texts.slice(0, 3), texts.at(-1)]).to.deep.equal([["1", "2", "3"], "end"]);
      }
    });
  }

  it("is left like any other: what is returned is all of it, and no request remains", async () => {
    const { people, chats } = await talking(undefined, CLOSED);
    const old = await delegateOf(people[0].address);
    await people[0].postern.rotate();
    await chats[0].send("4");
    await settled(chats, [old]);
    await chats[1].send("5");
    const left = [false, false];
    await until(async () => {
      for (const [i, chat] of chats.entries()) {
        await chat.history();
        left[i] ||= await chat.close().then(() => true, () => false); // each has to read what the other wrote last
      }
      return left.every(Boolean);
    }, "both have left");
    for (const { address } of people) expect(await inboxesOf(await delegateOf(address))).to.deep.equal([]);
    expect(await people[1].postern.requests()).to.deep.equal([]);
    expect(chats.map(({ state }) => state)).to.deep.equal(["closed", "closed"]);
    expect(await lamportsOf(on.connection, old)).to.equal(0n);
  });
});
