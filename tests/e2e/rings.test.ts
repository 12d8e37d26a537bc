import { expect } from "chai";
import { inboxOf, lamportsOf } from "./support/ledger.js";
import { refusal } from "./support/refusal.js";
import { open, stage } from "./support/stage.js";
import { textsOf } from "./support/waiting.js";

const LONG = "x".repeat(885);
/** Ring bytes of the longest message: padded to 896, 46 of overhead, a head of 6. */
const FRAME = 896 + 46 + 6;
const HANDSHAKE = 626 + 788 + 12;

describe("a ring", () => {
  const on = stage();

  it("grows while the peer does not read, up to the budget, and is then full; reading makes room again", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob);
    await toAlice.history();
    await toAlice.send("read so far");
    const capacities: number[] = [];
    for (let sent = 1; sent <= 8; sent++) {
      const { ring } = await toBob.send(LONG);
      expect(ring.unreadBytes).to.equal(sent * FRAME);
      capacities.push(ring.capacityBytes);
    }
    expect(capacities).to.deep.equal([2_048, 2_048, 4_096, 4_096, 8_192, 8_192, 8_192, 8_192]); // doubled where the budget allows
    const error = await refusal(toBob.send(LONG), "INBOX_FULL");
    expect(error.context).to.deep.include({ capacityBytes: 8_192, unreadBytes: 8 * FRAME, neededBytes: FRAME });
    expect(error.context).to.not.have.property("missingLamports");
    await toBob.send("still room for a short one");

    expect(await toAlice.history()).to.have.length(11);
    await toAlice.send("all read");
    const after = await toBob.send(LONG);
    expect(after.ring).to.deep.equal({ capacityBytes: 8_192, unreadBytes: FRAME });
    expect(textsOf(await toAlice.history()).at(-1)).to.equal(LONG);
  });

  it("grows within the app's budget and no further, also beyond one instruction's 10,240 bytes", async () => {
    const small = await on.person({ connect: { growth: { maxBytesPerInbox: 3_000 } }, register: { fundLamports: 300_000_000n } });
    const large = await on.person({ connect: { growth: { maxBytesPerInbox: 40_000 } }, register: { fundLamports: 900_000_000n } });
    const [toLarge, toSmall] = await open(small, large);
    for (let i = 0; i < 3; i++) await toLarge.send(LONG);
    expect((await refusal(toLarge.send(LONG), "INBOX_FULL")).context["capacityBytes"]).to.be.at.most(3_000);
    for (let i = 0; i < 24; i++) await toSmall.send(LONG);
    expect((await inboxOf(on.connection, large.address))?.capacity).to.be.within(24 * FRAME, 40_000);
    expect(await toLarge.history({ limit: 100 })).to.have.length(28);
  });

  it("of a request grows too, and refuses with the same code", async () => {
    const [alice, bob] = await on.people(2);
    const chat = await alice.postern.conversation(bob.address);
    for (let sent = 1; sent <= 7; sent++) expect((await chat.send(LONG)).ring.unreadBytes).to.equal(HANDSHAKE + sent * FRAME);
    expect(chat.state).to.equal("requested");
    expect((await refusal(chat.send(LONG), "INBOX_FULL")).context).to.deep.include({ capacityBytes: 8_192, unreadBytes: HANDSHAKE + 7 * FRAME });
    const [request] = await bob.postern.requests();
    expect(await (await request!.accept()).history()).to.have.length(7);
    expect((await chat.send(LONG)).ring.unreadBytes).to.be.at.most(8 * FRAME);
  });

  it("that the balance cannot grow is full, and says what is missing to the lamport", async () => {
    const bob = await on.person();
    const { open: opening, message, lamportsPerByte } = await bob.postern.estimate();
    const empty = BigInt(await on.connection.getMinimumBalanceForRentExemption(0));
    const alice = await on.person({ register: { fundLamports: opening.rentLamports + opening.feeLamports + 20n * message.feeLamports + empty } });
    const [toBob] = await open(alice, bob);
    await toBob.send(LONG);
    await toBob.send("y".repeat(885));
    const error = await refusal(toBob.send(LONG), "INBOX_FULL");
    const missing = error.context["missingLamports"] as bigint;
    expect(missing > 0n && missing < 1_000n * lamportsPerByte).to.equal(true);

    await alice.postern.fund(missing - 1n);
    expect((await refusal(toBob.send(LONG), "INBOX_FULL")).context["missingLamports"]).to.equal(1n);
    const before = await lamportsOf(on.connection, alice.address);
    await alice.postern.fund(1n);
    expect(before - (await lamportsOf(on.connection, alice.address))).to.equal(1n + message.feeLamports);
    await toBob.send(LONG);
    await alice.postern.withdraw(); // what is left is never too little to be withdrawn
    expect(await alice.postern.balance()).to.equal(0n);
  });

  it("with room takes a message that the balance cannot pay only after fund(), which is told what is missing to the lamport", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob);
    await toAlice.send("open");
    await toBob.history();
    await alice.postern.withdraw();
    const asked = alice.wallet.total;
    const error = await refusal(toBob.send("no money"), "INSUFFICIENT_FUNDS");
    expect(alice.wallet.total).to.equal(asked);
    const missing = error.context["missingLamports"] as bigint;
    await alice.postern.fund(missing - 1n);
    expect((await refusal(toBob.send("nearly"), "INSUFFICIENT_FUNDS")).context["missingLamports"]).to.equal(1n);
    await alice.postern.fund(1n);
    await toBob.send("money");
    expect(textsOf(await toAlice.history()).at(-1)).to.equal("money");
  });

  it("is not opened by who cannot pay for it: nothing is left behind, and what is missing is said to the lamport", async () => {
    const [bob, alice] = await Promise.all([on.person(), on.person({ register: { fundLamports: 0n } })]);
    const chat = await alice.postern.conversation(bob.address);
    const missing = (await refusal(chat.send("gm"), "INSUFFICIENT_FUNDS")).context["missingLamports"] as bigint;
    expect(chat.state).to.equal("new");
    await alice.postern.fund(missing - 1n);
    await refusal(chat.send("gm"), "INSUFFICIENT_FUNDS");
    expect(await inboxOf(on.connection, alice.address)).to.equal(undefined);
    await alice.postern.fund(1n);
    await chat.send("gm");
    const answering = await on.person({ register: { fundLamports: 0n } });
    await (await bob.postern.conversation(answering.address)).send("answer me");
    const [request] = await answering.postern.requests();
    const needed = (await refusal(request!.accept(), "INSUFFICIENT_FUNDS")).context["missingLamports"] as bigint;
    await answering.postern.fund(needed);
    expect((await request!.accept()).state).to.equal("open");
  });
});
