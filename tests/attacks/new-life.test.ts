/** An address that was closed and opened again is a new life: to both sides, to a fresh device, and to whoever keeps the log. */
import { expect } from "chai";
import { memoryStore, type Message } from "@postern/sdk";
import { decodeText, inboxKey, type Inner, logHead0, nextLogHead, openMessage, openOwnerBox, toHex } from "@postern/sdk/crypto";
import { addressBytes, closeInbox, type Inbox } from "@postern/sdk/program";
import { refused } from "../hostile/support/leaks.js";
import { openInboxFor, say } from "../hostile/support/mover.js";
import { program } from "../hostile/support/raw-device.js";
import { until } from "../hostile/support/until.js";
import { historyOf, shown, World, type Person } from "../hostile/support/world.js";

describe("an inbox address in its second life", function () {
  this.timeout(120_000);
  let world: World;
  let alice: Person;
  let bob: Person;
  /** Alice's inbox to Bob, before and after. */
  const lives: { readonly address: string; readonly inbox: Inbox; readonly secret: Uint8Array; readonly ids: readonly string[] }[] = [];

  /** What a device of Bob's keeps of messages: it was there in the first life. */
  const archive = memoryStore();
  const fromArchive = async (): Promise<Message[]> => {
    const device = await world.connect({ wallet: bob.wallet, store: archive });
    const messages = await (await device.conversation(alice.address)).history({ limit: 100 });
    await device.close();
    return messages;
  };

  const life = async (): Promise<void> => {
    const { address, inbox, secret } = await alice.raw.own(0);
    const ids = (await (await bob.postern.conversation(alice.address)).history({ limit: 100 })).filter(({ from }) => from === alice.address).map(({ id }) => id);
    lives.push({ address, inbox, secret, ids });
  };
  const messages = ({ inbox, secret }: { inbox: Inbox; secret: Uint8Array }): string[] => inbox.frames.filter(({ seq }) => seq >= 2).map(({ seq, payload }) => decodeText(openMessage(secret, seq, payload).body));

  before(async () => {
    world = await World.start();
    [alice, bob] = (await world.people(2)) as [Person, Person];
    const toBob = await alice.postern.conversation(bob.address);
    await toBob.send("the same words");
    const [request] = await bob.postern.requests();
    const toAlice = await request!.accept();
    await toAlice.send("answer");
    await toAlice.history();
    await life();
    await fromArchive();
    await toBob.history();
    await refused(toBob.close(), "CLOSE_TOO_EARLY"); // it tells Bob's side that all was read
    await toAlice.close();
    await toBob.close();
    await toBob.send("the same words");
    const [again] = await bob.postern.requests();
    await (await again!.accept()).history();
    await life();
  });
  after(() => world.stop());

  it("is the same address with another salt, owner box, thread and handshake", () => {
    const [first, second] = lives as [(typeof lives)[0], (typeof lives)[0]];
    expect(second.address).to.equal(first.address);
    for (const field of ["openSalt", "ownerBox"] as const) expect(toHex(second.inbox[field])).not.to.equal(toHex(first.inbox[field]));
    expect(toHex(second.secret)).not.to.equal(toHex(first.secret));
    for (const seq of [0, 1, 2]) expect(toHex(second.inbox.frames[seq]!.payload), `frame ${seq}`).not.to.equal(toHex(first.inbox.frames[seq]!.payload));
    expect([messages(first), messages(second)]).to.deep.equal([["the same words"], ["the same words"]]);
  });

  it("opens nothing of the first life with its keys, and the first life's keys open nothing of it", () => {
    const [first, second] = lives as [(typeof lives)[0], (typeof lives)[0]];
    const opened = (secret: Uint8Array, inbox: Inbox): Inner[] => inbox.frames.flatMap(({ payload }) => [0, 1, 2, 3].flatMap((seq) => {
      try {
        return [openMessage(secret, seq, payload)];
      } catch {
        return [];
      }
    }));
    expect([opened(first.secret, first.inbox).length, opened(second.secret, second.inbox).length]).to.deep.equal([1, 1]);
    expect([opened(first.secret, second.inbox), opened(second.secret, first.inbox)]).to.deep.equal([[], []]);
    const { owner } = alice.raw.keys();
    const identity = (inbox: Inbox) => ({ inbox: addressBytes(first.address), writer: addressBytes(inbox.writer), openSalt: inbox.openSalt });
    expect(() => openOwnerBox(owner, { ...identity(second.inbox), box: first.inbox.ownerBox })).to.throw().with.property("code", "OWNER_BOX_INVALID");
    const { thread } = openOwnerBox(owner, { ...identity(first.inbox), box: first.inbox.ownerBox });
    expect(toHex(inboxKey(world.cluster.domain, thread, { role: 0, ...identity(second.inbox) }))).not.to.equal(toHex(second.secret));
  });

  it("starts a log of its own: the frames of each life give its head, and the other's do not", () => {
    const headOf = (start: Inbox, frames: Inbox): string =>
      toHex(frames.frames.reduce((head, { seq, time, payload }) => nextLogHead(head, seq, time, payload), logHead0(addressBytes(lives[0]!.address), start.openSalt)));
    const [first, second] = lives.map(({ inbox }) => inbox) as [Inbox, Inbox];
    expect([headOf(first, first), headOf(second, second)]).to.deep.equal([toHex(first.head), toHex(second.head)]);
    expect(headOf(second, first)).not.to.equal(toHex(first.head));
    expect(headOf(first, second)).not.to.equal(toHex(second.head));
  });

  it("is new to both sides and to a fresh device of each: other message names, and no message of the first life shown twice", async () => {
    const [first, second] = lives as [(typeof lives)[0], (typeof lives)[0]];
    expect([first.ids.length, new Set(second.ids).size]).to.deep.equal([1, second.ids.length]);
    expect(second.ids.filter((id) => !first.ids.includes(id))).to.have.lengthOf(1);
    for (const [reader, peer] of [[alice, bob], [bob, alice]] as const) {
      const device = await world.connect({ wallet: reader.wallet });
      expect(await historyOf(device, peer.address)).to.deep.equal(["the same words"]);
    }
  });

  it("is new to an archive: it holds each life's messages under names of their own, in order, and puts none in the place of another", async () => {
    for (const _ of [1, 2]) {
      const messages = await fromArchive();
      expect(shown(messages)).to.deep.equal(["the same words", "answer", "the same words"]);
      expect(messages.map(({ id }) => id)).to.deep.equal([...lives[0]!.ids, messages[1]!.id, ...lives[1]!.ids.filter((id) => !lives[0]!.ids.includes(id))]);
      expect(new Set(messages.map(({ id }) => id)).size).to.equal(3);
    }
  });
});

