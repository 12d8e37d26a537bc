/** Everything of this wallet on the ledger: profile, balance, own inboxes, and the inboxes addressed to it. */
import { toBase58 } from "../crypto/index.js";
import { isPosternError, PosternError } from "../errors.js";
import {
  decodeKeyBundle, decodeProfile, keyBundleAddress, profileAddress,
  type AccountData, type Address, type Profile,
} from "../program/index.js";
import type { Accounts } from "./accounts.js";
import { nowSeconds, type Context } from "./context.js";
import { overlapEndsAt } from "./freshness.js";
import { IncomingInboxes } from "./incoming.js";
import type { IncomingInbox, OwnInbox } from "./inboxes.js";
import type { OwnBundle } from "./keyring.js";
import { OwnInboxes } from "./own-inboxes.js";
import { pinKeys } from "./peer-keys.js";

/** How long before its keys expire the app is told. */
const EXPIRY_NOTICE_SECONDS = 30 * 86_400;
/** The requests that it names are found by nothing else: read whole so often though it seems to stand as it was. */
const PROFILE_MAX_AGE_MS = 60_000;

export class Directory {
  readonly #context: Context;
  readonly #accounts: Accounts;
  readonly own: OwnInboxes;
  readonly incoming: IncomingInboxes;
  readonly profileAddress: Address;
  #profile: Profile | undefined;
  #balanceLamports = 0n;
  #pinned: OwnBundle | undefined;
  #toldOfGeneration: number | undefined;
  #toldOfExpiry: number | undefined;
  /** Called when keys were wiped here, so that what is kept of them on the device goes as well. */
  onForgotten: () => void = () => undefined;
  /** Generations of ours that were current, or still written to, at some time of this session. */
  readonly #inUse = new Set<number>();

  constructor(context: Context, accounts: Accounts) {
    this.#context = context;
    this.#accounts = accounts;
    this.own = new OwnInboxes(context, accounts);
    this.incoming = new IncomingInboxes(context, accounts);
    this.profileAddress = profileAddress(context.wallet, context.program);
  }

  /** As of the last {@link refresh}; undefined while the wallet has none. */
  get profile(): Profile | undefined {
    return this.#profile;
  }

  /** The current delegate's lamports as of the last {@link refresh}. */
  get balanceLamports(): bigint {
    return this.#balanceLamports;
  }

  ownWith(peer: Address): readonly OwnInbox[] {
    return this.own.with(peer);
  }

  incomingFrom(peer: Address): readonly IncomingInbox[] {
    return this.incoming.from(peer);
  }

