/** Wallets that are not there, refuse, err or deceive: a coded error, nothing published, and another try works. */
import { givenKeys, keypairWallet, Postern, type WalletLike } from "@postern/sdk";
import { concat, ed25519Sign, utf8 } from "@postern/sdk/crypto";
import { profileAddress } from "@postern/sdk/program";
import { ComputeBudgetProgram, Keypair, PublicKey, Transaction, TransactionMessage, VersionedTransaction, type Message, type MessageV0 } from "@solana/web3.js";
import { expect } from "chai";
import { FickleWallet, signRandomly } from "./support/fickle-wallet.js";
import { itTellsNoSecret, keepSecret, refused, secretsIn } from "./support/leaks.js";
import { program, random, RawDevice } from "./support/raw-device.js";
import { until } from "./support/until.js";
import { World } from "./support/world.js";

describe("a wallet", () => {
  let world: World;
  before(async () => void (world = await World.start()));
  after(() => world.stop());

  type Newcomer = { wallet: FickleWallet; address: string; seed: Uint8Array; published(): Promise<boolean> };
  async function newcomer(): Promise<Newcomer> {
    const wallet = await world.net.wallet({ sol: 1 });
    await RawDevice.unlock(world.connection, world.cluster, wallet); // notes what must not be told
    const profile = new PublicKey(profileAddress(wallet.address, program));
    return {
      wallet: new FickleWallet(wallet), address: wallet.address, seed: wallet.secretKey.slice(0, 32),
      published: async () => (await world.connection.getAccountInfo(profile, "confirmed")) !== null,
    };
  }
  const connect = (wallet: WalletLike): Promise<Postern> => world.connect({ wallet, connection: world.rpc.connection() });

  const muted = (wallet: FickleWallet): WalletLike => ({ publicKey: wallet.publicKey, signTransaction: (transaction) => wallet.signTransaction(transaction) });

  it("that is missing or not connected is WALLET_NOT_CONNECTED, before any call to the network", async () => {
    const calls = world.rpc.calls.length;
    for (const wallet of [undefined, null, {}, { publicKey: null }, { publicKey: undefined, signMessage: async () => random(64) }]) {
      await refused(connect(wallet as unknown as WalletLike), "WALLET_NOT_CONNECTED");
    }
    expect(world.rpc.calls).to.have.lengthOf(calls);
  });

  it("whose address is none is INVALID_ADDRESS", async () => {
    for (const address of ["", "0OIl", "1".repeat(31), profileAddress(Keypair.generate().publicKey.toBase58(), program), 7 as unknown as string]) {
      await refused(connect({ publicKey: { toBase58: () => address }, signMessage: async () => random(64) }), "INVALID_ADDRESS");
    }
  });

  it("without signMessage is WALLET_CANNOT_SIGN_MESSAGES, before any call to the network, and vaultKeys are recommended", async () => {
    const calls = world.rpc.calls.length;
    const { context } = await refused(connect({ publicKey: Keypair.generate().publicKey }), "WALLET_CANNOT_SIGN_MESSAGES");
    expect(context["recommended"]).to.equal("vaultKeys");
    expect(world.rpc.calls).to.have.lengthOf(calls);
  });

  it("without signMessage unlocks with given keys, and registers by two transactions, one of which is never sent", async () => {
    const { wallet, published } = await newcomer();
    const postern = await world.connect({ wallet: muted(wallet), keys: givenKeys(random(32)) });
    await postern.register();
    expect([wallet.prompts.map(({ kind }) => kind), await published()]).to.deep.equal([["transaction", "transaction"], true]);
  });

  it("without signMessage that changes what certifies its keys is WALLET_SIGNATURE_INVALID: nothing is published, and the next try works", async () => {
    const { wallet, seed, published } = await newcomer();
    const postern = await world.connect({ wallet: muted(wallet), keys: givenKeys(random(32)) });
    const { blockhash } = await world.connection.getLatestBlockhash();
    const other = (asked: VersionedTransaction, change: (message: TransactionMessage) => MessageV0 | Message): VersionedTransaction => {
      const transaction = new VersionedTransaction(change(TransactionMessage.decompile(asked.message)));
      transaction.signatures[0] = ed25519Sign(seed, transaction.message.serialize());
      return transaction;
    };
    const answers: ((asked: VersionedTransaction) => unknown)[] = [
      (asked) => other(asked, (message) => {
        message.instructions.unshift(ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 1 }));
        return message.compileToLegacyMessage();
      }),
      (asked) => other(asked, (message) => Object.assign(message, { recentBlockhash: blockhash }).compileToLegacyMessage()),
      (asked) => other(asked, (message) => message.compileToV0Message()),
      (asked) => asked,
      () => undefined,
    ];
    for (const answer of answers) {
      wallet.answer = ({ asked }) => async () => answer(asked as VersionedTransaction);
      await refused(postern.register(), "WALLET_SIGNATURE_INVALID");
    }
    wallet.answer = () => () => Promise.reject(new Error("User rejected the request."));
    await refused(postern.register(), "REJECTED_BY_WALLET");
    expect([wallet.prompts.length, await published()]).to.deep.equal([answers.length + 1, false]);
    wallet.answer = ({ number, asked }) => (number === answers.length + 2 ? async () => { // as an adapter of old answers
      const transaction = Transaction.from((asked as VersionedTransaction).serialize());
      transaction.sign(Keypair.fromSeed(seed));
      return transaction;
    } : undefined);
    await postern.register();
    expect(await postern.isRegistered()).to.equal(true);
  });

  it("without signTransaction cannot register: REJECTED_BY_WALLET", async () => {
    const { wallet, published } = await newcomer();
    const postern = await connect({ publicKey: wallet.publicKey, signMessage: (m) => wallet.signMessage(m) });
    await refused(postern.register(), "REJECTED_BY_WALLET");
    expect(await published()).to.equal(false);
  });

  for (const at of [1, 2, 3, 4]) {
    it(`that rejects prompt ${at} is REJECTED_BY_WALLET with its own error as the cause, and is asked again by the next try`, async () => {
      const { wallet, published } = await newcomer();
      const refusal = new Error("User rejected the request.");
      wallet.answer = ({ number }) => (number === at ? () => Promise.reject(refusal) : undefined);
      const first = connect(wallet);
      const error = await refused(first.then((postern) => postern.register()), "REJECTED_BY_WALLET");
      expect(error.cause).to.equal(refusal);
      expect([wallet.prompts.length, await published()]).to.deep.equal([at, false]);
      const postern = at === 1 ? await connect(wallet) : await first;
      await postern.register();
      expect(await postern.isRegistered()).to.equal(true);
    });
  }

  it("that throws instead of rejecting is REJECTED_BY_WALLET too", async () => {
    const { wallet } = await newcomer();
    wallet.answer = () => () => {
      throw new Error("locked");
    };
    await refused(connect(wallet), "REJECTED_BY_WALLET");
  });

  it("that signs differently each time is WALLET_NOT_DETERMINISTIC when it registers: nothing is published", async () => {
    const { wallet, seed, published } = await newcomer();
    wallet.answer = ({ kind, asked }) => (kind === "message" ? () => signRandomly(seed, asked as Uint8Array) : undefined);
    const postern = await connect(wallet);
    await refused(postern.register(), "WALLET_NOT_DETERMINISTIC");
    expect(await published()).to.equal(false);
    expect(wallet.prompts.every(({ kind }) => kind === "message")).to.equal(true);
  });

  it("that signs differently later is ROOT_MISMATCH: nothing is published silently", async () => {
    const { wallet, seed } = await newcomer();
    await (await connect(wallet)).register();
    wallet.answer = ({ kind, asked }) => (kind === "message" ? () => signRandomly(seed, asked as Uint8Array) : undefined);
    const calls = world.rpc.calls.length;
    await refused(connect(wallet), "ROOT_MISMATCH");
    expect(world.rpc.calls.slice(calls).map(({ method }) => method)).not.to.include("sendTransaction");
  });

  it("registered with other keys than these is ROOT_MISMATCH", async () => {
    const { wallet } = await newcomer();
    await (await connect(wallet)).register();
    await refused(world.connect({ wallet, keys: givenKeys(random(32)) }), "ROOT_MISMATCH");
  });

  it("that answers with anything but its signature of exactly this text is WALLET_SIGNATURE_INVALID", async () => {
    const { wallet, seed } = await newcomer();
    const other = Keypair.generate().secretKey.slice(0, 32);
    const answers: ((text: Uint8Array) => unknown)[] = [
      () => undefined, () => null, () => "", () => "a signature", () => 64, () => ({}), () => [], () => new Uint8Array(0), () => new Uint8Array(63), () => new Uint8Array(65),
      () => new Uint8Array(64), () => random(64), () => ({ signature: 5 }), () => ({ signature: null }), () => [{ signature: random(64) }],
      (text) => ed25519Sign(other, text), (text) => ed25519Sign(seed, utf8(`${new TextDecoder().decode(text)}\n`)),
      (text) => ed25519Sign(seed, concat(utf8("\xffsolana offchain"), text)),
      (text) => Array.from(ed25519Sign(seed, text)).join(),
      (text) => { const good = ed25519Sign(seed, text); return [{ signature: good }, { signature: good }]; },
    ];
    for (const answer of answers) {
      wallet.answer = ({ asked }) => async () => answer(asked as Uint8Array);
      await refused(connect(wallet), "WALLET_SIGNATURE_INVALID");
    }
  });

  it("that answers in its own shape, as bytes, an object or the wallet standard's list, unlocks the same keys", async () => {
    const { wallet, seed } = await newcomer();
    await (await connect(wallet)).register();
    const shapes: ((signature: Uint8Array, message: Uint8Array) => unknown)[] = [
      (signature) => Buffer.from(signature), (signature) => ({ signature }), (signature) => ({ signature: Buffer.from(signature), publicKey: wallet.publicKey }),
      (signature, signedMessage) => [{ signedMessage, signature }], (signature) => new DataView(signature.buffer, signature.byteOffset, 64),
    ];
    for (const shape of shapes) {
      wallet.answer = ({ asked }) => async () => shape(ed25519Sign(seed, asked as Uint8Array), asked as Uint8Array);
      expect(await (await connect(wallet)).isRegistered()).to.equal(true);
    }
  });

  it("that scribbles over what it was given to sign is none the wiser: the text is checked against our own", async () => {
    const { wallet, seed } = await newcomer();
    wallet.answer = ({ kind, asked }) => (kind === "message" ? async () => {
      const signature = ed25519Sign(seed, asked as Uint8Array);
      (asked as Uint8Array).fill(0);
      return signature;
    } : undefined);
    const postern = await connect(wallet);
    await postern.register();
    expect(await postern.isRegistered()).to.equal(true);
  });

  it("that returns its first signature for every text never gets it published: WALLET_SIGNATURE_INVALID at the certificate", async () => {
    const { wallet, seed, published } = await newcomer();
    let first: Uint8Array | undefined;
    wallet.answer = ({ kind, asked }) => (kind === "message" ? async () => (first ??= ed25519Sign(seed, asked as Uint8Array)) : undefined);
    await refused((await connect(wallet)).register(), "WALLET_SIGNATURE_INVALID");
    expect(await published()).to.equal(false);
  });

  it("that returns something else than the signed transaction is WALLET_SIGNATURE_INVALID, at once, and the next try works", async () => {
    const { wallet, published } = await newcomer();
    const other = Keypair.generate();
    const postern = await connect(wallet);
    const answers: ((transaction: VersionedTransaction) => unknown)[] = [
      () => undefined, () => null, () => "signed", () => ({}), () => ({ serialize: () => new Uint8Array(0) }), () => ({ serialize: () => random(200) }),
      () => ({ serialize: () => "wire" }), (transaction) => transaction, () => new Transaction(), () => ({ signatures: [random(64)] }),
      (transaction) => {
        transaction.signatures[0] = ed25519Sign(other.secretKey.slice(0, 32), transaction.message.serialize());
        return transaction;
      },
    ];
    for (const answer of answers) {
      wallet.answer = ({ kind, asked }) => (kind === "transaction" ? async () => answer(asked as VersionedTransaction) : undefined);
      await refused(postern.register(), "WALLET_SIGNATURE_INVALID");
      expect(await published()).to.equal(false);
    }
    wallet.answer = () => undefined;
    await postern.register();
    expect(await published()).to.equal(true);
    wallet.answer = () => async () => ({});
    await refused(postern.fund(1_000_000n), "WALLET_SIGNATURE_INVALID");
  });

  it("that never answers holds nobody: closing ends the wait", async () => {
    const { wallet } = await newcomer();
    const postern = await connect(wallet);
    wallet.answer = () => () => new Promise(() => undefined);
    const waiting = refused(postern.register(), "CLOSED");
    await until(() => wallet.prompts.length === 2);
    await postern.close();
    await waiting;
  });

  it("with an empty balance is INSUFFICIENT_FUNDS with what is missing, before it is asked anything", async () => {
    const poor = new FickleWallet(await world.net.wallet({ sol: 0 }));
    const postern = await connect(poor);
    const error = await refused(postern.register(), "INSUFFICIENT_FUNDS");
    expect(error.context["missingLamports"]).to.be.a("bigint");
    expect(error.context["missingLamports"] as bigint > 0n).to.equal(true);
    expect(poor.prompts).to.have.lengthOf(1); // connect's
  });

  it("made from a key pair shows its key to neither JSON nor inspection", async () => {
    const { secretKey } = Keypair.generate();
    keepSecret("wallet secret", secretKey);
    expect(secretsIn(keypairWallet(secretKey))).to.deep.equal([]);
  });

  itTellsNoSecret();
});
