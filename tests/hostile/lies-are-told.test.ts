/** Every lie of an endpoint that can be noticed is told: as a code, an event or a state. What it leaves whole is shown in lying-about-*.test.ts. */
import { memoryStore, type PosternEvent } from "@postern/sdk";
import { readU32, u32 } from "@postern/sdk/crypto";
import { keyBundleAddress, profileAddress, type Address } from "@postern/sdk/program";
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { cut, WRONG_ACCOUNT, WRONG_INBOX } from "./support/lies.js";
import { hidden, withData, type AccountLie } from "./support/lying-rpc.js";
import { itTellsNoSecret, refused } from "./support/leaks.js";
import { program } from "./support/raw-device.js";
import { until } from "./support/until.js";
import { historyOf, listen, shown, World, type Person } from "./support/world.js";

const NEXT_AT = 48;
const FIRST_AT = 56;
const ACKNOWLEDGED_AT = 60;
const TAIL_AT = 64;
const USED_AT = 68;
const RING_AT = 444;

/** The inbox as it stood `frames` frames ago: a ring that did not wrap, told with its newest frames taken away. */
const rewoundBy = (frames: number): AccountLie => withData((data) => {
  const next = readU32(data, NEXT_AT) - frames;
  let used = 0;
  for (let seq = readU32(data, FIRST_AT); seq < next; seq++) used += 6 + (data[RING_AT + used]! | (data[RING_AT + used + 1]! << 8));
  data.set(u32(next), NEXT_AT);
  data.set(u32(Math.min(next, readU32(data, ACKNOWLEDGED_AT))), ACKNOWLEDGED_AT);
  data.set(u32(used), USED_AT);
});

/** Told as if the ring had let go of its oldest frames. */
const withoutOldest = (frames: number): AccountLie => withData((data) => {
  let tail = 0;
  for (let i = 0; i < frames; i++) tail += 6 + (data[RING_AT + tail]! | (data[RING_AT + tail + 1]! << 8));
  const first = readU32(data, FIRST_AT) + frames;
  data.set(u32(first), FIRST_AT);
  data.set(u32(Math.max(first, readU32(data, ACKNOWLEDGED_AT))), ACKNOWLEDGED_AT);
  data.set(u32(tail), TAIL_AT);
  data.set(u32(readU32(data, USED_AT) - tail), USED_AT);
});

