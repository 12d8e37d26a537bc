/** Conversations follow a change of keys through hardship: many at once, long absences, several devices, no funds, and being killed at any step. */
import type { ContactPolicy, Conversation } from "@postern/sdk";
import { DEFAULT_LIFETIME_SECONDS } from "@postern/sdk/crypto";
import { decodeInbox, inboxAddress, PROGRAM_ADDRESS, type Inbox } from "@postern/sdk/program";
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { down, hooked } from "./support/connections.js";
import { profileOf } from "./support/ledger.js";
import { refusal } from "./support/refusal.js";
import { open, stage, type Person } from "./support/stage.js";
import { collect, textsOf, until, untilClosed } from "./support/waiting.js";

const CLOSED: ContactPolicy = { kind: "closed" };
const DEAR: ContactPolicy = { kind: "postage", lamports: 50_000_000n };
const FUNDS = { register: { fundLamports: 400_000_000n } };

describe("a change of keys", function () {
  this.timeout(240_000);
  const on = stage();
  const clock = Date.now;
  afterEach(() => void (Date.now = clock));

  const delegateOf = async ({ address }: Person): Promise<string> => (await profileOf(on.connection, address)).delegate;
  async function inboxesOf(delegate: string): Promise<Inbox[]> {
    const addresses = Array.from({ length: 10 }, (_, index) => new PublicKey(inboxAddress(delegate, index, PROGRAM_ADDRESS)));
    const accounts = await on.connection.getMultipleAccountsInfo(addresses, "confirmed");
    return accounts.flatMap((account) => (account === null ? [] : [decodeInbox({ owner: account.owner.toBase58(), lamports: BigInt(account.lamports), data: account.data }, PROGRAM_ADDRESS)]));
  }
  /** Reads on both sides until nothing stands that these delegates write, and these write one inbox for each conversation. */
  async function settled(chats: readonly Conversation[], left: readonly string[], one: readonly (readonly [delegate: string, inboxes: number])[]): Promise<void> {
    let seen = "";
    await untilClosed(async () => {
      for (const chat of chats) await chat.history();
      const [old, now] = [await Promise.all(left.map(inboxesOf)), await Promise.all(one.map(([delegate]) => inboxesOf(delegate)))];
      seen = `${old.map(({ length }) => length)} / ${now.map(({ length }) => length)}`;
      return old.every(({ length }) => length === 0) && now.every(({ length }, i) => length === one[i]![1]);
    }, `one open pair each`).catch((error: unknown) => expect.fail(`${String(error)}: ${seen}`));
  }
  async function talking(...people: [Person, Person]): Promise<[Conversation, Conversation]> {
    const chats = await open(people[0], people[1], "1");
    await chats[1].send("2");
    await chats[0].send("3");
    return chats;
  }

  it("is followed by six conversations at once, whoever asked and whatever the peers' policies: one pair each, the rent of the others back", async () => {
    const alice = await on.person({ register: { fundLamports: 1_000_000_000n } });
    const peers = await Promise.all(Array.from({ length: 6 }, () => on.person(FUNDS)));
    const pairs: [Conversation, Conversation][] = [];
    for (const [i, peer] of peers.entries()) {
      if (i % 2 === 0) pairs.push(await talking(alice, peer));
      else pairs.push((await talking(peer, alice)).reverse() as [Conversation, Conversation]);
      const policy = [undefined, CLOSED, DEAR][i % 3];
      if (policy) await peer.postern.setContactPolicy(policy);
    }
    const old = await delegateOf(alice);
    const peersOld = await Promise.all(peers.map(async (peer) => (await inboxesOf(await delegateOf(peer)))[0]!));
    await alice.postern.rotate();
    await Promise.all(pairs.flat().map((chat, i) => chat.send(i % 2 === 0 ? "from Alice" : "from a peer")));
    const delegates = await Promise.all(peers.map(delegateOf));
    await settled(pairs.flat(), [old], [[await delegateOf(alice), 6], ...delegates.map((delegate) => [delegate, 1] as const)]);
    await Promise.all(pairs.flat().map((chat, i) => chat.send(i % 2 === 0 ? "last of Alice" : "last of a peer")));
    for (const chat of pairs.flat()) {
      const texts = textsOf(await chat.history());
      expect(texts.slice(0, 3)).to.deep.equal(["1", "2", "3"]);
      expect(texts.slice(3, 5)).to.have.members(["from Alice", "from a peer"]);
      expect(texts.slice(5)).to.have.members(["last of Alice", "last of a peer"]);
    }
    for (const [i, delegate] of delegates.entries()) expect((await inboxesOf(delegate))[0]!.openSalt).to.not.deep.equal(peersOld[i]!.openSalt);
    for (const { postern } of [alice, ...peers]) expect(await postern.requests()).to.deep.equal([]);
  });

  for (const policy of [undefined, CLOSED]) {
    for (const times of [2, 3]) {
      it(`${times} times over is followed by a peer ${policy ? "who takes no requests and " : ""}who was away meanwhile, and comes back with a device that knows nothing`, async () => {
        const people = [await on.person(FUNDS), await on.person(FUNDS)] as const;
        const [alice, bob] = people;
        const [toBob] = await talking(...people);
        if (policy) await bob.postern.setContactPolicy(policy);
        await bob.postern.close();
        const left: string[] = [];
        for (let i = 0; i < times; i++) {
          left.push(await delegateOf(alice));
          await alice.postern.rotate();
          await toBob.send(`${4 + i}`);
        }
        const expected = Array.from({ length: 3 + times }, (_, i) => String(i + 1));
        const back = await on.device(bob);
        const toAlice = await back.postern.conversation(alice.address);
        expect(textsOf(await toAlice.history())).to.deep.equal(expected);
        await settled([toBob, toAlice], left, [[await delegateOf(alice), 1], [await delegateOf(bob), 1]]);
        await toAlice.send("back");
        await toBob.send("welcome");
        for (const chat of [toBob, toAlice]) expect(textsOf(await chat.history())).to.deep.equal([...expected, "back", "welcome"]);
      });
    }
  }

  it("is followed twice while the peer has only looked at the newest messages: the oldest inbox is closed too, once all of it is read", async () => {
    const people = [await on.person(FUNDS), await on.person(FUNDS)] as const;
    const [alice, bob] = people;
    const [toBob, toAlice] = await talking(...people);
    const left: string[] = [];
    for (const text of ["4", "5", "6"]) await toBob.send(text);
    for (const round of ["7", "8"]) {
      left.push(await delegateOf(alice));
      await alice.postern.rotate();
      await toBob.send(round);
      await until(async () => {
        await toBob.history();
        await toAlice.history({ limit: 1 });
        return (await inboxesOf(await delegateOf(alice))).some(({ state }) => state === "open");
      }, "the new inbox is answered");
    }
    await untilClosed(async () => {
      await toBob.history();
      await toAlice.history({ limit: 1 });
      return (await inboxesOf(left[1]!)).length === 0;
    }, "the inbox between is closed");
    expect(await inboxesOf(left[0]!), "of which the app was not handed all").to.have.lengthOf(1);
    expect(textsOf(await toAlice.history())).to.deep.equal(["1", "2", "3", "4", "5", "6", "7", "8"]);
    await settled([toBob, toAlice], left, [[await delegateOf(alice), 1], [await delegateOf(bob), 1]]);
  });

  it("is followed by two devices of either side at once: no message lost or doubled, and one pair in the end", async () => {
    const people = [await on.person(FUNDS), await on.person(FUNDS)] as const;
    const [alice, bob] = people;
    const [toBob, toAlice] = await talking(...people);
    const [late, bobs] = [await on.device(alice), await on.device(bob)];
    const chat = await late.postern.conversation(bob.address);
    const old = await delegateOf(alice);
    await alice.postern.rotate();
    await refusal(chat.send("with old keys"), "KEYS_ROTATED");
    const again = await (await on.device(alice)).postern.conversation(bob.address);
    const chats = [toBob, again, toAlice, await bobs.postern.conversation(alice.address)];
    const readings = chats.map((each) => collect((signal) => each.messages({ signal })));
    await Promise.all(chats.map((each, i) => each.send(`at once ${i}`)));
    await settled(chats, [old], [[await delegateOf(alice), 1], [await delegateOf(bob), 1]]);
    await chats[1]!.send("end");
    const all = ["1", "2", "3", "at once 0", "at once 1", "at once 2", "at once 3", "end"];
    await until(() => readings.every(({ items }) => items.length >= all.length), "all is read everywhere");
    for (const reading of readings) {
      const texts = textsOf(await reading.stop());
      expect([...texts].sort()).to.deep.equal(all);
      expect([texts.slice(0, 3), texts.at(-1)]).to.deep.equal([["1", "2", "3"], "end"]);
    }
  });

  it("waits for a peer whose own keys have expired: the conversation goes on where it is, and moves once the peer has new ones", async () => {
    const alice = await on.person(FUNDS);
    Date.now = () => clock() - (DEFAULT_LIFETIME_SECONDS - 3_600) * 1_000;
    const bob = await on.person(FUNDS);
    Date.now = clock;
    const [toBob, toAlice] = await talking(alice, bob);
    const old = [await delegateOf(alice), await delegateOf(bob)];
    Date.now = () => clock() + 2 * 3_600_000;
    await alice.postern.rotate();
    await toBob.send("4");
    await toAlice.send("5");
    expect(textsOf(await toAlice.history())).to.deep.equal(["1", "2", "3", "4", "5"]);
    expect(await inboxesOf(await delegateOf(alice)), "nothing can be opened to expired keys").to.deep.equal([]);
    await bob.postern.rotate();
    await toAlice.send("6");
    await toBob.send("7");
    await settled([toBob, toAlice], old, [[await delegateOf(alice), 1], [await delegateOf(bob), 1]]);
    for (const chat of [toBob, toAlice]) expect(textsOf(await chat.history())).to.deep.equal(["1", "2", "3", "4", "5", "6", "7"]);
  });

  /** A session of somebody's whose network ends behind some more transactions. */
  async function mortal(person: Person): Promise<{ me: Person; dieAfter(transactions: number): void; died(): boolean }> {
    let left = Infinity;
    let died = false;
    const connection = hooked(on.connection, { simulateTransaction: async (_call, pass) => (left-- > 0 ? pass() : ((died = true), down())) });
    return { me: await on.device(person, { connection }), dieAfter: (transactions) => void (left = transactions), died: () => died };
  }

  /** On a device that came when an old inbox may have been closed already, what stood there alone is missing, and nothing else. */
  function isRestOf(texts: readonly string[], said: readonly string[], last: number): void {
    const missing = said.filter((text) => !texts.includes(text));
    expect(texts).to.deep.equal(said.filter((text) => !missing.includes(text)));
    expect(texts.slice(-last)).to.deep.equal(said.slice(-last));
    const [ofAsker, ofPeer] = [missing.filter((text) => text !== "2"), missing.filter((text) => text === "2")];
    expect(["", "1,3", "1,3,4"], "all of an old inbox or nothing").to.include(ofAsker.join());
    expect(ofPeer.length).to.be.oneOf([0, 1]);
  }

  /** Another session goes on with an empty balance, is told what it lacks, and does all of the rest once it is funded. */
  async function goesOn(person: Person, peer: Person, said: readonly string[]): Promise<Conversation> {
    const { postern } = await on.device(person);
    await postern.withdraw();
    const chat = await postern.conversation(peer.address);
    const error = await refusal(chat.send("too dear"), "INSUFFICIENT_FUNDS");
    expect(error.context["missingLamports"]).to.be.a("bigint");
    isRestOf(textsOf(await chat.history()), said, 1);
    await postern.fund(100_000_000n);
    await chat.send("on");
    return chat;
  }

  it("is followed with the next read once there are funds, without a word", async () => {
    const [alice, bob] = [await on.person(FUNDS), await on.person(FUNDS)];
    const [, toAlice] = await talking(alice, bob);
    await alice.postern.rotate();
    await alice.postern.close();
    const { postern } = await on.device(alice);
    await postern.withdraw();
    const chat = await postern.conversation(bob.address);
    for (let i = 0; i < 5; i++) await chat.history();
    Date.now = () => clock() - 120_000; // no pause ends by itself any more
    await postern.fund(100_000_000n);
    const delegate = await delegateOf(alice);
    await until(async () => (await chat.history(), await toAlice.history(), (await inboxesOf(delegate)).some(({ state }) => state === "open")), "the conversation has moved");
  });

  for (const transactions of [0, 1, 2, 3]) {
    it(`is followed by another session, once that has funds, where the mover's ended behind ${transactions} transactions`, async () => {
      const [alice, bob] = [await on.person(FUNDS), await on.person(FUNDS)];
      const [, toAlice] = await talking(alice, bob);
      const old = await delegateOf(alice);
      const { me, dieAfter, died } = await mortal(alice);
      const chat = await me.postern.conversation(bob.address);
      await me.postern.rotate();
      dieAfter(transactions);
      const isSent = await chat.send("4").then(() => true, () => false);
      await until(async () => (await chat.history(), await toAlice.history(), died()), "the session has ended", { withinMs: 60_000 }); // the last one closes, which waits for slots
      await me.postern.close();
      const said = ["1", "2", "3", ...(isSent ? ["4"] : [])];
      const again = await goesOn(alice, bob, said);
      await toAlice.send("heard");
      await settled([again, toAlice], [old], [[await delegateOf(alice), 1], [await delegateOf(bob), 1]]);
      expect(textsOf(await toAlice.history())).to.deep.equal([...said, "on", "heard"]);
      isRestOf(textsOf(await again.history()), [...said, "on", "heard"], 3);
    });
  }

  for (const transactions of [0, 1, 2]) {
    it(`is followed by another session, once that has funds, where the peer's ended behind ${transactions} transactions`, async () => {
      const [alice, bob] = [await on.person(FUNDS), await on.person(FUNDS)];
      const [toBob] = await talking(alice, bob);
      const old = await delegateOf(alice);
      const { me, dieAfter, died } = await mortal(bob);
      const chat = await me.postern.conversation(alice.address);
      await chat.history();
      dieAfter(transactions);
      await alice.postern.rotate();
      await toBob.send("4");
      await until(async () => (await chat.history(), await toBob.history(), died()), "the session has ended", { withinMs: 60_000 }); // the last one closes, which waits for slots
      await me.postern.close();
      const again = await goesOn(bob, alice, ["1", "2", "3", "4"]);
      await toBob.send("heard");
      await settled([toBob, again], [old], [[await delegateOf(alice), 1], [await delegateOf(bob), 1]]);
      expect(textsOf(await toBob.history())).to.deep.equal(["1", "2", "3", "4", "on", "heard"]);
      isRestOf(textsOf(await again.history()), ["1", "2", "3", "4", "on", "heard"], 3);
    });
  }

  it("is followed by a send after one that was aborted behind any transaction: what was aborted stands there once or not at all", async () => {
    let left = Infinity;
    let abort = (): void => undefined;
    const connection = hooked(on.connection, { sendRawTransaction: async (_call, pass) => {
      const sent = await pass();
      if (--left === 0) abort();
      return sent;
    } });
    const [alice, bob] = [await on.person({ ...FUNDS, connect: { connection } }), await on.person(FUNDS)];
    const [toBob, toAlice] = await talking(alice, bob);
    for (const transactions of [1, 2, 3]) {
      const old = await delegateOf(alice);
      await alice.postern.rotate();
      const controller = new AbortController();
      [left, abort] = [transactions, () => controller.abort()];
      await toBob.send(`aborted ${transactions}`, { signal: controller.signal }).catch((error: unknown) => expect(error).to.have.property("code", "ABORTED"));
      left = Infinity;
      await toBob.send(`after ${transactions}`);
      await settled([toBob, toAlice], [old], [[await delegateOf(alice), 1], [await delegateOf(bob), 1]]);
    }
    const [mine, theirs] = [textsOf(await toBob.history()), textsOf(await toAlice.history())];
    expect(theirs).to.deep.equal(mine);
    expect(new Set(mine).size).to.equal(mine.length);
    expect(mine.filter((text) => !text.startsWith("aborted"))).to.deep.equal(["1", "2", "3", "after 1", "after 2", "after 3"]);
  });
});
