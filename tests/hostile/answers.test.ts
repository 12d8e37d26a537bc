/** Reply pointers that lie: an event or a closed conversation, no crash, and no other conversation harmed. */
import type { Postern } from "@postern/sdk";
import { openSalt, sealOwnerBox } from "@postern/sdk/crypto";
import { addressBytes, inboxAddress, keyBundleAddress, openInbox, profileAddress, type Address } from "@postern/sdk/program";
import { Keypair, PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { withData } from "./support/lying-rpc.js";
import { program, random } from "./support/raw-device.js";
import { historyOf, listen, shown, World, type Person } from "./support/world.js";

describe("a reply pointer", () => {
  let world: World;
  let alice: Person;
  let carol: Person;

  before(async function () {
    this.timeout(60_000);
    world = await World.start();
    [alice, carol] = (await world.people(2)) as [Person, Person];
    await world.introduce(alice, carol);
  });
  afterEach(() => world.rpc.honest());
  after(() => world.stop());

  /** Alice has asked a new Mallory, who has accepted with this. */
  async function acceptedWith(answer: (mallory: Person, asked: Address) => Promise<Uint8Array | Address> | Uint8Array | Address): Promise<{ mallory: Person; asked: Address; index: number }> {
    const mallory = await world.person();
    const index = await alice.raw.freeIndex();
    await (await alice.postern.conversation(mallory.address)).send("please");
    const { address: asked } = await alice.raw.own(index);
    await mallory.raw.accept(asked, await answer(mallory, asked));
    return { mallory, asked, index };
  }

  /** What a device of Alice's sees of Mallory; Carol's conversation must be whole on it, and sending must work or be refused by a code. */
  async function seen(mallory: Person): Promise<{ device: Postern; state: string; texts: string[]; rejections: (inbox: string) => string[] }> {
    const device = await world.connect({ wallet: alice.wallet });
    const { rejections, stop } = listen(device);
    const chat = await device.conversation(mallory.address);
    const texts = shown(await chat.history());
    expect(await historyOf(device, carol.address)).to.include.members(["first", "answer"]);
    stop();
    return { device, state: chat.state, texts, rejections };
  }

  for (const [name, answer] of [["is noise", () => random(60)], ["is all zero", () => new Uint8Array(60)]] as const) {
    it(`that ${name} is told as REPLY_POINTER_INVALID; what was written stays, and more can be sent`, async () => {
      const { mallory, asked } = await acceptedWith(answer);
      const { device, state, texts, rejections } = await seen(mallory);
      expect([state, texts, rejections(asked)]).to.deep.equal(["open", ["please"], ["REPLY_POINTER_INVALID"]]);
      await (await device.conversation(mallory.address)).send("still there?");
      expect(await historyOf(mallory.postern, alice.address)).to.include("still there?");
    });
  }

  it("that was taken from another inbox is told as REPLY_POINTER_INVALID", async () => {
    const other = (await alice.raw.own(0)).inbox.reply;
    const { mallory, asked } = await acceptedWith(() => other);
    expect((await seen(mallory)).rejections(asked)).to.deep.equal(["REPLY_POINTER_INVALID"]);
  });

  for (const [name, target] of [["a profile", (m) => profileAddress(m.address, program)], ["a key bundle", (m) => keyBundleAddress(m.address, 0, program)], ["the program itself", () => program]] as readonly (readonly [string, (mallory: Person) => Address])[]) {
    it(`that names ${name} is told as ANSWER_INVALID`, async () => {
      const { mallory } = await acceptedWith(target);
      const { state, texts, rejections } = await seen(mallory);
      expect(rejections(target(mallory))).to.include("ANSWER_INVALID");
      expect([state, texts]).to.deep.equal(["open", ["please"]]);
    });
  }

  for (const [name, target] of [["nothing", () => Keypair.generate().publicKey.toBase58()], ["a wallet", (m) => m.address], ["the inbox that asked", (_, asked) => asked]] as readonly (readonly [string, (mallory: Person, asked: Address) => Address])[]) {
    it(`that names ${name} is an answer that is gone: the conversation is closed, and sending opens a new request`, async () => {
      const { mallory } = await acceptedWith(target);
      const { device, state, texts } = await seen(mallory);
      expect([state, texts]).to.deep.equal(["closed", ["please"]]);
      const chat = await device.conversation(mallory.address);
      await chat.send("once more");
      expect(chat.state).to.equal("requested");
    });
  }

  it("that names a request of another wallet to us is told as ANSWER_INVALID, and its messages are no one else's", async () => {
    const bob = await world.person();
    await (await bob.postern.conversation(alice.address)).send("from bob");
    const { address } = await bob.raw.own(0);
    const { mallory } = await acceptedWith(() => address);
    const { device, texts, rejections } = await seen(mallory);
    expect(texts).to.deep.equal(["please"]);
    expect(rejections(address)).to.deep.equal(["ANSWER_INVALID"]);
    expect(await historyOf(device, bob.address)).to.deep.equal(["from bob"]);
  });

  it("that names another peer's answer to us takes nothing of it, and acknowledges nothing in it", async () => {
    const carols = await carol.raw.own(0);
    await (await carol.postern.conversation(alice.address)).send("not read yet");
    const { acknowledged } = (await carol.raw.own(0)).inbox;
    const { mallory } = await acceptedWith(() => carols.address);
    const device = await world.connect({ wallet: alice.wallet });
    const chat = await device.conversation(mallory.address);
    expect(shown(await chat.history())).to.deep.equal(["please"]);
    await chat.send("does this acknowledge?");
    await chat.close().catch(() => undefined); // acknowledges what was handed over
    expect((await carol.raw.own(0)).inbox.acknowledged).to.equal(acknowledged);
    expect(await historyOf(device, carol.address)).to.include.members(["first", "answer", "not read yet"]);
  });

  it("that names another peer's empty answer does not take the conversation from that peer", async () => {
    const dave = await world.person();
    await (await alice.postern.conversation(dave.address)).send("hello dave");
    const [request] = await dave.postern.requests();
    await request!.accept();
    const daves = inboxAddress(dave.raw.delegate().publicKey.toBase58(), 0, program);
    const { mallory } = await acceptedWith(() => daves);
    await seen(mallory);
    await (await dave.postern.conversation(alice.address)).send("at last");
    const { device, texts } = await seen(mallory);
    expect(texts).to.deep.equal(["please"]);
    expect((await device.conversation(dave.address)).state).to.equal("open");
    expect(await historyOf(device, dave.address)).to.have.members(["hello dave", "at last"]);
  });

  it("that names an inbox with another reader than ours is an answer that is gone", async () => {
    const { mallory } = await acceptedWith(async (mallory) => openRaw(mallory, Keypair.generate().publicKey.toBase58()));
    expect((await seen(mallory)).state).to.equal("closed");
  });

  it("that names an inbox full of garbage makes each frame one unreadable message", async () => {
    const { mallory } = await acceptedWith(async (mallory) => {
      const inbox = await openRaw(mallory, alice.raw.delegate().publicKey.toBase58());
      await mallory.raw.post(inbox, random(64).fill(1, 0, 1), random(64).fill(2, 0, 1), new Uint8Array(0));
      return inbox;
    });
    const { state, texts } = await seen(mallory);
    expect(state).to.equal("open");
    expect(texts).to.have.lengthOf(4);
    expect(texts.filter((text) => text.startsWith("["))).to.have.lengthOf(3);
  });

  it("altered by the endpoint is told as REPLY_POINTER_INVALID, and the conversation is whole when the lie ends", async () => {
    const { address } = await alice.raw.own(0);
    world.rpc.account(address, withData((data) => void (data[230]! ^= 1)));
    const device = await world.liedTo(alice);
    const { rejections, stop } = listen(device);
    expect(await historyOf(device, carol.address)).to.deep.equal(["first"]);
    expect(rejections(address)).to.deep.equal(["REPLY_POINTER_INVALID"]);
    stop();
    world.rpc.honest();
    expect(await historyOf(device, carol.address)).to.include.members(["first", "answer"]);
  });

  /** An unaddressed inbox of Mallory's with an honest owner box and a reader of choice. */
  async function openRaw({ raw, address: wallet }: Person, reader: Address): Promise<Address> {
    const { owner, delegate } = raw.keys();
    const writer = new PublicKey(delegate.publicKey).toBase58();
    const index = await raw.freeIndex();
    const address = inboxAddress(writer, index, program);
    const box = { role: 1 as const, peerGeneration: 0, peerWallet: alice.raw.walletBytes, link: random(32) };
    const salt = openSalt(owner, { ...box, inbox: addressBytes(address), writer: delegate.publicKey, r32: random(32), extra: random(32) });
    const ownerBox = sealOwnerBox(owner, { inbox: addressBytes(address), writer: delegate.publicKey, openSalt: salt, ...box, thread: random(32) });
    await raw.submit([openInbox({ program, payer: writer, writer, index, capacity: 512, openSalt: salt, refund: wallet, reader, ownerBox })]);
    return address;
  }
});