describe("a lie of the endpoint is told", () => {
  const realNow = Date.now;
  let world: World;
  let alice: Person;
  let bob: Person;

  before(async () => void (world = await World.start()));
  beforeEach(async () => {
    [alice, bob] = (await world.people(2)) as [Person, Person];
    await world.introduce(bob, alice);
    await (await bob.postern.conversation(alice.address)).send("second");
  });
  afterEach(() => {
    Date.now = realNow;
    world.rpc.honest();
  });
  after(() => world.stop());

  const inboxOf = async (person: Person): Promise<Address> => (await person.raw.own(0)).address;
  const of = (events: readonly PosternEvent[], kind: PosternEvent["kind"]): PosternEvent[] => events.filter((event) => event.kind === kind);

  describe("about inboxes:", () => {
    const DAMAGED = [...WRONG_ACCOUNT.filter(([name]) => !name.startsWith("owned")), ["cut in its ring", cut(600)] as const, ...WRONG_INBOX];
    for (const [name, lie] of DAMAGED) {
      it(`one ${name} is a rejected event once it is read, for something new is in it, be it a peer's or our own`, async () => {
        for (const [owner, other] of [[bob, alice], [alice, bob]] as const) {
          const address = await inboxOf(owner);
          const device = await world.liedTo(alice);
          const heard = listen(device);
          await historyOf(device, bob.address);
          world.rpc.account(address, lie);
          await (await owner.postern.conversation(other.address)).send("something new");
          await historyOf(device, bob.address);
          expect(heard.rejections(address)).to.deep.equal(["ACCOUNT_INVALID"]);
          heard.stop();
          world.rpc.honest();
        }
      });
    }

    it("a peer's that is hidden makes the conversation closed, ours that is hidden makes it closed or new, and the true state comes back", async () => {
      for (const [owner, states] of [[bob, ["closed"]], [alice, ["incoming", "closed", "new"]]] as const) {
        const device = await world.liedTo(alice);
        const chat = await device.conversation(bob.address);
        expect(chat.state).to.equal("open");
        world.rpc.account(await inboxOf(owner), hidden);
        await chat.history();
        expect(states).to.include(chat.state);
        world.rpc.honest();
        await chat.history();
        expect(chat.state).to.equal("open");
      }
    });

    it("a ring that is said to have let go of what stands in it is one gap event with the numbers, and nothing is put in the place", async () => {
      world.rpc.account(await inboxOf(bob), withoutOldest(3));
      world.rpc.method("getSignaturesForAddress", () => ({ result: [] }));
      const device = await world.liedTo(alice);
      const { events, stop } = listen(device);
      expect(await historyOf(device, bob.address)).to.have.members(["[HISTORY_UNAVAILABLE]", "answer", "second"]);
      expect(of(events, "gap")).to.deep.equal([{ kind: "gap", conversation: bob.address, from: bob.address, firstSeq: 2, lastSeq: 2 }]);
      stop();
    });

    it("a ring that is said to have let go of what stands in it hides nothing as long as history is told truly", async () => {
      world.rpc.account(await inboxOf(bob), withoutOldest(3));
      const device = await world.liedTo(alice);
      const { events, stop } = listen(device);
      expect(await historyOf(device, bob.address)).to.have.members(["first", "answer", "second"]);
      expect(of(events, "gap")).to.deep.equal([]);
      stop();
    });

    it("one that is shown as it was before, within half a minute of what it hides, can pass for a fork: that is withdrawn, told, and there again when the lie ends", async () => {
      const device = await world.liedTo(alice);
      const { events, stop } = listen(device);
      expect(await historyOf(device, bob.address)).to.have.members(["first", "answer", "second"]);
      world.rpc.account(await inboxOf(bob), rewoundBy(1));
      expect(await historyOf(device, bob.address)).to.have.members(["first", "answer"]);
      expect(of(events, "withdrawn")).to.have.length(1);
      world.rpc.honest();
      expect(await historyOf(device, bob.address)).to.have.members(["first", "answer", "second"]);
      stop();
    });

    it("one that is shown as it was before, after more of it was seen, says that views differ, once; nothing is lost, doubled or written over", async () => {
      const device = await world.liedTo(alice);
      const { events, stop } = listen(device);
      expect(await historyOf(device, bob.address)).to.have.members(["first", "answer", "second"]);
      Date.now = () => realNow() + 31_000; // what was seen is final
      world.rpc.account(await inboxOf(bob), rewoundBy(1));
      for (let i = 0; i < 3; i++) expect(await historyOf(device, bob.address)).to.have.members(["first", "answer", "second"]);
      expect(of(events, "viewDiffers")).to.deep.equal([{ kind: "viewDiffers", conversation: bob.address }]);
      Date.now = realNow;
      world.rpc.honest();
      await (await device.conversation(bob.address)).send("after the lie");
      expect(await historyOf(bob.postern, alice.address)).to.have.members(["first", "answer", "second", "after the lie"]);
      expect(await historyOf(device, bob.address)).to.have.members(["first", "answer", "second", "after the lie"]);
      stop();
    });

    it("one that is shown as it was before to a device that has seen nothing yet is told as soon as the peer has answered what is hidden", async () => {
      await (await alice.postern.conversation(bob.address)).send("hidden from my other device");
      await historyOf(bob.postern, alice.address);
      await (await bob.postern.conversation(alice.address)).send("I have read it");
      world.rpc.account(await inboxOf(alice), rewoundBy(1));
      const device = await world.liedTo(alice);
      const { events, stop } = listen(device);
      expect(await historyOf(device, bob.address)).to.include("I have read it").and.not.include("hidden from my other device");
      expect(of(events, "viewDiffers")).to.deep.equal([{ kind: "viewDiffers", conversation: bob.address }]);
      stop();
    });
  });

  describe("about a peer's keys:", () => {
    it("those of before a change, after the new ones were seen, are KEYS_ROLLED_BACK for opening and for the safety number, on every device that shares the store", async () => {
      const carol = await world.person();
      const profile = profileAddress(carol.address, program);
      const past = await world.connection.getAccountInfo(new PublicKey(profile), "confirmed");
      const store = memoryStore();
      const { validFrom } = (await carol.raw.bundleOf(carol.address)).card;
      await until(() => Math.floor(Date.now() / 1_000) > validFrom);
      await carol.raw.rotate();
      await (await (await world.liedTo(alice, { store })).conversation(carol.address)).safetyNumber();
      world.rpc.account(profile, withData(() => Uint8Array.from(past!.data)));
      for (const device of [await world.liedTo(alice, { store }), await world.liedTo(alice, { store })]) {
        const chat = await device.conversation(carol.address);
        await refused(chat.send("under stolen keys?"), "KEYS_ROLLED_BACK");
        await refused(chat.safetyNumber(), "KEYS_ROLLED_BACK");
      }
      expect(await alice.raw.freeIndex(), "nothing was opened").to.equal(1);
    });

    for (const how of ["history()", "messages()"] as const) {
      it(`those of before a change, in an open conversation that has gone on under the new ones, are one rejected event of KEYS_ROLLED_BACK to ${how}, and nothing goes back`, async () => {
        const bundle = keyBundleAddress(bob.address, 0, program);
        const profile = profileAddress(bob.address, program);
        const past = Uint8Array.from((await world.connection.getAccountInfo(new PublicKey(profile), "confirmed"))!.data);
        const device = await world.liedTo(alice);
        const chat = await device.conversation(bob.address);
        const { events, rejections, stop } = listen(device);
        const toAlice = await bob.postern.conversation(alice.address);
        await bob.postern.rotate();
        await toAlice.send("under the new keys");
        await until(async () => (await historyOf(device, bob.address)).includes("under the new keys"));
        await chat.send("to the new keys");
        await until(async () => (await historyOf(bob.postern, alice.address)).includes("to the new keys"));
        const changed = of(events, "keysChanged");
        expect(changed).to.deep.equal([{ kind: "keysChanged", wallet: bob.address }]);
        const { next } = (await alice.raw.own(1)).inbox; // where it has moved to

        world.rpc.account(profile, withData(() => past.slice()));
        const said = ["first", "answer", "second", "under the new keys", "to the new keys"];
        const ending = new AbortController();
        const texts: string[] = [];
        const reading = (async () => {
          if (how === "messages()") for await (const message of chat.messages({ signal: ending.signal })) texts.push(...shown([message]));
        })();
        for (let i = 0; i < 3; i++) {
          await toAlice.send(`${i} during the lie`);
          said.push(`${i} during the lie`);
          if (how === "history()") texts.splice(0, texts.length, ...(await historyOf(device, bob.address)));
          await until(() => texts.length >= said.length);
          expect([...texts].sort()).to.deep.equal([...said].sort());
        }
        expect(rejections(bundle)).to.deep.equal(["KEYS_ROLLED_BACK"]);
        await chat.send("still to the new keys");
        expect([(await alice.raw.own(1)).inbox.next > next, chat.state]).to.deep.equal([true, "open"]);
        await alice.raw.own(2).then(() => expect.fail("another inbox was opened"), ({ message }: Error) => expect(message).to.equal("there is no inbox at this address"));
        world.rpc.honest();
        expect(await historyOf(bob.postern, alice.address)).to.include("still to the new keys");
        expect(await historyOf(device, bob.address)).to.have.members([...said, "still to the new keys"]);
        expect(of(events, "keysChanged"), "nor is a change told when the lie ends").to.deep.equal(changed);
        expect(rejections(bundle)).to.deep.equal(["KEYS_ROLLED_BACK"]);
        ending.abort();
        await reading;
        stop();
      });
    }

    it("a change of them is told once, however often and from how many places they are read", async () => {
      const store = memoryStore();
      const devices = await Promise.all([1, 2].map(() => world.liedTo(alice, { store })));
      const heard = devices.map(listen);
      const numbers = async (): Promise<string[]> => Promise.all(devices.flatMap((device) => [1, 2, 3].map(async () => (await device.conversation(bob.address)).safetyNumber())));
      const before = new Set(await numbers());
      const { validFrom } = (await bob.raw.bundleOf(bob.address)).card;
      await until(() => Math.floor(Date.now() / 1_000) > validFrom);
      await bob.raw.rotate();
      const after = new Set([...(await numbers()), ...(await numbers())]);
      expect([before.size, after.size, new Set([...before, ...after]).size]).to.deep.equal([1, 1, 2]);
      expect(heard.flatMap(({ events }) => of(events, "keysChanged"))).to.deep.equal([{ kind: "keysChanged", wallet: bob.address }]);
      for (const { stop } of heard) stop();
    });

    it("they are read and verified at every use: a swap in the middle of a session is CERTIFICATE_INVALID at once", async () => {
      const carol = await world.person();
      const device = await world.liedTo(alice);
      const chat = await device.conversation(carol.address);
      await chat.safetyNumber();
      const bundle = keyBundleAddress(carol.address, 0, program);
      for (const at of [14 + 6, 14 + 46, 14 + 78, 14 + 110, 156]) {
        world.rpc.account(bundle, withData((data) => void (data[at]! ^= 1)));
        const codes = await Promise.all([attempt(chat.safetyNumber()), attempt(chat.send("x"))]);
        for (const code of codes) expect(["CERTIFICATE_INVALID", "BUNDLE_INVALID", "BUNDLE_MISPLACED"], `byte ${at}`).to.include(code);
      }
      world.rpc.honest();
      await chat.send("to the true keys");
      expect(await historyOf(carol.postern, alice.address)).to.deep.equal(["to the true keys"]);
    });
  });

  async function attempt(work: Promise<unknown>): Promise<string> {
    return work.then(() => "done", (error: { code: string }) => error.code);
  }

  describe("in the end", () => itTellsNoSecret());
});
