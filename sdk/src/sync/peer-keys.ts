/** The published keys of other wallets: fetched, verified against the wallet itself, and pinned. */
import {
  checkBundleTime, checkPin, concat, equal, readU32, u32, verifyBundle, type Pin, type VerifiedBundle,
} from "../crypto/index.js";
import { isPosternError, PosternError } from "../errors.js";
import type { Rpc } from "../net/rpc.js";
import { decodeKeyBundle, decodeProfile, keyBundleAddress, profileAddress, walletBytes, type AccountData, type Address, type KeyBundleAccount, type Profile } from "../program/index.js";
import { nowSeconds, type Context } from "./context.js";
import { acceptedBefore, pinName } from "./accepted-keys.js";
import type { IncomingInbox } from "./inboxes.js";

/** Pin: valid from u32 · generation u32 · bundle hash 32. */
const PIN_BYTES = 40;
/** Generations in a row that were created and not activated: so many are passed over. */
const MAX_GIVEN_UP = 8;

export type Peer = { readonly profile: Profile; readonly bundle: VerifiedBundle };

export class PeerKeys {
  readonly #context: Context;
  readonly #rpc: Rpc;

  constructor(context: Context, rpc: Rpc = context.rpc) {
    this.#context = context;
    this.#rpc = rpc;
  }

