/** A device that keeps no rule: the keys of a wallet, and whatever instruction an attacker likes to make with them. */
import {
  bundleHash, CERTIFICATE_KIND, certificateMessage, DEFAULT_LIFETIME_SECONDS, deriveRoot, dh, ed25519Sign, encodeCard, generationKeys, generationSecret, inboxKey, initiate, keyHash,
  joinHandshake, MESSAGE_KIND, openOwnerBox, openSalt, respond, rootText, sealMessage, sealOwnerBox, sealReplyPointer, splitHandshake, utf8, verifyBundle,
  type Card, type Cluster, type GenerationKeys, type InboxIdentity, type OwnerBoxContent, type VerifiedBundle,
} from "@postern/sdk/crypto";
import {
  accept, activateKeyBundle, addressBytes, createKeyBundle, decodeInbox, decodeKeyBundle, decodeProfile, inboxAddress, keyBundleAddress, openRequest, post, profileAddress,
  PROGRAM_ADDRESS, writeKeyBundle, type Address, type Inbox, type Instruction,
} from "@postern/sdk/program";
import type { LocalnetWallet } from "@postern/sdk/localnet";
import { Keypair, PublicKey, TransactionInstruction, TransactionMessage, VersionedTransaction, type Connection } from "@solana/web3.js";
import { keepSecret } from "./leaks.js";
import { until } from "./until.js";

export const program = PROGRAM_ADDRESS;
/** Instruction data that surely fits beside the rest of a transaction. */
const BATCH_BYTES = 950;

export const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

export type OwnInbox = { readonly address: Address; readonly inbox: Inbox; readonly box: OwnerBoxContent; readonly identity: InboxIdentity; readonly secret: Uint8Array };
export type Opened = { readonly address: Address; readonly index: number; readonly identity: InboxIdentity };

export class RawDevice {
  readonly connection: Connection;
  readonly cluster: Cluster;
  readonly wallet: LocalnetWallet;
  readonly walletBytes: Uint8Array;
  readonly root: Uint8Array;
  readonly #keys = new Map<number, GenerationKeys>();

  private constructor(parts: { connection: Connection; cluster: Cluster; wallet: LocalnetWallet; root: Uint8Array }) {
    this.connection = parts.connection;
    this.cluster = parts.cluster;
    this.wallet = parts.wallet;
    this.walletBytes = addressBytes(parts.wallet.address);
    this.root = parts.root;
  }

  static async unlock(connection: Connection, cluster: Cluster, wallet: LocalnetWallet, rootNumber = 1): Promise<RawDevice> {
    const { programId, genesisHash, scope, domain } = cluster;
    const walletBytes = addressBytes(wallet.address);
    const signature = await wallet.signMessage(utf8(rootText({ wallet: walletBytes, programId, genesisHash, scope, rootNumber })));
    const root = deriveRoot(domain, { kind: "wallet", rootNumber, wallet: walletBytes, scope, ikm: signature });
    keepSecret("wallet secret", wallet.secretKey);
    keepSecret("root signature", signature);
    keepSecret("root", root);
    return new RawDevice({ connection, cluster, wallet, root });
  }

  keys(generation = 0): GenerationKeys {
    const known = this.#keys.get(generation);
    if (known) return known;
    const secret = generationSecret(this.cluster.domain, this.root, generation);
    const keys = generationKeys(this.cluster.domain, secret);
    keepSecret("generation secret", secret);
    keepSecret("identity secret", keys.identity.secret);
    keepSecret("kem seed", keys.kem.seed);
    keepSecret("delegate seed", keys.delegate.seed);
    keepSecret("owner key", keys.owner);
    this.#keys.set(generation, keys);
    return keys;
  }

  delegate(generation = 0): Keypair {
    return Keypair.fromSeed(this.keys(generation).delegate.seed);
  }

  get walletKey(): Keypair {
    return Keypair.fromSecretKey(this.wallet.secretKey);
  }

