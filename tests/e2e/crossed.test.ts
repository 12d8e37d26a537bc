import type { Conversation } from "@postern/sdk";
import { expect } from "chai";
import { inboxOf } from "./support/ledger.js";
import { hooked } from "./support/connections.js";
import { stage, type Person } from "./support/stage.js";
import { textsOf, until } from "./support/waiting.js";

describe("two wallets that ask each other at once", () => {
  const on = stage();

  /** Both sides' first transactions leave together, so that neither can have seen the other's. */
  async function crossed(): Promise<{ people: [Person, Person]; chats: [Conversation, Conversation] }> {
    const waiting = new Set<number>();
    const meet = (side: number) => hooked(on.connection, {
      sendRawTransaction: async (_call, pass) => {
        if (armed) waiting.add(side);
        await until(() => !armed || waiting.size === 2, "both are about to ask");
        return pass();
      },
    });
    let armed = false;
    const people = (await Promise.all([0, 1].map((side) => on.person({ connect: { connection: meet(side) } })))) as [Person, Person];
    const [a, b] = people;
    const chats: [Conversation, Conversation] = [await a.postern.conversation(b.address), await b.postern.conversation(a.address)];
    armed = true;
    await Promise.all(chats.map((chat, i) => chat.send(`asked by ${i}`)));
    for (const { address } of people) expect((await inboxOf(on.connection, address))?.recipient).to.equal(people.find((other) => other.address !== address)?.address);
    return { people, chats };
  }

  it("read each other at once, before either accepts", async () => {
    const { people: [a, b] } = await crossed();
    for (const [me, peer] of [[a, b], [b, a]] as const) {
      const poor = await on.device(me);
      await poor.postern.withdraw(); // cannot pay for an acceptance
      expect([...textsOf(await (await poor.postern.conversation(peer.address)).history())].sort()).to.deep.equal(["asked by 0", "asked by 1"]);
    }
  });

  it("end up in one open conversation, without any request to answer", async () => {
    const { people: [a, b], chats } = await crossed();
    expect(await a.postern.requests()).to.deep.equal([]);
    expect(await b.postern.requests()).to.deep.equal([]);
    const sides = [[a, b, chats[0]], [b, a, chats[1]]] as const;
    for (const [, , chat] of sides) await chat.history();
    for (const [me, peer, chat] of sides) {
      expect([...textsOf(await chat.history())].sort()).to.deep.equal(["asked by 0", "asked by 1"]);
      expect(chat.state).to.equal("open");
      expect((await me.postern.conversations()).map((one) => [one.peer, one.state, one.id])).to.deep.equal([[peer.address, "open", chat.id]]);
      expect(await inboxOf(on.connection, me.address, 1)).to.equal(undefined); // no third inbox
      expect((await inboxOf(on.connection, me.address))?.state).to.equal("open");
    }
    await chats[0].send("one");
    await chats[1].send("two");
    for (const chat of chats) expect([...textsOf(await chat.history())].sort()).to.deep.equal(["asked by 0", "asked by 1", "one", "two"]);

    for (const [me, peer] of sides) {
      const restored = await (await on.device(me)).postern.conversation(peer.address);
      expect(restored.state).to.equal("open");
      expect([...textsOf(await restored.history())].sort()).to.deep.equal(["asked by 0", "asked by 1", "one", "two"]);
    }
  });

  it("are one conversation also when one of them asks from two devices", async () => {
    let armed = false;
    const waiting = new Set<number>();
    const meet = (side: number) => hooked(on.connection, {
      sendRawTransaction: async (_call, pass) => {
        if (armed) waiting.add(side);
        await until(() => !armed || waiting.size === 3, "all three are about to ask");
        return pass();
      },
    });
    const [a, b] = (await Promise.all([0, 1].map((side) => on.person({ connect: { connection: meet(side) }, register: { fundLamports: 300_000_000n } })))) as [Person, Person];
    const second = await on.device(a, { connection: meet(2) });
    const chats = await Promise.all(([[a, b], [b, a], [second, b]] as const).map(([me, peer]) => me.postern.conversation(peer.address)));
    armed = true;
    await Promise.all(chats.map((chat, i) => chat.send(`asked by ${i}`)));
    for (const chat of chats) await chat.history();
    for (const [i, chat] of chats.entries()) await chat.send(`more of ${i}`);
    const expected = [0, 1, 2].flatMap((i) => [`asked by ${i}`, `more of ${i}`]).sort();
    const fresh = [await (await on.device(a)).postern.conversation(b.address), await (await on.device(b)).postern.conversation(a.address)];
    for (const chat of [...chats, ...fresh]) {
      expect([...textsOf(await chat.history())].sort()).to.deep.equal(expected);
      expect(chat.state).to.equal("open");
    }
    for (const { postern } of [a, b, second]) {
      expect(await postern.conversations()).to.have.length(1);
      expect(await postern.requests()).to.deep.equal([]);
    }
  });

  it("can leave it in turn, and are restored after the ring has let go of the handshake", async () => {
    const { people: [a, b], chats } = await crossed();
    for (let i = 0; i < 24; i++) {
      await chats[i % 2]!.send(`${i} ${"x".repeat(200)}`);
      await chats[(i + 1) % 2]!.history();
    }
    for (const { address } of [a, b]) expect((await inboxOf(on.connection, address))?.first).to.be.greaterThan(2);
    const restored = await (await on.device(a)).postern.conversation(b.address);
    expect(restored.state).to.equal("open");
    expect(textsOf(await restored.history()).filter((text) => text.startsWith("23 "))).to.have.length(1);
    expect(textsOf(await restored.history()).filter((text) => text.startsWith("22 "))).to.have.length(1);
    for (const chat of chats) await chat.history();
    await chats[0].close().catch(() => undefined);
    await chats[1].close();
    await chats[0].close();
    for (const { address } of [a, b]) expect(await inboxOf(on.connection, address)).to.equal(undefined);
  });
});
