/** Wallets that sign no messages: their keys come from a vault, and a transaction that is never sent certifies them. */
import { toBase58 } from "@postern/sdk/crypto";
import { PublicKey, TransactionMessage, VersionedTransaction } from "@solana/web3.js";
import { expect } from "chai";
import { profileOf } from "./support/ledger.js";
import { refusal } from "./support/refusal.js";
import { shelf } from "./support/shelf.js";
import { stage } from "./support/stage.js";
import { collect, textsOf, until } from "./support/waiting.js";

describe("vault keys", function () {
  this.timeout(120_000);
  const on = stage();

  it("serve a wallet that signs nothing but transactions: it certifies its keys by one that holds the text, costs nothing and lands nowhere", async () => {
    const wallet = await on.wallet();
    const asked: VersionedTransaction[] = [];
    const signTransaction = async <T>(transaction: T): Promise<T> => {
      const signed = await wallet.signTransaction(transaction);
      asked.push(VersionedTransaction.deserialize((signed as VersionedTransaction).serialize()));
      return signed;
    };
    const mute = { publicKey: wallet.publicKey, signTransaction };
    const kept = shelf();
    const first = await on.connect(mute, { keys: kept.keys() });
    await first.register();
    expect([kept.saved, wallet.total]).to.deep.equal([1, 2]);

    const [certifying] = asked as [VersionedTransaction, VersionedTransaction];
    const { instructions, payerKey, recentBlockhash } = TransactionMessage.decompile(certifying.message);
    expect([payerKey.toBase58(), recentBlockhash, instructions.length, instructions[0]?.keys]).to.deep.equal([first.address, PublicKey.default.toBase58(), 1, []]);
    const text = instructions[0]?.data.toString("ascii").split("\n") ?? [];
    expect(text[0]).to.equal("Postern messages: publish my keys");
    expect(text).to.include.members([`Wallet: ${first.address}`, "Generation: 0", `Delegate: ${(await profileOf(on.connection, first.address)).delegate}`]);
    for (const skipPreflight of [false, true]) await on.connection.sendRawTransaction(certifying.serialize(), { skipPreflight }).catch(() => undefined);
    const signature = toBase58(certifying.signatures[0] as Uint8Array);

    const bob = await on.person();
    await (await first.conversation(bob.address)).send("without a signed text");
    const [request] = await bob.postern.requests();
    await (await request!.accept()).send("as good as one");
    await first.rotate();
    expect(wallet.prompts, "and two for new keys").to.deep.equal({ messages: 0, transactions: 4 });
    const second = await on.connect(mute, { keys: kept.keys() });
    expect(textsOf(await (await second.conversation(bob.address)).history())).to.deep.equal(["without a signed text", "as good as one"]);
    expect(wallet.total, "none to unlock").to.equal(4);
    expect((await on.connection.getSignatureStatuses([signature], { searchTransactionHistory: true })).value, "blocks later").to.deep.equal([null]);
  });

  it("are certified now by a text, now by a transaction, as the device at hand can: peers see new keys each time, and nothing else", async () => {
    const [wallet, bob] = await Promise.all([on.wallet(), on.person()]);
    const kept = shelf();
    const talking = await on.connect(wallet, { keys: kept.keys() });
    await talking.register();
    expect(wallet.prompts).to.deep.equal({ messages: 1, transactions: 1 });
    const toBob = await talking.conversation(bob.address);
    await toBob.send("certified by a text");
    const toAlice = await (await bob.postern.requests())[0]!.accept();
    const events = collect((signal) => bob.postern.events({ signal }));
    const mute = await on.connect({ publicKey: wallet.publicKey, signTransaction: wallet.signTransaction }, { keys: kept.keys() });
    await mute.rotate();
    expect(wallet.prompts).to.deep.equal({ messages: 1, transactions: 3 });
    await (await mute.conversation(bob.address)).send("certified by a transaction");
    expect(textsOf(await toAlice.history())).to.deep.equal(["certified by a text", "certified by a transaction"]);
    await until(() => events.items.some(({ kind }) => kind === "keysChanged"), "Bob is told");
    const again = await on.connect(wallet, { keys: kept.keys() });
    await again.rotate();
    expect(wallet.prompts).to.deep.equal({ messages: 2, transactions: 4 });
    const chat = await again.conversation(bob.address);
    await chat.send("by a text again");
    expect(textsOf(await toAlice.history()).at(-1)).to.equal("by a text again");
    expect(await toAlice.safetyNumber()).to.equal(await chat.safetyNumber());
    const told = await events.stop();
    const harmless: readonly string[] = ["keysChanged", "request", "connection"]; // inboxes are asked for under the new keys
    expect(told.filter(({ kind }) => !harmless.includes(kind))).to.deep.equal([]);
  });

  it("are handed over to no app whose wallet signs nothing at all, and unlock for it what was registered elsewhere", async () => {
    const wallet = await on.wallet();
    const dumb = { publicKey: wallet.publicKey };
    const kept = shelf();
    await refusal((await on.connect(dumb, { keys: kept.keys() })).register(), "REJECTED_BY_WALLET");
    expect([kept.saved, wallet.total, await profileOf(on.connection, wallet.publicKey.toBase58()).then(() => true, () => false)]).to.deep.equal([0, 0, false]);
    await (await on.connect(wallet, { keys: kept.keys() })).register();
    expect(await (await on.connect(dumb, { keys: kept.keys() })).isRegistered()).to.equal(true);
  });
});
