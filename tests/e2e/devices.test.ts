import type { Conversation } from "@postern/sdk";
import { expect } from "chai";
import { inboxOf } from "./support/ledger.js";
import { open, stage, type Person } from "./support/stage.js";
import { collect, textsOf, until } from "./support/waiting.js";

describe("several devices of one wallet", () => {
  const on = stage();
  const EACH = 5;

  async function sameEverywhere(chats: readonly Conversation[], expected: readonly string[]): Promise<void> {
    for (const chat of chats) {
      const messages = await chat.history({ limit: 1_000 });
      expect([...textsOf(messages)].sort()).to.deep.equal([...expected].sort());
      expect(new Set(messages.map(({ id }) => id)).size).to.equal(expected.length);
    }
  }

  /** Every text once, each device's own in the order in which it sent them. */
  async function sendAll(chats: readonly Conversation[], name: string): Promise<string[]> {
    const texts = chats.map((_, device) => Array.from({ length: EACH }, (_, i) => `${name} ${device}/${i}`));
    await Promise.all(chats.map((chat, device) => Promise.all(texts[device]!.map((text) => chat.send(text)))));
    return texts.flat();
  }

  it("send at once: nothing is lost, doubled or unreadable, and each keeps its own order", async () => {
    const [alice, bob] = await on.people(2);
    await open(alice, bob, "0");
    const devices: Person[] = [alice, await on.device(alice), await on.device(alice)];
    const chats = await Promise.all(devices.map(({ postern }) => postern.conversation(bob.address)));
    const toAlice = await bob.postern.conversation(alice.address);
    const reading = collect((signal) => toAlice.messages({ signal }));
    const expected = ["0", ...(await sendAll(chats, "a"))];
    await until(() => reading.items.length >= expected.length, "all arrive");
    const seen = textsOf(await reading.stop());
    expect([...seen].sort()).to.deep.equal([...expected].sort());
    for (const device of [0, 1, 2]) {
      expect(seen.filter((text) => text.startsWith(`a ${device}/`))).to.deep.equal(Array.from({ length: EACH }, (_, i) => `a ${device}/${i}`));
    }
    await sameEverywhere([...chats, toAlice], expected);
  });

  it("open to the same peer at once: all that they say arrives, and it is one conversation", async () => {
    const [alice, bob] = await on.people(2);
    const devices = [alice, await on.device(alice)];
    const chats = await Promise.all(devices.map(({ postern }) => postern.conversation(bob.address)));
    const expected = await sendAll(chats, "a");
    expect((await bob.postern.requests()).map(({ from }) => from)).to.deep.equal([alice.address]);
    const [request] = await bob.postern.requests();
    const toAlice = await request!.accept();
    await toAlice.send("welcome");
    await chats[1]!.send("thanks");
    await sameEverywhere([...chats, toAlice, await (await on.device(alice)).postern.conversation(bob.address)], [...expected, "welcome", "thanks"]);
    for (const { postern } of [...devices, await on.device(alice)]) {
      expect((await postern.conversations()).map(({ peer, state }) => [peer, state])).to.deep.equal([[bob.address, "open"]]);
    }
    expect((await bob.postern.conversations()).map(({ peer, state }) => [peer, state])).to.deep.equal([[alice.address, "open"]]);
  });

  it("accept at once: one answer stands, and both go on with it", async () => {
    const [alice, bob] = await on.people(2);
    const toBob = await alice.postern.conversation(bob.address);
    await toBob.send("who answers?");
    const devices = [bob, await on.device(bob)];
    const requests = await Promise.all(devices.map(async ({ postern }) => (await postern.requests())[0]!));
    const chats = await Promise.all(requests.map((request) => request.accept()));
    expect(chats.map(({ state }) => state)).to.deep.equal(["open", "open"]);
    expect(await inboxOf(on.connection, bob.address, 1)).to.equal(undefined);
    await Promise.all(chats.map((chat, i) => chat.send(`I, ${i}`)));
    await sameEverywhere([toBob, ...chats], ["who answers?", "I, 0", "I, 1"]);
  });

  it("answer at once with their first messages: both arrive", async () => {
    const [alice, bob] = await on.people(2);
    const toBob = await alice.postern.conversation(bob.address);
    await toBob.send("who answers?");
    const devices = [bob, await on.device(bob)];
    const chats = await Promise.all(devices.map(({ postern }) => postern.conversation(alice.address)));
    await Promise.all(chats.map((chat, i) => chat.send(`I, ${i}`)));
    await sameEverywhere([toBob, ...chats], ["who answers?", "I, 0", "I, 1"]);
  });

  it("write to several peers at once, each into an inbox of its own", async () => {
    const [alice, bob, carol] = await on.people(3);
    const devices = [alice, await on.device(alice)];
    const pairs = devices.flatMap(({ postern }) => [bob, carol].map((peer) => ({ postern, peer })));
    await Promise.all(pairs.map(async ({ postern, peer }, i) => (await postern.conversation(peer.address)).send(`to ${peer.address} ${i}`)));
    for (const [i, peer] of [bob, carol].entries()) {
      const [request] = await peer.postern.requests();
      await request!.accept();
      await sameEverywhere([await peer.postern.conversation(alice.address), await alice.postern.conversation(peer.address)], [`to ${peer.address} ${i}`, `to ${peer.address} ${i + 2}`]);
    }
  });

  it("keep the order of sends that one of them does not wait for", async () => {
    const [alice, bob] = await on.people(2);
    const chat = await alice.postern.conversation(bob.address);
    const texts = Array.from({ length: 10 }, (_, i) => String(i));
    const sent = await Promise.all(texts.map((text) => chat.send(text)));
    expect(sent.map(({ seq }) => seq)).to.deep.equal(texts.map((_, i) => i + 2));
    expect(textsOf(await (await bob.postern.conversation(alice.address)).history())).to.deep.equal(texts);
  });
});
