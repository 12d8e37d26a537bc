import { keypairWallet, PosternError } from "@postern/sdk";
import { Keypair, SystemProgram, Transaction, TransactionMessage, VersionedTransaction } from "@solana/web3.js";
import { expect } from "chai";
import { inspect } from "node:util";
import nacl from "tweetnacl";

const BLOCKHASH = Keypair.generate().publicKey.toBase58();

describe("a key pair wallet", () => {
  const keypair = Keypair.generate();
  const wallet = keypairWallet(keypair.secretKey);
  const transfer = SystemProgram.transfer({ fromPubkey: keypair.publicKey, toPubkey: Keypair.generate().publicKey, lamports: 1 });

  it("is the same wallet from 64 bytes and from their 32-byte seed", () => {
    expect(wallet.publicKey.toBase58()).to.equal(keypair.publicKey.toBase58());
    expect(keypairWallet(keypair.secretKey.slice(0, 32)).publicKey.toBase58()).to.equal(keypair.publicKey.toBase58());
  });

  it("signs messages as another Ed25519 implementation does", async () => {
    for (const message of [new Uint8Array(), new TextEncoder().encode("gm"), new Uint8Array(5_000).fill(7)]) {
      expect(Buffer.from(await wallet.signMessage(message))).to.deep.equal(Buffer.from(nacl.sign.detached(message, keypair.secretKey)));
    }
  });

  it("signs legacy transactions, beside other signers", async () => {
    const other = Keypair.generate();
    const transaction = new Transaction({ feePayer: other.publicKey, blockhash: BLOCKHASH, lastValidBlockHeight: 1 }).add(transfer);
    transaction.partialSign(other);
    expect(await wallet.signTransaction(transaction)).to.equal(transaction);
    expect(transaction.verifySignatures()).to.equal(true);
  });

  it("signs versioned transactions, beside other signers", async () => {
    const other = Keypair.generate();
    const message = new TransactionMessage({ payerKey: other.publicKey, recentBlockhash: BLOCKHASH, instructions: [transfer] }).compileToV0Message();
    const transaction = new VersionedTransaction(message);
    transaction.sign([other]);
    const [signed] = await wallet.signAllTransactions([transaction]);
    expect(signed).to.equal(transaction);
    for (const [i, signature] of transaction.signatures.entries()) {
      expect(nacl.sign.detached.verify(message.serialize(), signature, message.staticAccountKeys[i]!.toBytes()), String(i)).to.equal(true);
    }
  });

  it("refuses a transaction that does not want its signature, and what is no transaction", async () => {
    const stranger = keypairWallet(Keypair.generate().secretKey);
    const legacy = new Transaction({ feePayer: keypair.publicKey, blockhash: BLOCKHASH, lastValidBlockHeight: 1 }).add(transfer);
    const versioned = new VersionedTransaction(new TransactionMessage({ payerKey: keypair.publicKey, recentBlockhash: BLOCKHASH, instructions: [transfer] }).compileToV0Message());
    for (const transaction of [legacy, versioned, {}, null, new Uint8Array(100)]) {
      const code = await stranger.signTransaction(transaction).then(() => undefined, (error: PosternError) => error.code);
      expect(code).to.equal("INVALID_ARGUMENT");
    }
  });

  it("refuses keys of another length, and halves that do not belong together", () => {
    const mixed = Uint8Array.from([...keypair.secretKey.slice(0, 32), ...Keypair.generate().publicKey.toBytes()]);
    for (const key of [new Uint8Array(), new Uint8Array(31), new Uint8Array(65), mixed]) {
      expect(() => keypairWallet(key)).to.throw().with.property("code", "INVALID_ARGUMENT");
    }
  });

  it("keeps its own copy of the key and shows it to nobody", async () => {
    const given = Uint8Array.from(keypair.secretKey);
    const own = keypairWallet(given);
    given.fill(0);
    expect(Buffer.from(await own.signMessage(given))).to.deep.equal(Buffer.from(nacl.sign.detached(given, keypair.secretKey)));
    const seed = Buffer.from(keypair.secretKey.slice(0, 32));
    const shown = [JSON.stringify(own), inspect(own, { depth: 9, showHidden: true }), Object.values(own).join()].join();
    for (const form of [seed.toString("hex"), seed.toString("base64"), [...seed].join(), [...seed].join(", ")]) expect(shown).not.to.include(form);
  });
});
