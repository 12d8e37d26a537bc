import { givenKeys, Postern, type WalletLike } from "@postern/sdk";
import { Transaction, VersionedTransaction } from "@solana/web3.js";
import { expect } from "chai";
import { open, stage, type Person } from "./support/stage.js";
import { textsOf } from "./support/waiting.js";

describe("a wallet of another shape", () => {
  const on = stage();

  async function talks(wallet: WalletLike, options: Parameters<typeof on.connect>[1] = {}): Promise<Person> {
    const postern = await on.connect(wallet, options);
    await postern.register();
    const bob = await on.person();
    const alice = { wallet: await on.wallet(0), postern, address: postern.address };
    const [toBob] = await open(alice, bob);
    await toBob.send("again");
    const again = await on.connect(wallet, options);
    expect(textsOf(await (await again.conversation(bob.address)).history())).to.deep.equal(["gm", "again"]);
    return alice;
  }

  it("may be a wallet adapter, whose methods need `this` and whose key is a class of its own", async () => {
    const inner = await on.wallet();
    class Adapter {
      readonly connected = true;
      readonly #inner = inner;
      get publicKey(): { toBase58(): string; toBytes(): Uint8Array } {
        return { toBase58: () => this.#inner.publicKey.toBase58(), toBytes: () => new Uint8Array(32) };
      }
      async signMessage(message: Uint8Array): Promise<Uint8Array> {
        return this.#inner.signMessage(message);
      }
      async signTransaction<T>(transaction: T): Promise<T> {
        if (!(transaction instanceof VersionedTransaction) && !(transaction instanceof Transaction)) throw new Error("what is this?");
        return this.#inner.signTransaction(transaction);
      }
    }
    await talks(new Adapter());
  });

  it("may return a signature in an object, or as a Buffer", async () => {
    const inner = await on.wallet();
    let calls = 0;
    await talks({
      publicKey: inner.publicKey,
      signTransaction: inner.signTransaction,
      signMessage: async (message) => {
        const signature = await inner.signMessage(message);
        return calls++ % 2 === 0 ? ({ signature, publicKey: inner.publicKey } as never) : Buffer.from(signature);
      },
    });
  });

  it("may sign a copy of the transaction, not the one that it was given", async () => {
    const inner = await on.wallet();
    await talks({
      publicKey: inner.publicKey,
      signMessage: inner.signMessage,
      signTransaction: async (transaction) => {
        const given = transaction as VersionedTransaction;
        return (await inner.signTransaction(VersionedTransaction.deserialize(given.serialize()))) as never;
      },
    });
  });

  it("needs no signMessage to connect with keys that are given, and restores from them", async () => {
    const inner = await on.wallet();
    const root = new Uint8Array(32).fill(7);
    const wallet = { publicKey: inner.publicKey, signMessage: inner.signMessage, signTransaction: inner.signTransaction };
    await talks(wallet, { keys: givenKeys(root) });
    expect(inner.prompts).to.deep.equal({ messages: 1, transactions: 1 }); // the certificate and the transaction
    const readOnly = await Postern.connect({ connection: on.connection, wallet: { publicKey: inner.publicKey }, keys: givenKeys(root) });
    expect(await readOnly.isRegistered()).to.equal(true);
    await readOnly.close();
  });
});
