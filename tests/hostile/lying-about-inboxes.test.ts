/** An RPC endpoint that lies about one inbox: an event at most, every other conversation whole, and this one again when the lie ends. */
import { u16, u32 } from "@postern/sdk/crypto";
import { inboxAddress, type Address } from "@postern/sdk/program";
import { expect } from "chai";
import { flippedAt, put, WRONG_ACCOUNT, WRONG_INBOX } from "./support/lies.js";
import { hidden, withData } from "./support/lying-rpc.js";
import { program, random } from "./support/raw-device.js";
import { historyOf, listen, World, type Person } from "./support/world.js";

describe("an endpoint that lies about", () => {
  let world: World;
  let alice: Person;
  let bob: Person;
  let carol: Person;

  before(async () => {
    world = await World.start();
    [alice, bob, carol] = (await world.people(3)) as [Person, Person, Person];
    await world.introduce(bob, alice);
    await world.introduce(carol, alice);
  });
  afterEach(() => world.rpc.honest());
  after(() => world.stop());

  const HONEST = ["first", "answer"]; // in this order or, where the chain gives both the same second, the other
  const inboxOf = async (person: Person): Promise<Address> => (await person.raw.own(0)).address;

  describe("the inbox of a peer", () => {
    for (const [name, lie] of [...WRONG_ACCOUNT, ...WRONG_INBOX]) {
      it(`${name}: other conversations stay whole, and it is read again when the lie ends`, async () => {
        world.rpc.account(await inboxOf(bob), lie);
        const device = await world.liedTo(alice);
        expect(await historyOf(device, carol.address)).to.have.members(HONEST);
        const told = await historyOf(device, bob.address);
        expect(told, "what stands in our own").to.include("answer");
        expect(HONEST, "and nothing else than the truth").to.include.members(told);
        expect((await device.conversations()).map(({ peer }) => peer)).to.include(carol.address);
        world.rpc.honest();
        expect(await historyOf(device, bob.address)).to.have.members(HONEST);
      });
    }

    it("hidden: the conversation is closed or empty, and read again when it is shown", async () => {
      world.rpc.account(await inboxOf(bob), hidden);
      const device = await world.liedTo(alice);
      expect(await historyOf(device, bob.address)).to.deep.equal(["answer"]);
      expect(await historyOf(device, carol.address)).to.have.members(HONEST);
      world.rpc.honest();
      expect(await historyOf(device, bob.address)).to.have.members(HONEST);
    });

    it("with a flipped bit in a message: that one is unreadable", async () => {
      world.rpc.account(await inboxOf(bob), flippedAt(444 + 626 + 788 + 3 * 6 + 100));
      const device = await world.liedTo(alice);
      expect(await historyOf(device, bob.address)).to.have.members(["[MESSAGE_FORGED]", "answer"]);
    });

    it("with a length in its ring that is forged: what stands before is read, and an event tells of the damage", async () => {
      const address = await inboxOf(bob);
      world.rpc.account(address, put(444 + 626 + 788 + 2 * 6, u16(9_999)));
      const device = await world.liedTo(alice);
      const heard = listen(device);
      expect(await historyOf(device, bob.address)).to.deep.equal(["answer"]);
      expect(heard.rejections(address)).to.deep.equal(["ACCOUNT_INVALID"]);
      heard.stop();
    });
  });

  describe("an inbox of our own", () => {
    for (const [name, lie] of [...WRONG_ACCOUNT, ...WRONG_INBOX, ["hidden", hidden] as const]) {
      it(`${name}: other conversations stay whole, and it is ours again when the lie ends`, async () => {
        const own = await alice.raw.own(0);
        expect(Buffer.from(own.box.peerWallet).equals(bob.raw.walletBytes)).to.equal(true);
        world.rpc.account(own.address, lie);
        const device = await world.liedTo(alice);
        expect(await historyOf(device, carol.address)).to.have.members(HONEST);
        world.rpc.honest();
        expect(await historyOf(device, bob.address)).to.have.members(HONEST);
        expect((await device.conversation(bob.address)).state).to.equal("open");
      });
    }

    it("with another owner box: told as an event, and ours again when the lie ends", async () => {
      const { address } = await alice.raw.own(0);
      world.rpc.account(address, flippedAt(300));
      const device = await world.liedTo(alice);
      const heard = listen(device);
      expect(await historyOf(device, carol.address)).to.have.members(HONEST);
      expect(heard.rejections(address)).to.deep.equal(["OWNER_BOX_INVALID"]);
      heard.stop();
      world.rpc.honest();
      expect(await historyOf(device, bob.address)).to.have.members(HONEST);
    });

    it("hidden while we send: the peer gets the message all the same, once", async () => {
      const { address } = await alice.raw.own(0);
      world.rpc.account(address, hidden);
      const device = await world.liedTo(alice);
      await (await device.conversation(bob.address)).send("round the lie");
      expect((await historyOf(bob.postern, alice.address)).filter((text) => text === "round the lie")).to.have.lengthOf(1);
    });

    it("that this session has just opened hidden for a while: no other one is opened, and paid for, in its place", async () => {
      const [erin, frank] = (await world.people(2)) as [Person, Person];
      world.rpc.account(inboxAddress(erin.raw.delegate().publicKey.toBase58(), 0, program), hidden);
      let refused = 0;
      world.rpc.method("simulateTransaction", async (call, forward) => {
        const reply = await forward(call);
        if ((reply as { result?: { value?: { err?: unknown } } }).result?.value?.err && ++refused === 2) world.rpc.honest(); // its address was taken, twice
        return reply;
      });
      const device = await world.liedTo(erin);
      await (await device.conversation(frank.address)).send("once is enough");
      expect([refused, await erin.raw.freeIndex()]).to.deep.equal([2, 1]);
      expect(await historyOf(frank.postern, erin.address)).to.deep.equal(["once is enough"]);
    });

    it("that seems to have fewer frames than the peer has read of it: an event says that views differ", async () => {
      const chat = await bob.postern.conversation(alice.address);
      await chat.history();
      await chat.send("I have seen your answer");
      const { address } = await alice.raw.own(0);
      world.rpc.account(address, withData((data) => {
        data.set(u32(0), 48);
        data.set(u32(0), 68);
        data.set(u32(0), 60);
      }));
      const device = await world.liedTo(alice);
      const { events, stop } = listen(device);
      await historyOf(device, bob.address);
      expect(events).to.deep.include({ kind: "viewDiffers", conversation: bob.address });
      stop();
    });
  });

  describe("a request to us", () => {
    it("with a flipped bit in its handshake, once: it is told, and listed when the lie ends", async () => {
      const erin = await world.person();
      await (await erin.postern.conversation(alice.address)).send("the real one");
      const address = await inboxOf(erin);
      const device = await world.liedTo(alice);
      const heard = listen(device);
      world.rpc.account(address, flippedAt(444 + 6 + 20));
      expect(await device.requests()).to.deep.equal([]);
      expect(heard.rejections(address)).to.deep.equal(["HANDSHAKE_NOT_FOR_ME"]);
      world.rpc.account(address, put(92, random(32)));
      expect(await device.requests()).to.deep.equal([]);
      expect(heard.rejections(address)).to.deep.equal(["HANDSHAKE_NOT_FOR_ME", "ACCOUNT_INVALID"]);
      world.rpc.honest();
      expect((await device.requests()).map(({ from }) => from)).to.deep.equal([erin.address]);
      heard.stop();
    });
  });
});
