import { expect } from "chai";
import { lamportsOf } from "./support/ledger.js";
import { refusal } from "./support/refusal.js";
import { open, stage } from "./support/stage.js";

describe("money", () => {
  const on = stage();

  it("flows as estimate() says: opening, answering, a message", async () => {
    const [alice, bob] = await on.people(2);
    const costs = await alice.postern.estimate(bob.address);
    const spent = async (who: typeof alice, work: () => Promise<unknown>): Promise<bigint> => {
      const before = await who.postern.balance();
      await work();
      return before - (await who.postern.balance());
    };
    const toBob = await alice.postern.conversation(bob.address);
    const toAlice = await bob.postern.conversation(alice.address);
    expect(await spent(alice, () => toBob.send("gm"))).to.equal(costs.open.rentLamports + costs.open.feeLamports);
    expect(await spent(bob, () => toAlice.send("gm to you"))).to.equal(costs.answer.rentLamports + costs.answer.feeLamports);
    let fee = 0n;
    expect(await spent(alice, async () => (fee = (await toBob.send("again")).feeLamports))).to.equal(costs.message.feeLamports);
    expect(fee).to.equal(costs.message.feeLamports);
    expect(costs.message.rentLamports).to.equal(0n);
    for (const { rentLamports, refundableLamports, postageLamports } of [costs.open, costs.answer]) {
      expect(refundableLamports).to.equal(rentLamports);
      expect(postageLamports).to.equal(0n);
    }
    const [none, thousand] = await Promise.all([0, 1_000].map((bytes) => on.connection.getMinimumBalanceForRentExemption(bytes)));
    expect(costs.lamportsPerByte * 1_000n).to.equal(BigInt(thousand! - none!));
  });

  it("comes back: after closing and withdrawing a wallet has paid only fees, and the rent of its registration", async () => {
    const [alice, bob] = await Promise.all([on.person({ sol: 5 }), on.person({ sol: 5 })]);
    const [toBob, toAlice] = await open(alice, bob);
    await toAlice.send("answer");
    for (const chat of [toBob, toAlice]) await chat.history();
    await refusal(toBob.close(), "CLOSE_TOO_EARLY");
    await toAlice.close();
    await toBob.close();
    const { register, message } = await alice.postern.estimate();
    for (const { postern, address } of [alice, bob]) {
      await postern.withdraw();
      expect(await postern.balance()).to.equal(0n);
      const paid = 5_000_000_000n - register.rentLamports - (await lamportsOf(on.connection, address));
      expect(paid % message.feeLamports).to.equal(0n);
      expect(paid / message.feeLamports <= 10n).to.equal(true);
    }
  });

  it("goes in with one prompt, to the lamport", async () => {
    const bob = await on.person();
    const [asked, balance, wallet] = [bob.wallet.prompts, await bob.postern.balance(), await lamportsOf(on.connection, bob.address)];
    const before = { ...asked };
    await bob.postern.fund(12_345_678n);
    expect(bob.wallet.prompts).to.deep.equal({ messages: before.messages, transactions: before.transactions + 1 });
    expect((await bob.postern.balance()) - balance).to.equal(12_345_678n);
    const { message } = await bob.postern.estimate();
    expect(wallet - (await lamportsOf(on.connection, bob.address))).to.equal(12_345_678n + message.feeLamports);
  });

  it("goes out without a prompt: a part, then all to exactly zero, then nothing", async () => {
    const bob = await on.person();
    const { message } = await bob.postern.estimate();
    const asked = bob.wallet.total;
    const [balance, wallet] = [await bob.postern.balance(), await lamportsOf(on.connection, bob.address)];
    await bob.postern.withdraw(1_000_000n);
    expect(await bob.postern.balance()).to.equal(balance - 1_000_000n - message.feeLamports);
    expect(await lamportsOf(on.connection, bob.address)).to.equal(wallet + 1_000_000n);
    await bob.postern.withdraw();
    expect(await bob.postern.balance()).to.equal(0n);
    expect(await lamportsOf(on.connection, bob.address)).to.equal(wallet + balance - 2n * message.feeLamports);
    await bob.postern.withdraw();
    expect(await lamportsOf(on.connection, bob.address)).to.equal(wallet + balance - 2n * message.feeLamports);
    expect(bob.wallet.total).to.equal(asked);
  });

  it("does not go out beyond what is there, nor to a remainder that no account can hold", async () => {
    const bob = await on.person({ register: { fundLamports: 10_000_000n } });
    const { message } = await bob.postern.estimate();
    const error = await refusal(bob.postern.withdraw(20_000_000n), "INSUFFICIENT_FUNDS");
    expect(error.context["missingLamports"]).to.equal(10_000_000n + message.feeLamports);
    await refusal(bob.postern.withdraw(10_000_000n - message.feeLamports - 1n), "INSUFFICIENT_FUNDS");
    expect(await bob.postern.balance()).to.equal(10_000_000n);
    await bob.postern.withdraw(10_000_000n - message.feeLamports);
    expect(await bob.postern.balance()).to.equal(0n);
    for (const lamports of [0n, -1n]) {
      await refusal(bob.postern.withdraw(lamports), "INVALID_ARGUMENT");
      await refusal(bob.postern.fund(lamports), "INVALID_ARGUMENT");
    }
  });

  it("that the wallet does not have is refused before any prompt", async () => {
    const bob = await on.person({ sol: 1 });
    const asked = bob.wallet.total;
    const error = await refusal(bob.postern.fund(2_000_000_000n), "INSUFFICIENT_FUNDS");
    expect(error.context["missingLamports"]).to.be.a("bigint");
    expect(bob.wallet.total).to.equal(asked);
  });
});
