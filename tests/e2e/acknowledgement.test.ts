import { expect } from "chai";
import { inboxAddressOf, inboxOf, signaturesOf } from "./support/ledger.js";
import { refusal } from "./support/refusal.js";
import { open, stage, type Person } from "./support/stage.js";
import { collect, textsOf, until } from "./support/waiting.js";

describe("an acknowledgement", () => {
  const on = stage();
  const acknowledged = async ({ address }: Person): Promise<number | undefined> => (await inboxOf(on.connection, address))?.acknowledged;

  it("of the two handshake frames alone comes with accepting", async () => {
    const [alice, bob] = await on.people(2);
    const chat = await alice.postern.conversation(bob.address);
    await chat.send("one");
    await chat.send("two");
    const [request] = await bob.postern.requests();
    expect(await acknowledged(alice)).to.equal(0);
    await request!.accept();
    expect(await acknowledged(alice)).to.equal(2);
  });

  it("of what was handed over comes with the next reply, in its transaction", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob);
    await toBob.send("two");
    await toAlice.send("not read yet");
    expect(await acknowledged(alice)).to.equal(2);
    await toAlice.history();
    expect(await acknowledged(alice)).to.equal(2);
    const { signature, feeLamports } = await toAlice.send("read");
    expect(await acknowledged(alice)).to.equal(4);
    expect((await signaturesOf(on.connection, await inboxAddressOf(on.connection, alice.address)))[0]).to.equal(signature);
    expect(feeLamports).to.equal((await bob.postern.estimate()).message.feeLamports); // one signature
  });

  it("comes with the answer that accepts, for what history() had shown", async () => {
    const [alice, bob] = await on.people(2);
    await (await alice.postern.conversation(bob.address)).send("one");
    const chat = await bob.postern.conversation(alice.address);
    await chat.history();
    const { signature } = await chat.send("answer");
    expect(await acknowledged(alice)).to.equal(3);
    expect((await signaturesOf(on.connection, await inboxAddressOf(on.connection, alice.address)))[0]).to.equal(signature);
  });

  it("is never of what was not handed over: neither unread() nor a reply nor another device hands anything over", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob);
    await toBob.send("two");
    expect(await toAlice.unread()).to.equal(2);
    await toAlice.send("blind");
    await (await (await on.device(bob)).postern.conversation(alice.address)).send("blind too");
    expect(await acknowledged(alice)).to.equal(2);
  });

  it("ends where a page has left something out, and goes on once that was shown", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob);
    for (const text of ["two", "three", "four"]) await toBob.send(text);
    const page = await toAlice.history({ limit: 2 });
    expect(textsOf(page)).to.deep.equal(["three", "four"]);
    await toAlice.send("the newest were shown, two others not");
    expect(await acknowledged(alice)).to.equal(2);
    expect(textsOf(await toAlice.history({ before: page[0]!.cursor, limit: 2 }))).to.deep.equal(["gm", "two"]);
    await toAlice.send("now all were");
    expect(await acknowledged(alice)).to.equal(6);
  });

  it("is of what messages() has yielded, not of what it has not", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob);
    for (const text of ["two", "three", "four"]) await toBob.send(text);
    let seen = 0;
    for await (const message of toAlice.messages()) if (++seen === 2 && message.seq) break;
    await toAlice.send("two were read");
    expect(await acknowledged(alice)).to.equal(4);
  });

  it("is of what a cursor proves, though another session was handed it", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob);
    for (const text of ["two", "three", "four"]) await toBob.send(text);
    const cursor = (await toAlice.history())[2]!.cursor;
    const device = await (await on.device(bob)).postern.conversation(alice.address);
    for await (const message of device.messages({ after: cursor })) {
      expect(textsOf([message])).to.deep.equal(["four"]);
      break;
    }
    await device.send("all known");
    expect(await acknowledged(alice)).to.equal(6);
  });

  it("comes alone once what was handed over fills half of the peer's ring, so that the peer can write on", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob); // alice's ring: 2,048 bytes
    const before = await bob.postern.balance();
    const unacknowledged = async (): Promise<number> => inboxOf(on.connection, alice.address).then((inbox) => inbox!.next - inbox!.acknowledged);
    const reading = collect((signal) => toAlice.messages({ signal }));
    for (let i = 0; i < 2; i++) await toBob.send("x".repeat(200)); // 276 bytes each in the ring, and 148 of the first
    await until(() => reading.items.length === 3, "three messages are read");
    expect(await acknowledged(alice)).to.equal(2);
    for (let i = 0; i < 2; i++) await toBob.send("x".repeat(200));
    await until(async () => (await acknowledged(alice)) === 7, "everything read is acknowledged");
    for (let i = 0; i < 20; i++) {
      await toBob.send("x".repeat(200));
      await until(async () => (await unacknowledged()) < 4, "four fill half of it, and are acknowledged"); // else a slow reader has it grow
    }
    await until(() => reading.items.length === 25, "the rest is read");
    await reading.stop();
    expect((await inboxOf(on.connection, alice.address))?.capacity).to.be.at.most(4_096);
    expect(before - (await bob.postern.balance()) <= 8n * (await bob.postern.estimate()).message.feeLamports).to.equal(true);
  });

  it("of what was handed over comes when the conversation is left, also if leaving is too early", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob);
    await toBob.send("two");
    await toAlice.send("unread");
    await toAlice.history();
    const error = await refusal(toAlice.close(), "CLOSE_TOO_EARLY");
    expect(error.context["unreadByPeer"]).to.equal(1);
    expect(await acknowledged(alice)).to.equal(4);
    await toBob.close(); // all of hers is read
  });
});