  /**
   * The peer's profile and current keys, fit to open or accept with: a witness shows the same ones, after some seconds if `isPatient`.
   * @throws PosternError PEER_NOT_REGISTERED, ENDPOINTS_DISAGREE, the codes of `verifyBundle`, BUNDLE_EXPIRED, KEYS_ROLLED_BACK, KEYS_CONFLICT
   */
  async current(wallet: Address, isPatient = true): Promise<Peer> {
    const { witness } = this.#context;
    const ask = (): Promise<Peer> => this.published(wallet);
    const peer = await (witness === undefined ? ask() : witness.agreed(wallet, ask, new PeerKeys(this.#context, witness.rpc), isPatient));
    checkBundleTime(peer.bundle.card, nowSeconds());
    return peer;
  }

  /** As {@link current}, but keys that have expired are given as well: to be looked at, not to be written to. */
  async published(wallet: Address): Promise<Peer> {
    const profile = await this.profile(wallet);
    if (profile?.currentGeneration === undefined) throw notRegistered(wallet);
    const bundle = await this.at(wallet, profile.currentGeneration);
    if (bundle === undefined) throw notRegistered(wallet);
    await pinKeys(this.#context, wallet, bundle);
    return { profile, bundle };
  }

  async profile(wallet: Address): Promise<Profile | undefined> {
    return (await this.profiles([wallet]))[0];
  }

  /** Profiles in order, undefined where there is none; one call per hundred. */
  async profiles(wallets: readonly Address[]): Promise<(Profile | undefined)[]> {
    const { program } = this.#context;
    const accounts = await this.#rpc.accounts(wallets.map((wallet) => profileAddress(wallet, program)));
    return wallets.map((wallet, i) => this.#decode(wallet, accounts[i] ?? null));
  }

  /**
   * A generation's bundle, verified; undefined when it is not there or not activated. Read and verified at every use: a wallet
   * that closes its profile and registers anew begins its generations again.
   */
  async at(wallet: Address, generation: number): Promise<VerifiedBundle | undefined> {
    return this.#verified(wallet, generation, await this.#bundle(wallet, generation));
  }

  /** As {@link at}, of many wallets: one call for every hundred. A bundle that does not verify is the error that says why. */
  async atEach(wanted: readonly { readonly wallet: Address; readonly generation: number }[]): Promise<(VerifiedBundle | PosternError | undefined)[]> {
    const accounts = await this.#rpc.accounts(wanted.map(({ wallet, generation }) => keyBundleAddress(wallet, generation, this.#context.program)));
    return wanted.map(({ wallet, generation }, i) => {
      try {
        return this.#verified(wallet, generation, this.#decodeBundle(accounts[i] ?? null));
      } catch (error) {
        if (!isPosternError(error)) throw error;
        return error;
      }
    });
  }

  #verified(wallet: Address, generation: number, bundle: KeyBundleAccount | undefined): VerifiedBundle | undefined {
    return bundle?.activated ? verifyBundle(this.#context.cluster, bundle, { wallet: walletBytes(wallet), generation }) : undefined;
  }

  /**
   * The keys that took the place of a generation: of the next one that was activated, for an upload may have been given up. Undefined when
   * there is none up to `current`, or a bundle on the way was closed.
   */
  async successorOf(wallet: Address, generation: number, current: number): Promise<VerifiedBundle | undefined> {
    for (let next = generation + 1; next <= current && next <= generation + MAX_GIVEN_UP + 1; next++) {
      const bundle = await this.#bundle(wallet, next);
      if (bundle === undefined || bundle.activated) return bundle && verifyBundle(this.#context.cluster, bundle, { wallet: walletBytes(wallet), generation: next });
    }
    return undefined;
  }

  async #bundle(wallet: Address, generation: number): Promise<KeyBundleAccount | undefined> {
    return this.#decodeBundle(await this.#rpc.account(keyBundleAddress(wallet, generation, this.#context.program)));
  }

  #decodeBundle(account: AccountData | null): KeyBundleAccount | undefined {
    const { program } = this.#context;
    return account === null || account.owner !== program ? undefined : decodeKeyBundle(account, program);
  }

  #decode(wallet: Address, account: AccountData | null): Profile | undefined {
    if (account === null || account.owner !== this.#context.program) return undefined;
    const profile = decodeProfile(account, this.#context.program);
    if (profile.wallet === wallet) return profile;
    throw new PosternError("ACCOUNT_INVALID", "The RPC endpoint answered with another wallet's profile. Use another endpoint.", { context: { wallet } });
  }
}

/**
 * Before an inbox of the peer's is accepted or followed: the keys that wrote its handshake must still be the sender's, or have
 * been when it was opened.
 * @throws PosternError STALE_SENDER_KEYS, KEYS_CONFLICT, KEYS_ROLLED_BACK, BUNDLE_EXPIRED, PEER_NOT_REGISTERED and the codes of `verifyBundle`
 */
export async function requireCurrentSender(peers: PeerKeys, { peer, inbox, response }: IncomingInbox, isPatient = true): Promise<void> {
  const { card, hash } = response.sender;
  const { bundle } = await peers.current(peer, isPatient);
  const current = bundle.card.generation;
  if (card.generation === current) {
    if (!equal(bundle.hash, hash)) {
      throw new PosternError("KEYS_CONFLICT", "Two sets of keys claim the same generation of this wallet. Compare safety numbers before you go on.", { context: { wallet: peer } });
    }
    return;
  }
  const successor = card.generation < current ? await peers.successorOf(peer, card.generation, current) : undefined;
  if (successor === undefined || inbox.openedTime >= successor.card.validFrom) {
    throw new PosternError("STALE_SENDER_KEYS", "This request was made with keys that its sender has replaced. Ask the sender to write again.", { context: { wallet: peer } });
  }
}

/**
 * Compares keys with those that this device has seen last of a wallet, its own included; newer ones take their place and are
 * told as `keysChanged`.
 * @throws PosternError KEYS_ROLLED_BACK, KEYS_CONFLICT, STORE_FAILED
 */
export async function pinKeys({ emit, store, wallet: self }: Context, wallet: Address, { card, hash }: Pick<VerifiedBundle, "card" | "hash">): Promise<void> {
  const name = pinName(wallet);
  const seen: Pin = { validFrom: card.validFrom, generation: card.generation, hash };
  const compare = (stored: Uint8Array | undefined): ReturnType<typeof checkPin> => checkPin(stored && decodePin(stored, name), seen);
  const pinned = await store.get(name);
  let outcome = compare(pinned);
  if (outcome === "same") return;
  if (outcome === "newer" && wallet !== self) await acceptedBefore(store, wallet, pinned);
  await store.update(name, (stored) => {
    outcome = compare(stored);
    return outcome === "same" ? stored : concat(u32(seen.validFrom), u32(seen.generation), seen.hash);
  });
  if (outcome === "newer") emit({ kind: "keysChanged", wallet });
}

/** *Valid from* (Unix seconds) of the newest keys that this device has seen of a wallet; undefined while it has seen none. @throws PosternError STORE_FAILED */
export async function pinnedValidFrom({ store }: Context, wallet: Address): Promise<number | undefined> {
  const name = pinName(wallet);
  const stored = await store.get(name);
  return stored && decodePin(stored, name).validFrom;
}

export function notRegistered(wallet: Address): PosternError {
  return new PosternError("PEER_NOT_REGISTERED", "This wallet has not registered with Postern yet, so nothing can be encrypted to it. Ask its owner to register.", { context: { wallet } });
}

/** A pin that cannot be read is not taken for none: then older keys would pass. */
export function decodePin(bytes: Uint8Array, key: string): Pin {
  if (bytes.length !== PIN_BYTES) throw new PosternError("STORE_FAILED", "The store's record of a wallet's keys is damaged. Restore the store from a copy, or use a new one and compare safety numbers again.", { context: { reason: "damaged", key } });
  return { validFrom: readU32(bytes, 0), generation: readU32(bytes, 4), hash: bytes.slice(8) };
}
