import { expect } from "chai";
import { inboxOf } from "./support/ledger.js";
import { refusal } from "./support/refusal.js";
import { open, stage } from "./support/stage.js";
import { textsOf } from "./support/waiting.js";

describe("a conversation", () => {
  const on = stage();

  it("is new, then requested here and incoming there, then open on both sides", async () => {
    const [alice, bob] = await on.people(2);
    const [here, there] = await Promise.all([alice.postern.conversation(bob.address), bob.postern.conversation(alice.address)]);
    expect([here.state, there.state]).to.deep.equal(["new", "new"]);
    expect([here.canSend, there.canSend]).to.deep.equal([true, true]);

    await here.send("may I?");
    expect(here.state).to.equal("requested");
    await there.history();
    expect(there.state).to.equal("incoming");
    expect([here.canSend, there.canSend]).to.deep.equal([true, true]);

    await there.send("you may"); // sending accepts
    expect(there.state).to.equal("open");
    await here.history();
    expect(here.state).to.equal("open");
    expect(textsOf(await here.history())).to.deep.equal(["may I?", "you may"]);
    expect(textsOf(await there.history())).to.deep.equal(["may I?", "you may"]);
  });

  it("costs and writes nothing before the first send", async () => {
    const [alice, bob] = await on.people(2);
    const balance = await alice.postern.balance();
    const chat = await alice.postern.conversation(bob.address);
    expect(await chat.history()).to.deep.equal([]);
    expect(await chat.unread()).to.equal(0);
    expect(await alice.postern.balance()).to.equal(balance);
    expect(await inboxOf(on.connection, alice.address)).to.equal(undefined);
  });

  it("takes more messages while its request waits, and they are there before and after acceptance", async () => {
    const [alice, bob] = await on.people(2);
    const chat = await alice.postern.conversation(bob.address);
    const texts = ["one", "two", "three", "four"];
    for (const text of texts) await chat.send(text);
    expect(chat.state).to.equal("requested");
    const there = await bob.postern.conversation(alice.address);
    expect(textsOf(await there.history())).to.deep.equal(texts);
    expect(there.state).to.equal("incoming"); // reading accepts nothing
    expect(await bob.postern.conversations()).to.deep.equal([]);
    const [request] = await bob.postern.requests();
    await (await request!.accept()).send("five");
    await chat.send("six");
    for (const side of [chat, there]) expect(textsOf(await side.history())).to.deep.equal([...texts, "five", "six"]);
  });

  it("opens with rings of 2,048 and 512 bytes", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob);
    expect((await inboxOf(on.connection, alice.address))?.capacity).to.equal(2_048);
    expect((await inboxOf(on.connection, bob.address))?.capacity).to.equal(512);
    expect((await toBob.send("gm")).ring.capacityBytes).to.equal(2_048);
    expect((await toAlice.send("gm")).ring.capacityBytes).to.equal(512);
  });

  it("carries the longest first message in the request and in the answer, in rings as large as it needs", async () => {
    const [alice, bob] = await on.people(2);
    const long = ["a".repeat(885), "b".repeat(885)] as const;
    const toBob = await alice.postern.conversation(bob.address);
    const sent = await toBob.send(long[0]);
    const toAlice = await bob.postern.conversation(alice.address);
    const answer = await toAlice.send(long[1]);
    for (const side of [toBob, toAlice]) expect(textsOf(await side.history())).to.deep.equal(long);
    const frame = 896 + 46 + 6;
    expect(sent.ring).to.deep.equal({ capacityBytes: 626 + 788 + 12 + frame, unreadBytes: 626 + 788 + 12 + frame });
    expect(answer.ring).to.deep.equal({ capacityBytes: frame, unreadBytes: frame });
  });

  it("is declined at the sender, who can neither send nor ask again until the rent is taken back", async () => {
    const [alice, bob] = await on.people(2);
    const here = await alice.postern.conversation(bob.address);
    await here.send("please");
    const [request] = await bob.postern.requests();
    await request!.decline();
    expect(await bob.postern.requests()).to.deep.equal([]);
    expect((await bob.postern.conversation(alice.address)).state).to.equal("declined");

    await here.history();
    expect(here.state).to.equal("declined");
    expect(here.canSend).to.equal(false);
    await refusal(here.send("pretty please"), "DECLINED");
    const [listed] = await alice.postern.conversations();
    expect([listed?.peer, listed?.state]).to.deep.equal([bob.address, "declined"]);

    const { reclaimedLamports } = await here.close();
    expect(reclaimedLamports > 0n).to.equal(true);
    expect(here.state).to.equal("closed");
    expect(here.canSend).to.equal(true);
  });

  it("is closed on both sides when one has left, and goes on with a new request", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob);
    await toAlice.history();
    await toAlice.send("read");
    await toBob.history();
    await toBob.close();
    expect(toBob.state).to.equal("closed");
    await toAlice.history();
    expect(toAlice.state).to.equal("closed");
    expect((await (await on.device(bob)).postern.conversation(alice.address)).state).to.equal("closed");

    await toAlice.send("are you still there?");
    expect(toAlice.state).to.equal("requested");
    const [request] = await alice.postern.requests();
    expect(request?.from).to.equal(bob.address);
    await (await request!.accept()).send("I am");
    await toAlice.history();
    expect([toAlice.state, (await alice.postern.conversation(bob.address)).state]).to.deep.equal(["open", "open"]);
    expect(textsOf(await toAlice.history()).slice(-2)).to.deep.equal(["are you still there?", "I am"]);
  });

  it("has one id on all devices of a wallet, and its message ids are the same for both sides", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob);
    const sent = [await toAlice.send("answer"), await toBob.send("more")];
    const elsewhere = await (await on.device(alice)).postern.conversation(bob.address);
    expect(elsewhere.id).to.equal(toBob.id);
    const [mine, theirs, restored] = await Promise.all([toBob.history(), toAlice.history(), elsewhere.history()]);
    const ids = mine.map(({ id }) => id);
    expect(theirs.map(({ id }) => id)).to.have.members(ids);
    expect(restored.map(({ id }) => id)).to.have.members(ids);
    expect(new Set(ids).size).to.equal(3);
    for (const { id, seq } of sent) expect(mine.find((message) => message.id === id)?.seq).to.equal(seq);
  });

  it("has a safety number of 60 digits, the same at both ends and on every device, and another with anyone else", async () => {
    const [alice, bob, carol] = await on.people(3);
    const of = async (here: typeof alice, there: typeof alice): Promise<string> => (await here!.postern.conversation(there!.address)).safetyNumber();
    const number = await of(alice, bob);
    expect(number.replaceAll(/\s/g, "")).to.match(/^\d{60}$/);
    expect(await of(bob, alice)).to.equal(number);
    expect(await of(await on.device(alice), bob)).to.equal(number);
    expect(await of(alice, carol)).to.not.equal(number);
  });
});
