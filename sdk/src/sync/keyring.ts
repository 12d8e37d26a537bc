/** The unlocked keys of this wallet: one set per generation, and the signers made of them. */
import {
  bundleHash, ed25519Sign, equal, heldKeys, keyHash, toBase58, verifyCard,
  type Card, type Cluster, type HeldKeys,
} from "../crypto/index.js";
import { PosternError } from "../errors.js";
import type { TransactionSigner } from "../net/transaction.js";
import type { Address, KeyBundleAccount } from "../program/index.js";

/** What this wallet has published of one of its generations. */
export type OwnBundle = { readonly card: Card; readonly cardBytes: Uint8Array; readonly certificate: Uint8Array; readonly hash: Uint8Array };

export class Keyring {
  readonly #cluster: Cluster;
  readonly #wallet: Uint8Array;
  readonly #secrets: Map<number, Uint8Array>;
  readonly #keys = new Map<number, HeldKeys>();
  readonly #bundles = new Map<number, OwnBundle>();

  /** `secrets` are the generation secrets `g_k`, 32 bytes each; the keyring owns and wipes them. */
  constructor(cluster: Cluster, wallet: Uint8Array, secrets: Map<number, Uint8Array>) {
    this.#cluster = cluster;
    this.#wallet = wallet;
    this.#secrets = secrets;
  }

  get generations(): number[] {
    return [...this.#secrets.keys()].sort((a, b) => a - b);
  }

  /** @throws PosternError GENERATION_UNKNOWN when this device does not hold it. */
  keys(generation: number): HeldKeys {
    const known = this.#keys.get(generation);
    if (known) return known;
    const secret = this.#secrets.get(generation);
    if (!secret) throw new PosternError("GENERATION_UNKNOWN", "This device does not hold that generation of keys. Connect again.", { context: { generation } });
    const keys = heldKeys(this.#cluster.domain, secret);
    this.#keys.set(generation, keys);
    return keys;
  }

  /** A copy of a generation's secret, 32 bytes; the caller wipes it. Undefined when this device does not hold it. */
  secret(generation: number): Uint8Array | undefined {
    return this.#secrets.get(generation)?.slice();
  }

  holds(generation: number): boolean {
    return this.#secrets.has(generation);
  }

  /** Takes in a generation's secret (32 bytes), which the keyring then owns. */
  add(generation: number, secret: Uint8Array): void {
    this.forget(generation);
    this.#secrets.set(generation, secret);
  }

  /** Overwrites a generation's secrets. What it has published stays known. */
  forget(generation: number): void {
    this.#secrets.get(generation)?.fill(0);
    this.#secrets.delete(generation);
    const keys = this.#keys.get(generation);
    if (keys) wipeKeys(keys);
    this.#keys.delete(generation);
  }

  /** True for the secret of a generation that is held. */
  fits(generation: number, secret: Uint8Array): boolean {
    const held = this.#secrets.get(generation);
    return held !== undefined && equal(held, secret);
  }

  delegate(generation: number): Address {
    return toBase58(this.keys(generation).delegate.publicKey);
  }

  /** Signs transactions as the delegate of a generation. */
  signer(generation: number): TransactionSigner {
    const { seed } = this.keys(generation).delegate;
    return { address: this.delegate(generation), sign: (message) => ed25519Sign(seed, message) };
  }

  /** The generation whose delegate this address is, among those held. */
  generationOf(delegate: Address): number | undefined {
    return this.generations.find((generation) => this.delegate(generation) === delegate);
  }

  bundle(generation: number): OwnBundle | undefined {
    return this.#bundles.get(generation);
  }

  /**
   * Takes a published bundle for ours, once the wallet's certificate and every key in it prove it.
   * @throws PosternError ROOT_MISMATCH when the keys are not those that this device holds, CERTIFICATE_INVALID and the like.
   */
  async adopt(generation: number, account: KeyBundleAccount): Promise<OwnBundle> {
    const { card, hash } = verifyCard(this.#cluster, { card: account.card, certificate: account.certificate }, { wallet: this.#wallet, generation });
    if (!(await this.matches(generation, card))) {
      throw new PosternError("ROOT_MISMATCH", "The keys published for this wallet are not the ones unlocked here. Unlock with the key source that was used to register.", { context: { generation } });
    }
    const bundle = { card, cardBytes: account.card, certificate: account.certificate, hash };
    this.#bundles.set(generation, bundle);
    return bundle;
  }

  /** True when a card of ours names exactly the keys of this generation. */
  async matches(generation: number, card: Card): Promise<boolean> {
    const { delegate, identity } = this.keys(generation);
    if (!equal(card.delegate, delegate.publicKey) || !equal(card.identity, identity.publicKey)) return false;
    return equal(card.keyHash, keyHash(await this.kemPublicKey(generation)));
  }

  /** The X-Wing public key, 1,216 bytes. */
  async kemPublicKey(generation: number): Promise<Uint8Array> {
    const { kem } = await import("./handshakes.js");
    return kem.keygen(this.keys(generation).kem.seed).publicKey;
  }

  /** The hash of a card that is about to be published. */
  hashOf(cardBytes: Uint8Array): Uint8Array {
    return bundleHash(this.#cluster.domain, cardBytes);
  }

  /** Overwrites every secret. The keyring is of no use after. */
  wipe(): void {
    for (const generation of this.generations) this.forget(generation);
    this.#bundles.clear();
  }
}

function wipeKeys({ identity, kem, delegate, owner }: HeldKeys): void {
  for (const secret of [identity.secret, kem.seed, delegate.seed, owner]) secret.fill(0);
}
