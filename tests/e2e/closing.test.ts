import { expect } from "chai";
import { inboxOf, lamportsOf } from "./support/ledger.js";
import { refusal } from "./support/refusal.js";
import { open, stage } from "./support/stage.js";
import { collect, take, textsOf, until } from "./support/waiting.js";

const DAY_MS = 86_400_000;

describe("leaving a conversation", () => {
  const on = stage();

  it("is too early while the peer has something to read, and says what and until when", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob] = await open(alice, bob);
    await toBob.send("two");
    const { context } = await refusal(toBob.close(), "CLOSE_TOO_EARLY");
    expect(context["unreadByPeer"]).to.equal(2);
    const lastTime = (await inboxOf(on.connection, alice.address))!.lastTime * 1_000;
    expect((context["closableAt"] as Date).getTime()).to.equal(lastTime + 30 * DAY_MS);
    expect(toBob.state).to.equal("open");
  });

  it("is too early for a request of less than fourteen days", async () => {
    const [alice, bob] = await on.people(2);
    const chat = await alice.postern.conversation(bob.address);
    await chat.send("gm");
    const { context } = await refusal(chat.close(), "CLOSE_TOO_EARLY");
    const openedTime = (await inboxOf(on.connection, alice.address))!.openedTime * 1_000;
    expect((context["closableAt"] as Date).getTime()).to.equal(openedTime + 14 * DAY_MS);
    expect(context["unreadByPeer"]).to.be.a("number");
    await chat.send("still here");
  });

  it("works in turn: the second gets through at once, the first on its next call; the rent goes to both wallets", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob);
    await toAlice.send("answer");
    for (const chat of [toBob, toAlice]) await chat.history();
    const rents = await Promise.all([2_048, 512].map(async (ring) => BigInt(await on.connection.getMinimumBalanceForRentExemption(444 + ring))));
    const wallets = await Promise.all([alice, bob].map(({ address }) => lamportsOf(on.connection, address)));

    await refusal(toBob.close(), "CLOSE_TOO_EARLY");
    expect(await toAlice.close()).to.deep.equal({ reclaimedLamports: rents[1] });
    expect(toAlice.state).to.equal("closed");
    expect(await toBob.close()).to.deep.equal({ reclaimedLamports: rents[0] });
    expect(toBob.state).to.equal("closed");
    for (const [i, { address }] of [alice, bob].entries()) {
      expect(await inboxOf(on.connection, address)).to.equal(undefined);
      expect((await lamportsOf(on.connection, address)) - wallets[i]!).to.equal(rents[i]);
    }
    expect(await toBob.close()).to.deep.equal({ reclaimedLamports: 0n });
    expect(await alice.postern.conversations()).to.deep.equal([]);
  });

  it("returns the rent of growth as well", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob);
    await toAlice.send("answer");
    for (let i = 0; i < 5; i++) await toBob.send("x".repeat(885));
    await toAlice.history();
    await toAlice.send("all read");
    await toBob.history();
    const rent = BigInt(await on.connection.getMinimumBalanceForRentExemption(444 + (await inboxOf(on.connection, alice.address))!.capacity));
    expect(await toBob.close()).to.deep.equal({ reclaimedLamports: rent });
  });

  it("closes every inbox that this wallet's devices have opened to the peer", async () => {
    const [alice, bob] = await on.people(2);
    const devices = [alice, await on.device(alice)];
    const chats = await Promise.all(devices.map(({ postern }) => postern.conversation(bob.address)));
    await Promise.all(chats.map((chat) => chat.send("at once")));
    const toAlice = await (await bob.postern.requests())[0]!.accept();
    await toAlice.history();
    await toAlice.send("both read");
    await chats[0]!.history();
    const rent = BigInt(await on.connection.getMinimumBalanceForRentExemption(444 + 2_048));
    const inboxes = (await Promise.all([0, 1].map((index) => inboxOf(on.connection, alice.address, index)))).filter((inbox) => inbox !== undefined);
    expect(await chats[0]!.close()).to.deep.equal({ reclaimedLamports: BigInt(inboxes.length) * rent });
    for (const index of [0, 1]) expect(await inboxOf(on.connection, alice.address, index)).to.equal(undefined);
  });

  it("leaves the other side closed, and what it has read readable there until it leaves too", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob, "from alice");
    await toAlice.send("from bob");
    for (const chat of [toBob, toAlice]) await chat.history();
    await toBob.close().catch(() => undefined);
    await toAlice.close();
    await toBob.history();
    expect(toBob.state).to.equal("closed");
    expect(textsOf(await toBob.history())).to.deep.equal(["from alice", "from bob"]);
    const [listed] = await (await on.device(alice)).postern.conversations();
    expect([listed?.peer, listed?.state]).to.deep.equal([bob.address, "closed"]);
    expect(textsOf(await listed!.history())).to.deep.equal(["from alice"]);
  });

  it("is not the end: sending asks anew, from either side, and the conversation goes on, also in messages() that never stopped", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob, "1");
    const id = toBob.id;
    const reading = collect((signal) => toAlice.messages({ signal }));
    await toAlice.send("2");
    for (const chat of [toBob, toAlice]) await chat.history();
    const { cursor } = (await toBob.history()).at(-1)!;
    await toBob.close().catch(() => undefined);
    await toAlice.close();
    await toBob.close();

    await toBob.send("3"); // the same addresses, another life
    const [request] = await bob.postern.requests();
    await (await request!.accept()).send("4");
    await toBob.send("5");
    expect((await alice.postern.conversation(bob.address)).id).to.equal(id);
    for (const chat of [toBob, toAlice]) {
      await chat.history();
      expect(chat.state).to.equal("open");
      expect([...textsOf(await chat.history())].sort()).to.deep.equal(["1", "2", "3", "4", "5"]);
    }
    await until(() => reading.items.length >= 5, "the iteration comes to it as well");
    expect([...textsOf(await reading.stop())].sort()).to.deep.equal(["1", "2", "3", "4", "5"]);
    const restored = await (await on.device(alice)).postern.conversation(bob.address);
    expect([...textsOf(await restored.history())].sort()).to.deep.equal(["3", "4", "5"]);
    expect([...textsOf(await take(3, (signal) => restored.messages({ after: cursor, signal })))].sort()).to.deep.equal(["3", "4", "5"]);
  });
});
