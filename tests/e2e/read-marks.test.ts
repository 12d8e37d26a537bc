/** What several devices of one wallet see of what was read on one of them (docs/guides/several-devices.md). */
import { memoryStore, type Conversation } from "@postern/sdk";
import { expect } from "chai";
import { refusal } from "./support/refusal.js";
import { open, stage, type Person } from "./support/stage.js";

describe("read marks", function () {
  this.timeout(60_000);
  const on = stage();
  let alice: Person;
  let bob: Person;
  let toBob: Conversation;

  beforeEach(async () => {
    [alice, bob] = await on.people(2);
    [toBob] = await open(alice, bob, "1");
    for (const text of ["2", "3"]) await toBob.send(text);
  });

  const chatOn = (device: Person): Promise<Conversation> => device.postern.conversation(alice.address);
  async function readUpTo(device: Person, count: number): Promise<void> {
    const chat = await chatOn(device);
    const messages = (await chat.history()).filter(({ mine }) => !mine);
    await chat.markRead(messages[count - 1]!.cursor);
  }
  async function unreadOn(device: Person): Promise<number> {
    const [one, all] = [await (await chatOn(device)).unread(), await device.postern.unread()];
    expect(all, "in total").to.equal(one);
    return one;
  }

  it("survive a restart, and are shared by what shares a store", async () => {
    const store = memoryStore();
    const first = await on.device(bob, { store });
    const second = await on.device(bob, { store });
    await readUpTo(first, 2);
    expect(await unreadOn(second)).to.equal(1);
    await readUpTo(second, 1);
    expect(await unreadOn(first), "a mark never moves back").to.equal(1);
    await first.postern.close();
    expect(await unreadOn(await on.device(bob, { store }))).to.equal(1);
  });

  it("of one device are no other's until they are carried there, and then move it forward only", async () => {
    const [phone, laptop] = [await on.device(bob), await on.device(bob)];
    await readUpTo(laptop, 1);
    await readUpTo(phone, 2);
    await (await chatOn(phone)).send("answered on the phone");
    expect(await unreadOn(laptop), "an answer is no mark").to.equal(2);
    const early = await laptop.postern.exportReadMarks();
    await laptop.postern.importReadMarks(await phone.postern.exportReadMarks());
    expect(await unreadOn(laptop)).to.equal(1);
    await toBob.send("4");
    await readUpTo(laptop, 4);
    await phone.postern.importReadMarks(await laptop.postern.exportReadMarks());
    expect(await unreadOn(phone)).to.equal(0);
    await phone.postern.importReadMarks(early); // whoever carries them may bring old ones
    expect(await unreadOn(phone)).to.equal(0);
  });

  it("come to a device that has none, in every conversation, also in one that it does not know yet", async () => {
    const carol = await on.person({ register: { fundLamports: 300_000_000n } });
    const [toBobFromCarol] = await open(carol, bob, "a");
    await toBobFromCarol.send("b");
    const empty = await on.device(bob);
    await readUpTo(bob, 2);
    const chat = await bob.postern.conversation(carol.address);
    await chat.markRead((await chat.history())[0]!.cursor);
    const marks = await bob.postern.exportReadMarks();
    await empty.postern.importReadMarks(marks);
    expect([await (await chatOn(empty)).unread(), await (await empty.postern.conversation(carol.address)).unread(), await empty.postern.unread()]).to.deep.equal([1, 1, 2]);
    const text = Buffer.from(marks).toString("latin1");
    for (const { address } of [alice, bob, carol]) expect(text.includes(address), "who talks with whom stays sealed").to.equal(false);
  });

  it("go along to a new root, and those from under an older one are refused", async () => {
    const other = await on.device(bob);
    await readUpTo(bob, 2);
    const before = await bob.postern.exportReadMarks();
    await bob.postern.rotate({ newRoot: true });
    expect(await unreadOn(bob)).to.equal(1);
    await refusal(other.postern.importReadMarks(await bob.postern.exportReadMarks()), "READ_MARKS_INVALID");
    const later = await on.device(bob);
    await refusal(later.postern.importReadMarks(before), "READ_MARKS_INVALID");
    await later.postern.importReadMarks(await bob.postern.exportReadMarks());
    expect(await unreadOn(later)).to.equal(1);
  });

  it("that are another wallet's, altered, cut short or none are refused as a whole", async () => {
    await readUpTo(bob, 2);
    const marks = await bob.postern.exportReadMarks();
    const device = await on.device(bob);
    await readUpTo(device, 1);
    const bad: unknown[] = [await alice.postern.exportReadMarks(), marks.slice(0, -1), marks.slice(1), new Uint8Array(0), new Uint8Array(200), "marks", undefined, [...marks]];
    for (let at = 0; at < marks.length; at += 7) bad.push(marks.map((byte, i) => (i === at ? byte ^ 1 : byte)));
    for (const bytes of bad) await refusal(device.postern.importReadMarks(bytes as Uint8Array), "READ_MARKS_INVALID");
    expect(await unreadOn(device)).to.equal(2);
    await device.postern.importReadMarks(await (await on.device(bob)).postern.exportReadMarks()); // of a device that has none
    expect(await unreadOn(device)).to.equal(2);
  });
});
