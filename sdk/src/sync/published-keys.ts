/** What the peers of this wallet have published: which of their keys are current, and since when older ones are not. */
import { equal, toBase58, toHex, verifyCard } from "../crypto/index.js";
import { isPosternError } from "../errors.js";
import { decodeKeyBundle, decodeProfile, keyBundleAddress, profileAddress, walletBytes, type AccountData, type Address, type Profile } from "../program/index.js";
import type { Context } from "./context.js";
import { pinKeys, type PeerKeys } from "./peer-keys.js";

/** A copy older than this is fetched again: a wallet that registers anew begins its generations again (PROTOCOL.md, section 3). */
const MAX_AGE_MS = 3_600_000;
/** What an endpoint has refused, or what does not verify, is asked for again after this long. */
const RETRY_MS = 60_000;
/** Generations between an inbox's and the current one that are looked at. */
const MAX_SUPERSEDED = 100;
/** What is no peer's doing, and ends the reading. */
const ENDINGS: readonly string[] = ["ABORTED", "CLOSED", "LOCKED"];

/** The current keys of a wallet: certified by it, and not older than this device has seen. */
export type Published = {
  readonly generation: number;
  /** Unix seconds. */
  readonly validFrom: number;
  readonly delegate: Address;
  /** Of the bundle, 32 bytes. */
  readonly hash: Uint8Array;
};

/** Under which keys an inbox of the peer's is written: `isExact`: those of this generation; else those of its writer, of this one or a later. */
export type WrittenUnder = {
  readonly generation: number;
  readonly isExact: boolean;
  readonly writer: Address;
  /** Of the bundle, 32 bytes, where it is known. */
  readonly hash: Uint8Array | undefined;
  /** Chain time, Unix seconds. */
  readonly openedTime: number;
};

type Known = { readonly seen: string; readonly published: Published | undefined; readonly readAgainAt: number };
type Superseded = { readonly generation: number; readonly delegate: Address; readonly validFrom: number };

export class PublishedKeys {
  readonly #context: Context;
  readonly #peers: PeerKeys;
  readonly #known = new Map<Address, Known>();
  readonly #addresses = new Map<Address, Address>();
  /** Whose profile names keys that were not taken in: not all there yet, refused, or not valid. */
  readonly #due = new Set<Address>();
  readonly #takesRequests = new Map<Address, boolean>();
  readonly #superseded = new Map<string, readonly Superseded[]>();

  constructor(context: Context, peers: PeerKeys) {
    this.#context = context;
    this.#peers = peers;
  }

  /** What is to be read for {@link take}. */
  addressOf(wallet: Address): Address {
    const address = this.#addresses.get(wallet) ?? profileAddress(wallet, this.#context.program);
    this.#addresses.set(wallet, address);
    return address;
  }

  /** As of the last {@link take}; undefined where nothing has been seen that holds. */
  of(wallet: Address): Published | undefined {
    return this.#known.get(wallet)?.published;
  }

  /** True where what the profile names is still to be taken in. */
  isDue(wallet: Address): boolean {
    return this.#due.has(wallet);
  }

  /** As of the last {@link take}; undefined before. */
  takesRequests(wallet: Address): boolean | undefined {
    return this.#takesRequests.get(wallet);
  }

  /**
   * Takes in what stands at {@link addressOf} of each of these wallets: one call for every hundred whose keys are news. A change is
   * pinned, and told as `keysChanged`. What does not hold is told as `rejected` and changes nothing: messages are read all the same.
   */
  async take(profiles: ReadonlyMap<Address, AccountData | null>): Promise<void> {
    const news = [...profiles].flatMap(([wallet, account]) => this.#news(wallet, account) ?? []);
    const bundles = await this.#peers.atEach(news).catch((error: unknown) => {
      for (const { wallet, generation, seen } of news) this.#fail(wallet, generation, seen, error);
      return undefined;
    });
    for (const [i, { wallet, generation, seen }] of (bundles ? news : []).entries()) {
      try {
        const bundle = bundles?.[i];
        if (bundle instanceof Error) throw bundle;
        if (bundle === undefined) continue;
        await pinKeys(this.#context, wallet, bundle);
        const { validFrom, delegate } = bundle.card;
        this.#known.set(wallet, { seen, published: { generation, validFrom, delegate: toBase58(delegate), hash: bundle.hash }, readAgainAt: Date.now() + MAX_AGE_MS });
        this.#due.delete(wallet);
      } catch (error) {
        this.#fail(wallet, generation, seen, error);
      }
    }
  }

