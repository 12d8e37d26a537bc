import type { Conversation, PosternEvent } from "@postern/sdk";
import { expect } from "chai";
import { down, hooked } from "./support/connections.js";
import { inboxOf, lamportsOf } from "./support/ledger.js";
import { refusal } from "./support/refusal.js";
import { open, stage, type Person } from "./support/stage.js";
import { collect, textOf, textsOf, until } from "./support/waiting.js";

describe("requests", () => {
  const on = stage();
  const listed = async ({ postern }: Person): Promise<[string, string][]> => (await postern.requests()).map(({ from, firstMessage }) => [from, textOf(firstMessage)]);

  it("list each waiting wallet once with its first message, oldest first", async () => {
    const [bob, ...askers] = [...(await on.people(3)), await on.person()];
    for (const [i, asker] of askers.entries()) {
      const chat = await asker!.postern.conversation(bob!.address);
      await chat.send(`first of ${i}`);
      await chat.send("more");
    }
    expect(await listed(bob!)).to.deep.equal(askers.map((asker, i) => [asker!.address, `first of ${i}`]));
    expect(await listed(await on.device(bob!))).to.deep.equal(await listed(bob!));
  });

  it("list twelve wallets, though the profile names eight; an endpoint that refuses to search gives eight and says how many are missing", async () => {
    const bob = await on.person({ register: { fundLamports: 300_000_000n } }); // for up to twelve answers
    const askers = await Promise.all(Array.from({ length: 12 }, () => on.person()));
    await Promise.all(askers.map(async (asker) => (await asker.postern.conversation(bob.address)).send(asker.address)));
    const openedSlot = async (address: string): Promise<bigint> => (await inboxOf(on.connection, address))!.openedSlot;
    for (const device of [bob, await on.device(bob)]) {
      const requests = await listed(device);
      expect([...requests].sort()).to.deep.equal(askers.map(({ address }) => [address, address]).sort());
      const slots = await Promise.all(requests.map(([from]) => openedSlot(from)));
      expect(slots).to.deep.equal([...slots].sort((a, b) => Number(a - b)));
    }
    const refusing = await on.device(bob, { connection: hooked(on.connection, { getProgramAccounts: down }) });
    expect(await refusing.postern.requests()).to.have.length(8);
    const events = collect<PosternEvent>((signal) => refusing.postern.events({ signal }));
    await until(() => events.items.some((event) => event.kind === "requestsMissing"), "what is missing is told");
    expect((await events.stop()).filter((event) => event.kind === "requestsMissing")).to.deep.equal([{ kind: "requestsMissing", missing: 4 }]);

    for (const request of await bob.postern.requests()) await (request.from < bob.address ? request.accept() : request.decline());
    expect(await bob.postern.requests()).to.deep.equal([]);
    const accepted = askers.filter(({ address }) => address < bob.address);
    expect((await bob.postern.conversations()).map(({ peer }) => peer)).to.have.members(accepted.map(({ address }) => address));
  });

  it("hand nothing over: what is listed is neither acknowledged nor read", async () => {
    const [alice, bob] = await on.people(2);
    await (await alice.postern.conversation(bob.address)).send("hello");
    await bob.postern.requests();
    const [request] = await bob.postern.requests();
    const chat = await request!.accept();
    expect(await chat.unread()).to.equal(1);
    expect((await inboxOf(on.connection, alice.address))?.acknowledged).to.equal(2); // the handshake, not the message
    expect(await (await (await on.device(bob)).postern.conversation(alice.address)).unread()).to.equal(1);
  });

  it("are accepted in one transaction, after which messages() begins with the first message", async () => {
    const [alice, bob] = await on.people(2);
    const here = await alice.postern.conversation(bob.address);
    await here.send("first");
    const { answer } = await bob.postern.estimate(alice.address);
    const before = await bob.postern.balance();
    const [request] = await bob.postern.requests();
    const chat = await request!.accept();
    expect(chat.state).to.equal("open");
    expect(before - (await bob.postern.balance())).to.equal(answer.rentLamports + answer.feeLamports);
    for await (const message of chat.messages()) {
      expect([textOf(message), message.mine, message.from, message.seq]).to.deep.equal(["first", false, alice.address, 2]);
      break;
    }
    await here.history();
    expect(here.state).to.equal("open");
  });

  it("stay accepted when they are accepted again, also from a listing of before", async () => {
    const [alice, bob] = await on.people(2);
    await (await alice.postern.conversation(bob.address)).send("gm");
    const [[one], [two]] = await Promise.all([bob.postern.requests(), bob.postern.requests()]);
    await one!.accept();
    const balance = await bob.postern.balance();
    const again = await two!.accept();
    expect(again.state).to.equal("open");
    expect(await bob.postern.balance()).to.equal(balance);
    expect(await bob.postern.conversations()).to.have.length(1);
  });

  it("that are declined stay visible to their sender, who gets the rent back to the wallet by close()", async () => {
    const [alice, bob] = await on.people(2);
    const here = await alice.postern.conversation(bob.address);
    await here.send("hello");
    const rent = BigInt((await on.connection.getMinimumBalanceForRentExemption(444 + 2_048)));
    const [request] = await bob.postern.requests();
    await request!.decline();
    await request!.decline(); // changes nothing
    expect((await inboxOf(on.connection, alice.address))?.state).to.equal("declined");
    await refusal(here.send("hello?"), "DECLINED");
    const wallet = await lamportsOf(on.connection, alice.address);
    expect(await here.close()).to.deep.equal({ reclaimedLamports: rent });
    expect((await lamportsOf(on.connection, alice.address)) - wallet).to.equal(rent);
    expect(await inboxOf(on.connection, alice.address)).to.equal(undefined);
  });

  it("may be made again after a decline, once the declined inbox is closed", async () => {
    const [alice, bob] = await on.people(2);
    const here = await alice.postern.conversation(bob.address);
    await here.send("one");
    await (await bob.postern.requests())[0]!.decline();
    await here.history();
    await here.close();
    await here.send("two");
    expect(await listed(bob)).to.deep.equal([[alice.address, "two"]]);
    await (await bob.postern.requests())[0]!.accept();
    await here.history();
    expect(here.state).to.equal("open");
  });

  it("in several inboxes of one wallet are one entry, answered all at once", async () => {
    for (const answer of ["accept", "decline"] as const) {
      const [alice, bob] = await on.people(2);
      const other = await on.device(alice);
      const chats = await Promise.all([alice, other].map(({ postern }) => postern.conversation(bob.address)));
      await Promise.all(chats.map((chat, i) => chat.send(`device ${i}`)));
      const requests = await bob.postern.requests();
      expect(requests.map(({ from }) => from)).to.deep.equal([alice.address]);
      await requests[0]![answer]();
      expect(await bob.postern.requests()).to.deep.equal([]);
      for (const index of [0, 1]) {
        const state = (await inboxOf(on.connection, alice.address, index))?.state;
        if (state !== undefined) expect(state).to.equal({ accept: "open", decline: "declined" }[answer]);
      }
      const seen = await (await bob.postern.conversation(alice.address)).history();
      if (answer === "accept") expect(textsOf(seen).sort()).to.deep.equal(["device 0", "device 1"]);
    }
  });

  it("do not stand in conversations() until they are answered; those that are stand there latest first, once each", async () => {
    const [bob, carol, dave] = await on.people(3);
    const [alice, erin] = await on.people(2);
    for (const [asker, text] of [[bob, "b"], [carol, "c"], [dave, "d"]] as const) await (await asker.postern.conversation(alice.address)).send(text);
    expect(await alice.postern.conversations()).to.deep.equal([]);
    for (const request of await alice.postern.requests()) {
      if (request.from === dave.address) await request.decline();
      else await request.accept();
    }
    const toErin = await alice.postern.conversation(erin.address);
    await toErin.send("asked");
    const chats = async (): Promise<[string, string][]> => (await alice.postern.conversations()).map(({ peer, state }) => [peer, state]);
    const toCarol = await alice.postern.conversation(carol.address);
    const latest = async (chat: Conversation): Promise<number> => (await chat.history()).at(-1)!.postedAt.getTime();
    await until(async () => (await toCarol.send("tick"), (await latest(toCarol)) > (await latest(toErin))), "the chain's clock goes on by a second");
    expect((await chats())[0]).to.deep.equal([carol.address, "open"]);
    expect((await chats()).sort()).to.deep.equal([[bob.address, "open"], [carol.address, "open"], [erin.address, "requested"]].sort());
    const [, answered] = await open(alice, (await on.people(2))[0]);
    expect(answered.state).to.equal("open");
    expect(await chats()).to.have.length(4);
  });
});
