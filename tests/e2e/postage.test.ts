import { expect } from "chai";
import { inboxOf, lamportsOf, profileOf } from "./support/ledger.js";
import { refusal } from "./support/refusal.js";
import { stage, type Person } from "./support/stage.js";

const POSTAGE = 3_000_000n;

describe("a contact policy", () => {
  const on = stage();
  const asking = (): Promise<Person> => on.person({ register: { policy: { kind: "postage", lamports: POSTAGE } } });

  it("of postage refuses who has not agreed to it, and says how much it is", async () => {
    const [[alice, stranger], bob] = await Promise.all([on.people(2), asking()]);
    for (const [{ postern }, maxPostageLamports] of [[alice, undefined], [stranger, POSTAGE - 1n]] as const) {
      const chat = await postern.conversation(bob.address);
      const error = await refusal(chat.send("gm", maxPostageLamports === undefined ? {} : { maxPostageLamports }), "POSTAGE_REQUIRED");
      expect(error.context["postageLamports"]).to.equal(POSTAGE);
      expect(chat.state).to.equal("new");
    }
    expect((await alice.postern.estimate(bob.address)).open.postageLamports).to.equal(POSTAGE);
    expect((await alice.postern.estimate()).open.postageLamports).to.equal(0n);
  });

  for (const answer of ["accept", "decline"] as const) {
    it(`of postage holds it in the request, and pays it to the recipient's wallet on ${answer}`, async () => {
      const [[alice], bob] = await Promise.all([on.people(2), asking()]);
      const chat = await alice.postern.conversation(bob.address);
      const before = await alice.postern.balance();
      const { open } = await alice.postern.estimate(bob.address);
      await chat.send("gm", { maxPostageLamports: 2n * POSTAGE });
      expect(before - (await alice.postern.balance())).to.equal(open.rentLamports + open.feeLamports + POSTAGE);
      expect((await inboxOf(on.connection, alice.address))?.postageLamports).to.equal(POSTAGE);

      const wallet = await lamportsOf(on.connection, bob.address);
      const [request] = await bob.postern.requests();
      await request![answer]();
      expect((await lamportsOf(on.connection, bob.address)) - wallet).to.equal(POSTAGE);
      expect((await inboxOf(on.connection, alice.address))?.postageLamports).to.equal(0n);
    });
  }

  it("of postage costs once: more messages in the request, and all after acceptance, are free of it", async () => {
    const [[alice], bob] = await Promise.all([on.people(2), asking()]);
    const chat = await alice.postern.conversation(bob.address);
    await chat.send("one", { maxPostageLamports: POSTAGE });
    const { message } = await alice.postern.estimate(bob.address);
    const before = await alice.postern.balance();
    await chat.send("two");
    await (await bob.postern.requests())[0]!.accept();
    await chat.send("three");
    // The third acknowledges nothing: bob has written nothing.
    expect(before - (await alice.postern.balance())).to.equal(2n * message.feeLamports);
  });

  it("of postage is charged at what it is when the request lands, never above what was agreed", async () => {
    const [[alice], bob] = await Promise.all([on.people(2), asking()]);
    await bob.postern.setContactPolicy({ kind: "postage", lamports: 2n * POSTAGE });
    const chat = await alice.postern.conversation(bob.address);
    expect((await refusal(chat.send("gm", { maxPostageLamports: POSTAGE }), "POSTAGE_REQUIRED")).context["postageLamports"]).to.equal(2n * POSTAGE);
    await bob.postern.setContactPolicy({ kind: "postage", lamports: 1n });
    await chat.send("gm", { maxPostageLamports: POSTAGE });
    expect((await inboxOf(on.connection, alice.address))?.postageLamports).to.equal(1n);
  });

  it("that is closed refuses strangers, not those whom the wallet writes to itself, nor old conversations", async () => {
    const [alice, bob, carol] = await on.people(3);
    const toBob = await alice.postern.conversation(bob.address);
    await toBob.send("before");
    await (await bob.postern.requests())[0]!.accept();
    await bob.postern.setContactPolicy({ kind: "closed" });

    const stranger = await carol.postern.conversation(bob.address);
    expect(stranger.canSend).to.equal(false);
    await refusal(stranger.send("hello"), "CONTACT_REFUSED");
    expect([...(await carol.postern.canMessage([bob.address])).values()]).to.deep.equal([false]);
    await toBob.send("after");
    expect((await alice.postern.conversation(bob.address)).canSend).to.equal(true);

    await (await bob.postern.conversation(carol.address)).send("I ask");
    await stranger.send("I answer");
    await stranger.history();
    expect(stranger.state).to.equal("open");
  });

  it("is changed without a prompt, at the price of a signature, and stands on the ledger", async () => {
    const bob = await on.person();
    const [asked, balance] = [bob.wallet.total, await bob.postern.balance()];
    const policies = [{ kind: "closed" }, { kind: "postage", lamports: 1n }, { kind: "open" }] as const;
    for (const policy of policies) {
      await bob.postern.setContactPolicy(policy);
      expect((await profileOf(on.connection, bob.address)).policy).to.deep.equal(policy);
    }
    expect(bob.wallet.total).to.equal(asked);
    expect(balance - (await bob.postern.balance())).to.equal(3n * (await bob.postern.estimate()).message.feeLamports);
    await refusal(bob.postern.setContactPolicy({ kind: "postage", lamports: 0n }), "INVALID_ARGUMENT");
  });
});