  /** Lands instructions; the first signer pays. */
  async submit(instructions: readonly Instruction[], signers: readonly Keypair[] = [this.delegate()]): Promise<string> {
    let signature: string | undefined;
    await until(async () => {
      signature = await this.#send(instructions, signers).catch((error: unknown) => {
        if (!/blockhash not found/iu.test(String(error))) throw error;
        return undefined; // it lives for 150 slots, which are three seconds on the fastest network: signed anew
      });
      return signature !== undefined;
    });
    const sent = signature as string;
    await until(async () => {
      const status = (await this.connection.getSignatureStatuses([sent])).value[0];
      if (status?.err) throw new Error(`a raw transaction failed: ${JSON.stringify(status.err)}`);
      return status?.confirmationStatus === "confirmed" || status?.confirmationStatus === "finalized";
    });
    return sent;
  }

  async #send(instructions: readonly Instruction[], signers: readonly Keypair[]): Promise<string> {
    const [payer] = signers as [Keypair, ...Keypair[]];
    const { blockhash } = await this.connection.getLatestBlockhash("confirmed");
    const transaction = new VersionedTransaction(new TransactionMessage({
      payerKey: payer.publicKey, recentBlockhash: blockhash,
      instructions: instructions.map(({ programAddress, accounts, data }) => new TransactionInstruction({
        programId: new PublicKey(programAddress), data: Buffer.from(data),
        keys: accounts.map(({ address, signer, writable }) => ({ pubkey: new PublicKey(address), isSigner: signer, isWritable: writable })),
      })),
    }).compileToV0Message());
    transaction.sign([...signers]);
    return this.connection.sendTransaction(transaction, { preflightCommitment: "confirmed" });
  }

  async inbox(address: Address): Promise<Inbox> {
    const account = await this.connection.getAccountInfo(new PublicKey(address), "confirmed");
    if (account === null) throw new Error("there is no inbox at this address");
    return decodeInbox({ owner: account.owner.toBase58(), lamports: BigInt(account.lamports), data: account.data }, program);
  }

  /** The inbox of our own at an index, with the keys to write in it. */
  async own(index = 0, generation = 0): Promise<OwnInbox> {
    const { owner, delegate } = this.keys(generation);
    const address = inboxAddress(new PublicKey(delegate.publicKey).toBase58(), index, program);
    const inbox = await this.inbox(address);
    const identity = { inbox: addressBytes(address), writer: delegate.publicKey, openSalt: inbox.openSalt };
    const box = openOwnerBox(owner, { ...identity, box: inbox.ownerBox });
    const secret = inboxKey(this.cluster.domain, box.thread, { role: box.role, ...identity });
    keepSecret("thread", box.thread);
    keepSecret("inbox key", secret);
    return { address, inbox, box, identity, secret };
  }

  /** Posts any bytes as the next frames of an inbox of ours, in as few transactions as they fit in. */
  async post(address: Address, ...payloads: readonly Uint8Array[]): Promise<void> {
    const writer = this.delegate().publicKey.toBase58();
    const { next } = await this.inbox(address);
    let batch: Instruction[] = [];
    for (const [i, payload] of payloads.entries()) {
      const instruction = post({ program, writer, inbox: address, expectedSeq: next + i, payload });
      if (batch.reduce((sum, { data }) => sum + data.length + 8, instruction.data.length) > BATCH_BYTES) {
        await this.submit(batch);
        batch = [];
      }
      batch.push(instruction);
    }
    if (batch.length > 0) await this.submit(batch);
  }

  /** The thread of a request to us, as an honest recipient derives it. */
  async threadOf(address: Address): Promise<{ thread: Uint8Array; reader: Uint8Array }> {
    const { frames, openSalt: salt, writer } = await this.inbox(address);
    const [first, second] = frames;
    if (!first || !second) throw new Error("that request has no handshake");
    const identity = { inbox: addressBytes(address), writer: addressBytes(writer), openSalt: salt };
    const own = await this.bundleOf(this.wallet.address);
    const { thread, reader } = respond({
      ...identity, cluster: this.cluster, wallet: this.walletBytes, handshake: joinHandshake(first.payload, second.payload),
      generationKeys: (generation) => ({ keys: this.keys(generation), bundleHash: own.hash }),
    });
    keepSecret("thread", thread);
    return { thread, reader };
  }

  /** Accepts a request with a reply pointer of any kind: 60 bytes as they are, or the address that a sealed one names. */
  async accept(address: Address, answer: Uint8Array | Address): Promise<void> {
    const reader = this.delegate().publicKey.toBytes();
    const reply = typeof answer !== "string" ? answer : sealReplyPointer(this.cluster.domain, (await this.threadOf(address)).thread, {
      inboxX: addressBytes(address), readerR: reader, inboxY: addressBytes(answer), r32: random(32),
    });
    const signer = this.delegate().publicKey.toBase58();
    await this.submit([accept({ program, signer, wallet: this.wallet.address, inbox: address, reader: signer, reply })]);
  }

  /** What is published of a wallet, verified. */
  async bundleOf(wallet: Address, generation = 0): Promise<VerifiedBundle> {
    const account = await this.connection.getAccountInfo(new PublicKey(keyBundleAddress(wallet, generation, program)), "confirmed");
    if (account === null) throw new Error("that wallet has published nothing");
    const decoded = decodeKeyBundle({ owner: account.owner.toBase58(), lamports: BigInt(account.lamports), data: account.data }, program);
    return verifyBundle(this.cluster, decoded, { wallet: addressBytes(wallet), generation });
  }

  async profileOf(wallet: Address): Promise<ReturnType<typeof decodeProfile>> {
    const account = await this.connection.getAccountInfo(new PublicKey(profileAddress(wallet, program)), "confirmed");
    if (account === null) throw new Error("that wallet has no profile");
    return decodeProfile({ owner: account.owner.toBase58(), lamports: BigInt(account.lamports), data: account.data }, program);
  }

  /** Lowest index at which nothing stands. */
  async freeIndex(): Promise<number> {
    const writer = this.delegate().publicKey.toBase58();
    for (let index = 0; ; index++) {
      if ((await this.connection.getAccountInfo(new PublicKey(inboxAddress(writer, index, program)), "confirmed")) === null) return index;
    }
  }

  /** Addresses an inbox to a wallet, with nothing in it yet. The owner box is honest, so that our own client knows it. */
  async openTo(to: VerifiedBundle, options: { index?: number; thread?: Uint8Array; salt?: Uint8Array; capacity?: number } = {}): Promise<Opened & { salt: Uint8Array }> {
    const { owner, delegate } = this.keys();
    const writer = new PublicKey(delegate.publicKey).toBase58();
    const index = options.index ?? (await this.freeIndex());
    const address = inboxAddress(writer, index, program);
    const box = { role: 0 as const, peerGeneration: to.card.generation, peerWallet: to.card.wallet, link: to.hash };
    const own = await this.bundleOf(this.wallet.address);
    const salt = options.salt ?? openSalt(owner, { ...box, inbox: addressBytes(address), writer: delegate.publicKey, r32: random(32), extra: own.hash });
    const identity = { inbox: addressBytes(address), writer: delegate.publicKey, openSalt: salt };
    const thread = options.thread ?? this.honestHandshake(to, own, identity).thread;
    const ownerBox = sealOwnerBox(owner, { ...identity, ...box, thread });
    await this.submit([openRequest({
      program, payer: writer, writer, index, capacity: options.capacity ?? 2_048, openSalt: salt, refund: this.wallet.address, ownerBox,
      recipient: new PublicKey(to.card.wallet).toBase58(), maxPostageLamports: 0n,
    })]);
    return { address, index, identity, salt };
  }

  honestHandshake(to: VerifiedBundle, own: VerifiedBundle, identity: InboxIdentity): { handshake: Uint8Array; thread: Uint8Array } {
    const { owner, identity: { secret }, delegate } = this.keys();
    return initiate({
      ...identity, cluster: this.cluster, owner, identitySecret: secret, ownCard: encodeCard(own.card), ownCertificate: this.certify(own.card), peer: to, reader: delegate.publicKey,
    });
  }

  /** A request whose two handshake frames are `frames`, followed by a readable message under a thread of the attacker's choice. */
  async request(to: VerifiedBundle, make: (opened: Opened) => Uint8Array | readonly Uint8Array[]): Promise<Opened> {
    const opened = await this.openTo(to);
    const made = make(opened);
    const frames = made instanceof Uint8Array ? splitHandshake(made) : made;
    await this.post(opened.address, ...frames, this.message(random(64), 2, "hello"));
    return opened;
  }

  message(secret: Uint8Array, seq: number, text: string, seen = 0): Uint8Array {
    return sealMessage(secret, { seq, inner: { kind: 0, sent: Math.floor(Date.now() / 1_000), seen, body: utf8(text) }, r32: random(32) });
  }

  /** Says in an inbox of ours, with its key, that the conversation goes on in another one. */
  async move(address: Address, secret: Uint8Array, target: Address): Promise<void> {
    const { next: seq } = await this.inbox(address);
    const inner = { kind: MESSAGE_KIND.moved, sent: Math.floor(Date.now() / 1_000), seen: 0, body: addressBytes(target) };
    await this.post(address, sealMessage(secret, { seq, inner, r32: random(32) }));
  }

  sharedWith(to: VerifiedBundle): Uint8Array {
    return dh(this.keys().identity.secret, to.card.identity);
  }

  /** The wallet's certificate over a card: deterministic, so that of the published card is the published one. */
  certify(card: Card, seed: Uint8Array = this.wallet.secretKey.slice(0, 32)): Uint8Array {
    const { programId, genesisHash, scope, domain } = this.cluster;
    return ed25519Sign(seed, certificateMessage({ card, programId, genesisHash, scope, bundleHash: bundleHash(domain, encodeCard(card)) }));
  }

  card(generation: number, change: Partial<Card> = {}): Card {
    const { delegate, identity, kem } = this.keys(generation);
    const validFrom = Math.floor(Date.now() / 1_000);
    return {
      certificateKind: CERTIFICATE_KIND.text, generation, validFrom, validUntil: validFrom + DEFAULT_LIFETIME_SECONDS, wallet: this.walletBytes,
      delegate: delegate.publicKey, identity: identity.publicKey, keyHash: keyHash(kem.publicKey), ...change,
    };
  }

  /** Publishes and activates the next generation, as the wallet may at any time; of one that is given up only half the key is there. */
  async rotate(change: Partial<Card> = {}, { isGivenUp = false } = {}): Promise<Card> {
    const { nextGeneration: generation } = await this.profileOf(this.wallet.address);
    const card = this.card(generation, change);
    const wallet = this.wallet.address;
    const delegate = this.delegate(generation);
    const at = { program, wallet, generation, delegate: delegate.publicKey.toBase58() };
    const key = this.keys(generation).kem.publicKey;
    await this.submit([createKeyBundle({ program, payer: wallet, wallet, generation, card: encodeCard(card), certificate: this.certify(card), refund: wallet })], [this.walletKey]);
    await this.submit([writeKeyBundle({ ...at, offset: 0, chunk: key.slice(0, 800) })], [this.walletKey, delegate]);
    if (!isGivenUp) await this.submit([writeKeyBundle({ ...at, offset: 800, chunk: key.slice(800) }), activateKeyBundle(at)], [this.walletKey, delegate]);
    return card;
  }
}