  #news(wallet: Address, account: AccountData | null): { readonly wallet: Address; readonly generation: number; readonly seen: string } | undefined {
    const profile = this.#decode(wallet, account);
    const generation = profile?.currentGeneration;
    this.#takesRequests.set(wallet, generation !== undefined && profile?.policy.kind !== "closed");
    if (profile === undefined || generation === undefined) {
      this.#due.delete(wallet);
      return undefined; // gone, or hidden: what was current stays so
    }
    const seen = `${generation} ${profile.nextGeneration} ${profile.delegate}`;
    const known = this.#known.get(wallet);
    if (known?.seen === seen && Date.now() < known.readAgainAt) return undefined;
    this.#due.add(wallet);
    return { wallet, generation, seen };
  }

  #fail(wallet: Address, generation: number, seen: string, error: unknown): void {
    this.#reject(keyBundleAddress(wallet, generation, this.#context.program), error);
    this.#known.set(wallet, { seen, published: this.#known.get(wallet)?.published, readAgainAt: Date.now() + RETRY_MS });
  }

  /**
   * Chain time (Unix seconds) at which newer keys took the place of those that an inbox is written under; undefined where they
   * are current, or where nothing is known of it.
   * @throws PosternError RPC_FAILED
   */
  async replacedAt(wallet: Address, under: WrittenUnder): Promise<number | undefined> {
    const current = this.of(wallet);
    if (current === undefined || under.writer === current.delegate || (under.hash && equal(under.hash, current.hash))) return undefined;
    const superseded = under.generation < current.generation ? await this.#supersededOf(wallet, current, under.generation) : [];
    const own = under.isExact ? under.generation : superseded.find(({ delegate }) => delegate === under.writer)?.generation;
    const successor = superseded.find(({ generation }) => own !== undefined && generation > own);
    if (successor) return successor.validFrom;
    // An inbox that was opened later is written under keys that this endpoint does not show yet, or that are none of this wallet's.
    return (own ?? current.generation) < current.generation || under.openedTime < current.validFrom ? current.validFrom : undefined;
  }

  /** Cards from a generation up to the current one that are still published, in order. */
  async #supersededOf(wallet: Address, current: Published, from: number): Promise<readonly Superseded[]> {
    const name = `${wallet} ${toHex(current.hash)} ${from}`;
    const known = this.#superseded.get(name);
    if (known) return known;
    const { cluster, program, rpc } = this.#context;
    const first = Math.max(from, current.generation - MAX_SUPERSEDED);
    const generations = Array.from({ length: current.generation - first }, (_, i) => first + i);
    const accounts = await rpc.accounts(generations.map((generation) => keyBundleAddress(wallet, generation, program)));
    const found = generations.flatMap((generation, i): Superseded[] => {
      const account = accounts[i] ?? null;
      if (account === null || account.owner !== program) return []; // closed by its owner
      try {
        const decoded = decodeKeyBundle(account, program);
        const { card } = verifyCard(cluster, decoded, { wallet: walletBytes(wallet), generation });
        return !decoded.activated ? [] : [{ generation, delegate: toBase58(card.delegate), validFrom: card.validFrom }];
      } catch (error) {
        this.#reject(keyBundleAddress(wallet, generation, program), error);
        return [];
      }
    });
    this.#superseded.set(name, found);
    return found;
  }

  #decode(wallet: Address, account: AccountData | null): Profile | undefined {
    if (account === null || account.owner !== this.#context.program) return undefined;
    try {
      const profile = decodeProfile(account, this.#context.program);
      if (profile.wallet === wallet) return profile;
      this.#context.emit({ kind: "rejected", inbox: this.addressOf(wallet), reason: "ACCOUNT_INVALID" });
    } catch (error) {
      this.#reject(this.addressOf(wallet), error);
    }
    return undefined;
  }

  #reject(address: Address, error: unknown): void {
    if (!isPosternError(error) || ENDINGS.includes(error.code)) throw error;
    if (error.code !== "RPC_FAILED") this.#context.emit({ kind: "rejected", inbox: address, reason: error.code });
  }
}