  /** Where inboxes of ours, or addressed to us, stand or may come to stand. */
  inboxes(): Address[] {
    return [...this.#generations().flatMap((generation) => this.own.addressesWanted(generation)), ...this.incoming.candidates];
  }

  /** Every wallet that shares an inbox with this one. */
  peers(): Address[] {
    return [...new Set([...this.own.all, ...this.incoming.all].map(({ peer }) => peer))];
  }

  /**
   * Sees what has changed of the profile, the balance, own inboxes, those addressed to us, and the accounts of `also`: one call for
   * every hundred. What has is read anew.
   */
  async refresh(also: readonly Address[] = []): Promise<void> {
    // Once more for a generation that was new; an endpoint that names another one each time is not followed for ever.
    if (await this.#read(also)) await this.#read([]);
  }

  /** True when the profile names another current generation than before, so that there is more to look at. */
  async #read(also: readonly Address[]): Promise<boolean> {
    const { keyring } = this.#context;
    const before = this.#profile;
    const generations = this.#generations();
    const delegate = before?.currentGeneration === undefined ? undefined : keyring.delegate(before.currentGeneration);
    const own = generations.flatMap((generation) => this.own.addressesWanted(generation));
    const familiar = [this.profileAddress, ...own, ...this.incoming.candidates, ...also].filter((address) => this.#accounts.knows(address));
    await this.#accounts.look([...(delegate === undefined ? [] : [delegate]), ...familiar]);
    await this.#accounts.renew(also);
    const [account] = await this.#accounts.whole([this.profileAddress], PROFILE_MAX_AGE_MS);
    try {
      this.#profile = this.#ours(account ?? null);
      await this.#adoptBundles();
    } catch (error) {
      this.#profile = before;
      this.#accounts.release([this.profileAddress]); // may only have arrived wrong
      throw error;
    }
    if (delegate !== undefined) this.#balanceLamports = this.#accounts.lamportsOf(delegate);
    for (const generation of generations) await this.own.update(generation);
    if (this.#profile === undefined) return false;
    this.#forgetReplaced();
    this.#tellOfExpiry();
    if (before?.currentGeneration !== this.#profile.currentGeneration) return true;
    const answered = this.own.all.filter(({ box }) => box.role === 1).map(({ box }) => toBase58(box.link));
    const open = this.own.all.filter(({ header }) => header.state === "open").map(({ peer }) => peer);
    await this.incoming.update(this.#profile, new Set(answered), new Set(open));
    return false;
  }

  /** Generations that have been published, as far as this device holds them. */
  #generations(): number[] {
    const current = this.#profile?.currentGeneration;
    return current === undefined ? [] : this.#context.keyring.generations.filter((generation) => generation <= current);
  }

  /**
   * @throws PosternError ACCOUNT_INVALID; KEYS_ROTATED when the wallet has keys that this device does not hold. What was
   * known before stays as it is: an endpoint that errs or lies once must not spoil what comes after.
   */
  #ours(account: AccountData | null): Profile | undefined {
    const { keyring, program, wallet } = this.#context;
    if (account === null || account.owner !== program) return undefined;
    const profile = decodeProfile(account, program);
    if (profile.wallet !== wallet) {
      throw new PosternError("ACCOUNT_INVALID", "The RPC endpoint answered with another wallet's profile. Use another endpoint.", { context: { wallet } });
    }
    const generation = profile.currentGeneration;
    if (generation !== undefined && !keyring.holds(generation)) {
      if (this.#toldOfGeneration !== generation) this.#context.emit({ kind: "keysRotated", generation });
      this.#toldOfGeneration = generation;
      throw new PosternError("KEYS_ROTATED", "This wallet's keys were replaced on another device. Connect again to go on with the new ones.", { context: { generation } });
    }
    return profile;
  }

  /**
   * Wipes the keys of a generation once nobody writes to it any more (PROTOCOL.md, section 8). A session that was unlocked later than
   * that, to read what is older, keeps them until it ends.
   */
  #forgetReplaced(): void {
    const { keyring } = this.#context;
    for (const generation of this.#generations()) {
      if (nowSeconds() < (overlapEndsAt(keyring, generation) ?? Infinity)) this.#inUse.add(generation);
      else if (this.#inUse.delete(generation)) {
        this.#forget(generation);
        this.onForgotten();
      }
    }
  }

  /** At the end of the session: every key. */
  forget(): void {
    for (const generation of this.#context.keyring.generations) this.#forget(generation);
    this.#context.keyring.wipe();
  }

  #forget(generation: number): void {
    this.own.forget(generation);
    this.incoming.forget(generation);
    this.#context.keyring.forget(generation);
  }

  #tellOfExpiry(): void {
    const current = this.#profile?.currentGeneration;
    const validUntil = current === undefined ? undefined : this.#context.keyring.bundle(current)?.card.validUntil;
    if (validUntil === undefined || this.#toldOfExpiry === current || nowSeconds() < validUntil - EXPIRY_NOTICE_SECONDS) return;
    this.#toldOfExpiry = current;
    this.#context.emit({ kind: "keysExpiring", at: new Date(validUntil * 1_000) });
  }

  /**
   * Own bundles that are not known yet: what was sent to a generation opens with its bundle's hash. The current one must not be
   * older than this device has seen: an endpoint that shows the ledger of the past would have us write under keys that were
   * replaced, perhaps because they were stolen.
   * @throws PosternError KEYS_ROLLED_BACK, KEYS_CONFLICT, ROOT_MISMATCH and the codes of a certificate
   */
  async #adoptBundles(): Promise<void> {
    const { keyring, program, rpc, wallet } = this.#context;
    const current = this.#profile?.currentGeneration;
    const missing = this.#generations().filter((generation) => keyring.bundle(generation) === undefined);
    const accounts = await rpc.accounts(missing.map((generation) => keyBundleAddress(wallet, generation, program)));
    for (const [i, generation] of missing.entries()) {
      const account = accounts[i] ?? null;
      if (account === null) continue; // an old one that was closed
      try {
        await keyring.adopt(generation, decodeKeyBundle(account, program));
      } catch (error) {
        if (generation === current || !isPosternError(error)) throw error;
        this.#context.emit({ kind: "rejected", inbox: keyBundleAddress(wallet, generation, program), reason: error.code });
      }
    }
    const own = current === undefined ? undefined : keyring.bundle(current);
    if (own === undefined || own === this.#pinned) return;
    await pinKeys(this.#context, wallet, own);
    this.#pinned = own;
  }
}
