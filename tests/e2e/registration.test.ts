import { expect } from "chai";
import { keypairWallet, memoryStore } from "@postern/sdk";
import { lamportsOf, profileOf } from "./support/ledger.js";
import { refusal } from "./support/refusal.js";
import { open, stage } from "./support/stage.js";
import { countingWallet } from "./support/wallets.js";

describe("registration", () => {
  const on = stage();

  it("asks four times in all, and every later session once", async () => {
    const wallet = await on.wallet();
    const first = await on.connect(wallet);
    expect(wallet.prompts).to.deep.equal({ messages: 1, transactions: 0 });
    expect(await first.isRegistered()).to.equal(false);
    await first.register();
    expect(wallet.prompts).to.deep.equal({ messages: 3, transactions: 1 });
    expect(await first.isRegistered()).to.equal(true);

    const second = await on.connect(wallet);
    expect(await second.isRegistered()).to.equal(true);
    await second.register();
    expect(wallet.prompts).to.deep.equal({ messages: 4, transactions: 1 });
  });

  it("writes nothing when a session only connects", async () => {
    const wallet = await on.wallet();
    const before = await lamportsOf(on.connection, wallet.publicKey.toBase58());
    await on.connect(wallet);
    expect(await lamportsOf(on.connection, wallet.publicKey.toBase58())).to.equal(before);
    expect(await on.connection.getSignaturesForAddress(wallet.publicKey as never)).to.deep.equal([]);
  });

  it("asks nothing for messages, accepting, policies, closing and withdrawing", async () => {
    const [alice, bob] = await Promise.all([on.person(), on.person()]);
    const asked = [alice.wallet.total, bob.wallet.total];
    const [toBob, toAlice] = await open(alice, bob);
    await toBob.send("a message");
    await toAlice.send("an answer");
    await toBob.history();
    await toAlice.history();
    await bob.postern.setContactPolicy({ kind: "closed" });
    await toBob.markRead((await toBob.history()).at(-1)!.cursor);
    await toBob.safetyNumber();
    await refusal(toBob.close(), "CLOSE_TOO_EARLY");
    await toAlice.close();
    await toBob.close();
    await alice.postern.withdraw();
    expect([alice.wallet.total, bob.wallet.total]).to.deep.equal(asked);
  });

  it("changes nothing the second time: no prompt, no lamport, whatever is asked for", async () => {
    const { wallet, postern, address } = await on.person();
    const [asked, own, balance, policy] = [wallet.total, await lamportsOf(on.connection, address), await postern.balance(), (await profileOf(on.connection, address)).policy];
    await postern.register({ fundLamports: 2n * balance, policy: { kind: "closed" } });
    await postern.register({ fundLamports: 0n });
    expect(wallet.total).to.equal(asked);
    expect(await lamportsOf(on.connection, address)).to.equal(own);
    expect(await postern.balance()).to.equal(balance);
    expect((await profileOf(on.connection, address)).policy).to.deep.equal(policy);
  });

  it("runs once when it is called twice at once", async () => {
    const wallet = await on.wallet();
    const postern = await on.connect(wallet);
    await Promise.all([postern.register(), postern.register()]);
    expect(wallet.total).to.equal(4);
    expect(await postern.isRegistered()).to.equal(true);
  });

  it("is refused a funding with which no account can be, before any prompt, with what is needed at least", async () => {
    const wallet = await on.wallet();
    const postern = await on.connect(wallet);
    const prompts = wallet.total;
    const { context } = await refusal(postern.register({ fundLamports: 1n }), "INVALID_ARGUMENT");
    await refusal(postern.register({ fundLamports: (context["minimumLamports"] as bigint) - 1n }), "INVALID_ARGUMENT");
    for (const odd of [-1n, 1 as never]) await refusal(postern.register({ fundLamports: odd }), "INVALID_ARGUMENT");
    expect([wallet.total, await postern.isRegistered()]).to.deep.equal([prompts, false]);
  });

  it("leaves the delegate exactly what was asked for, nothing included", async () => {
    for (const fundLamports of [0n, 5_000_000n, 1_000_000_000n]) {
      const { wallet, postern } = await on.person({ register: { fundLamports } });
      expect(await postern.balance()).to.equal(fundLamports);
      expect(wallet.total).to.equal(4);
      expect(await postern.isRegistered()).to.equal(true);
    }
  });

  it("takes from the wallet what estimate() says, and the funding", async () => {
    const wallet = await on.wallet();
    const postern = await on.connect(wallet);
    const { register } = await postern.estimate();
    for (const fundLamports of [0n, 20_000_000n]) {
      const fresh = await on.wallet();
      const before = await lamportsOf(on.connection, fresh.publicKey.toBase58());
      await (await on.connect(fresh)).register({ fundLamports });
      const spent = before - (await lamportsOf(on.connection, fresh.publicKey.toBase58()));
      expect(spent).to.equal(register.rentLamports + register.feeLamports + fundLamports);
    }
    expect(register.refundableLamports).to.equal(register.rentLamports);
  });

  it("funds by default one conversation grown to the limit and 200 signatures, at the cluster's rates", async () => {
    const limits = [2_048, 8_192, 20_000];
    const [few, usual, many] = await Promise.all(limits.map((maxBytesPerInbox) => on.person({ connect: { growth: { maxBytesPerInbox } } })));
    const { lamportsPerByte, message } = await usual!.postern.estimate();
    const [a, b, c] = await Promise.all([few!, usual!, many!].map(({ postern }) => postern.balance()));
    expect(b! - a!).to.equal(lamportsPerByte * 6_144n);
    expect(c! - b!).to.equal(lamportsPerByte * 11_808n);
    const grown = BigInt(await on.connection.getMinimumBalanceForRentExemption(444 + 8_192));
    expect(b! >= grown + 200n * message.feeLamports).to.equal(true);
  });

  it("publishes the policy that it is given, and an open one without", async () => {
    const policies = [{ kind: "open" }, { kind: "closed" }, { kind: "postage", lamports: 12_345n }] as const;
    for (const policy of policies) {
      const { address } = await on.person({ register: { policy } });
      expect((await profileOf(on.connection, address)).policy).to.deep.equal(policy);
    }
    const { address } = await on.person();
    expect((await profileOf(on.connection, address)).policy).to.deep.equal({ kind: "open" });
  });

  it("is refused before any prompt when the wallet cannot pay, with what is missing to the lamport", async () => {
    const poor = await on.wallet(0.001);
    const postern = await on.connect(poor);
    const asked = poor.total;
    const error = await refusal(postern.register({ fundLamports: 0n }), "INSUFFICIENT_FUNDS");
    expect(poor.total).to.equal(asked);
    const missing = error.context["missingLamports"] as bigint;

    for (const [short, succeeds] of [[1n, false], [0n, true]] as const) {
      const wallet = await on.wallet(Number(1_000_000n + missing - short) / 1e9);
      const session = await on.connect(wallet);
      if (succeeds) await session.register({ fundLamports: 0n });
      else expect((await refusal(session.register({ fundLamports: 0n }), "INSUFFICIENT_FUNDS")).context["missingLamports"]).to.equal(1n);
    }
  });

  it("tells who can be written to, many wallets at once, in one call", async () => {
    const [alice, bob, closed, paid] = await Promise.all([
      on.person(), on.person(), on.person({ register: { policy: { kind: "closed" } } }), on.person({ register: { policy: { kind: "postage", lamports: 1n } } }),
    ]);
    const strangers = await Promise.all(Array.from({ length: 5 }, async () => (await on.wallet(0)).publicKey.toBase58()));
    const answer = await alice.postern.canMessage([bob.address, closed.address, paid.address, ...strangers, alice.address, bob.address]);
    expect([...answer]).to.deep.equal([
      [bob.address, true], [closed.address, false], [paid.address, true], ...strangers.map((stranger) => [stranger, false]), [alice.address, false],
    ]);
    await refusal(alice.postern.canMessage([bob.address, "not an address"]), "INVALID_ADDRESS");
  });

  it("refuses what needs it until then, and a peer without it", async () => {
    const [bob, newcomer] = await Promise.all([on.person(), on.wallet()]);
    const postern = await on.connect(newcomer);
    const chat = await postern.conversation(bob.address);
    await refusal(chat.send("too early"), "NOT_REGISTERED");
    await refusal(postern.setContactPolicy({ kind: "open" }), "NOT_REGISTERED");
    await refusal(postern.fund(1_000_000n), "NOT_REGISTERED");
    expect(await postern.balance()).to.equal(0n);
    expect(await postern.requests()).to.deep.equal([]);
    const toNewcomer = await bob.postern.conversation(postern.address);
    expect(toNewcomer.canSend).to.equal(false);
    await refusal(toNewcomer.send("nobody there"), "PEER_NOT_REGISTERED");
    await refusal(bob.postern.conversation(bob.address), "PEER_IS_SELF");
  });

  it("keeps the cluster and the pins of two sessions apart from two wallets in one store", async () => {
    const store = memoryStore();
    const [alice, bob] = await Promise.all([on.person({ connect: { store } }), on.person({ connect: { store } })]);
    const [toBob, toAlice] = await open(alice, bob);
    await toBob.send("two");
    await toAlice.markRead((await toAlice.history())[0]!.cursor);
    expect(await toAlice.unread()).to.equal(1);
    const again = await on.connect(countingWallet(keypairWallet((await on.net.wallet()).secretKey)), { store });
    expect(await again.isRegistered()).to.equal(false);
    const sameDevice = await on.device(bob, { store });
    expect(await (await sameDevice.postern.conversation(alice.address)).unread()).to.equal(1);
  });
});