describe("an inbox that was answered, once its address has begun another life", function () {
  this.timeout(120_000);
  let world: World;
  let alice: Person;
  let bob: Person;
  let carol: Person;

  before(async () => void (world = await World.start()));
  beforeEach(async () => {
    [alice, bob, carol] = (await world.people(3)) as [Person, Person, Person];
    await world.introduce(alice, bob);
    await alice.postern.close(); // all that comes is written by hand
  });
  after(() => world.stop());

  /** Closes an inbox of Alice's that Bob has read, and opens another one for Carol at its address. */
  async function begunAnew(index: number, reader?: "request"): Promise<string> {
    const { address, inbox: { next: expectedNext } } = await alice.raw.own(index);
    await until(async () => {
      await (await bob.postern.conversation(alice.address)).send("read"); // which acknowledges
      return (await alice.raw.inbox(address)).acknowledged === expectedNext;
    });
    const closer = alice.raw.delegate().publicKey.toBase58();
    await alice.raw.submit([closeInbox({ program, closer, refund: alice.address, inbox: address, expectedNext })]);
    await openInboxFor(alice.raw, { to: await alice.raw.bundleOf(carol.address), index, ...(reader && { reader }), texts: ["for Carol"] });
    return address;
  }
  /** What Bob is shown of Alice, and how it stands: here, and on a device that comes later. */
  async function bobSees(): Promise<{ state: string; texts: string[] }[]> {
    const devices = [bob.postern, await world.connect({ wallet: bob.wallet })];
    return Promise.all(devices.map(async (device) => {
      const chat = await device.conversation(alice.address);
      const texts = shown((await chat.history()).filter(({ mine }) => !mine));
      return { state: chat.state, texts };
    }));
  }

  it("is gone: nothing of what it holds now is shown in its place, and the conversation is closed", async () => {
    await historyOf(bob.postern, alice.address);
    await begunAnew(0, "request");
    const [here, later] = await bobSees();
    expect(here).to.deep.equal({ state: "closed", texts: ["first"] });
    expect(later, "which was not there before").to.deep.equal({ state: "closed", texts: [] });
  });

  it("is gone too where it is addressed to nobody, as its answer is older; the conversation goes on in the other pair", async () => {
    const old = await alice.raw.own(0);
    const { address } = await openInboxFor(alice.raw, { to: await alice.raw.bundleOf(bob.address), index: 1, texts: ["on here"] });
    await say(alice.raw, old, { texts: [{ moved: address }] });
    await until(async () => (await historyOf(bob.postern, alice.address)).includes("on here"));
    await begunAnew(1);
    for (const { texts } of await bobSees()) expect(texts.filter((text) => text.startsWith("["))).to.deep.equal([]);
  });
});
