import { memoryStore } from "@postern/sdk";
import { expect } from "chai";
import { inboxOf } from "./support/ledger.js";
import { refusal } from "./support/refusal.js";
import { open, stage } from "./support/stage.js";
import { textsOf } from "./support/waiting.js";

describe("history", () => {
  const on = stage();

  it("is paged from the end, without a hole or a repetition, here and on a new device", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob, "0");
    for (let i = 1; i <= 12; i++) await (i % 4 < 2 ? toBob : toAlice).send(String(i));
    for (const chat of [toBob, toAlice, await (await on.device(bob)).postern.conversation(alice.address)]) {
      const whole = await chat.history();
      expect(whole).to.have.length(13);
      for (const limit of [1, 4, 5, 13]) {
        const pages: string[] = [];
        for (let before: string | undefined; ; ) {
          const page = await chat.history({ limit, ...(before !== undefined && { before }) });
          if (page.length === 0) break;
          expect(page.length).to.be.at.most(limit);
          pages.unshift(...page.map(({ id }) => id));
          before = page[0]!.cursor;
        }
        expect(pages).to.deep.equal(whole.map(({ id }) => id));
      }
    }
    expect(textsOf(await toBob.history({ limit: 2 })).sort()).to.deep.equal(["11", "12"].sort());
  });

  it("has fifty messages at most unless asked for more", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob, "0");
    for (let i = 1; i <= 27; i++) await Promise.all([toBob.send(`a${i}`), toAlice.send(`b${i}`)]);
    expect(await toBob.history()).to.have.length(50);
    expect(await toBob.history({ limit: 1_000 })).to.have.length(55);
    for (const limit of [0, -1, 1.5, Number.NaN]) await refusal(toBob.history({ limit }), "INVALID_ARGUMENT");
  });

  it("counts as unread what is not marked, on this device", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob, "1");
    for (const text of ["2", "3", "4"]) await toBob.send(text);
    await toAlice.send("own messages are never unread");
    expect(await toAlice.unread()).to.equal(4);
    const messages = (await toAlice.history()).filter(({ mine }) => !mine);
    expect(await toAlice.unread()).to.equal(4); // shown is not read
    await toAlice.markRead(messages[2]!.cursor);
    expect(await toAlice.unread()).to.equal(1);
    await toAlice.markRead(messages[0]!.cursor); // never back
    expect(await toAlice.unread()).to.equal(1);
    await toBob.send("5");
    expect(await toAlice.unread()).to.equal(2);
    await toAlice.markRead((await toAlice.history()).at(-1)!.cursor);
    expect(await toAlice.unread()).to.equal(0);
  });

  it("keeps the marks in the store, and takes what was acknowledged on chain for read where there are none", async () => {
    const store = memoryStore();
    const [alice] = await on.people(2);
    const bob = await on.person({ connect: { store } });
    const [toBob, toAlice] = await open(alice, bob, "1");
    for (const text of ["2", "3"]) await toBob.send(text);
    const messages = await toAlice.history();
    await toAlice.markRead(messages[0]!.cursor);
    const same = await (await on.device(bob, { store })).postern.conversation(alice.address);
    expect(await same.unread()).to.equal(2);
    const fresh = async (): Promise<number> => (await (await on.device(bob)).postern.conversation(alice.address)).unread();
    expect(await fresh()).to.equal(3);
    await toAlice.send("acknowledges what was shown");
    expect(await fresh()).to.equal(0);
    expect(await same.unread(), "given to another device's app, and marked by nobody here").to.equal(2);
  });

  it("counts what is unread in all conversations", async () => {
    const [alice, bob, carol] = await on.people(3);
    const [toBob] = await open(alice, bob, "1");
    await open(carol, bob, "1");
    await toBob.send("2");
    expect(await bob.postern.unread()).to.equal(3);
    const [, chat] = [carol, await bob.postern.conversation(alice.address)];
    await chat.markRead((await chat.history()).at(-1)!.cursor);
    expect(await bob.postern.unread()).to.equal(1);
  });

  it("is never acknowledged where the app says so, but when the conversation is closed", async () => {
    const alice = await on.person();
    const bob = await on.person({ connect: { acknowledge: "never" } });
    const [toBob, toAlice] = await open(alice, bob, "1");
    expect(await toAlice.history()).to.have.length(1);
    await toAlice.send("read, and not told");
    await toBob.send("2");
    expect((await inboxOf(on.connection, alice.address))?.acknowledged, "the handshake alone").to.equal(2);
    expect(await toAlice.history()).to.have.length(3);
    await toBob.history();
    await toBob.send("acknowledges");
    await toAlice.history();
    await toAlice.close();
    const { acknowledged, next } = (await inboxOf(on.connection, alice.address))!;
    expect(acknowledged).to.equal(next);
  });
});
