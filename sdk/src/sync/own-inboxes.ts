/** Finds this wallet's own inboxes from its keys alone: the delegate's addresses by index, then what the owner boxes say. */
import { openOwnerBox, toBase58 } from "../crypto/index.js";
import { isPosternError } from "../errors.js";
import type { Accounts, Mark } from "./accounts.js";
import { decodeInboxHeader, inboxAddress, type AccountData, type Address, type InboxHeader } from "../program/index.js";
import { ByPeer } from "./by-peer.js";
import type { Context } from "./context.js";
import { identityOf, inboxKeyOf, type OwnInbox } from "./inboxes.js";

/** A run of this many absent addresses ends the scan. */
export const GAP_LIMIT = 100;
/** Free addresses looked at on every refresh: another device takes the lowest one first. */
const PROBES = 4;

type Place = { readonly generation: number; readonly index: number };

/** The delegate's addresses of one wallet: which are taken, and by what. */
export class OwnInboxes {
  readonly #context: Context;
  readonly #accounts: Accounts;
  /** As what stands at an address was when it was taken in. */
  readonly #marks = new Map<Address, Mark>();
  readonly #addresses = new Map<string, Address>();
  readonly #taken = new Map<string, Place>();
  /** Of these, those that we can read. */
  readonly #inboxes = new ByPeer<OwnInbox>();
  /** Where this session has ever seen one: what an answer has left out is looked for again. */
  readonly #known = new Map<string, Place>();
  readonly #boxes = new Map<string, OwnInbox["box"]>();
  readonly #scanned = new Set<number>();

  constructor(context: Context, accounts: Accounts) {
    this.#context = context;
    this.#accounts = accounts;
  }

  get all(): OwnInbox[] {
    return [...this.#inboxes.values()];
  }

  /** The same list for as long as nothing has changed. */
  with(peer: Address): readonly OwnInbox[] {
    return this.#inboxes.of(peer);
  }

  /** The lowest index of a generation's delegate at which nothing stands, as far as is known. */
  lowestFree(generation: number, above = -1): number {
    let index = above + 1;
    while (this.#taken.has(`${generation}/${index}`)) index++;
    return index;
  }

  addressAt(generation: number, index: number): Address {
    const name = `${generation}/${index}`;
    const known = this.#addresses.get(name);
    if (known) return known;
    const address = inboxAddress(this.#context.keyring.delegate(generation), index, this.#context.program);
    this.#addresses.set(name, address);
    return address;
  }

  /** Length of the run of absent addresses that closing `index` would leave below an inbox that exists; 0 when none is above. */
  runIfClosed(generation: number, index: number): number {
    const taken = [...this.#taken.values()].filter((place) => place.generation === generation).map(({ index }) => index);
    const above = Math.min(...taken.filter((i) => i > index));
    if (!Number.isFinite(above)) return 0;
    return above - Math.max(-1, ...taken.filter((i) => i < index)) - 1;
  }

  /** Where the next {@link update} looks. */
  addressesWanted(generation: number): Address[] {
    return this.#wanted(generation).map(({ index }) => this.addressAt(generation, index));
  }

  /** Every inbox that is known or was, and free addresses another device may have taken. */
  #wanted(generation: number): Place[] {
    if (!this.#scanned.has(generation)) return Array.from({ length: GAP_LIMIT }, (_, index) => ({ generation, index }));
    const places = [...this.#known.values()].filter((place) => place.generation === generation);
    for (let probe = 0, index = -1; probe < PROBES; probe++) {
      index = this.lowestFree(generation, index);
      places.push({ generation, index });
    }
    return places;
  }

  /** Takes in what stands at these addresses; reads on while the run of absent addresses is too short to end the scan. */
  async update(generation: number): Promise<void> {
    const before = this.#taken.size;
    await this.#read(this.#wanted(generation));
    if (!this.#scanned.has(generation)) {
      for (let at = GAP_LIMIT; at < this.#highest(generation) + 1 + GAP_LIMIT; at += GAP_LIMIT) {
        await this.#read(Array.from({ length: GAP_LIMIT }, (_, i) => ({ generation, index: at + i })));
      }
      this.#scanned.add(generation);
    } else if (this.#taken.size > before) {
      await this.#read(this.#wanted(generation));
    }
  }

  /** Has the next {@link update} take these in anew, though they seem to stand as they were. */
  readAgain(addresses: readonly Address[]): void {
    for (const address of addresses) this.#marks.delete(address);
  }

  /** Lets go of what was written under a generation whose keys are wiped. */
  forget(generation: number): void {
    for (const [name, place] of this.#taken) {
      if (place.generation !== generation) continue;
      const inbox = this.#inboxes.get(name);
      if (inbox !== undefined) this.#boxes.delete(inbox.key);
      this.#inboxes.delete(name);
      this.#taken.delete(name);
    }
    for (const [name, place] of this.#known) if (place.generation === generation) this.#known.delete(name);
    this.#scanned.delete(generation);
  }

  /** Those that stand as they were taken in are left alone. */
  async #read(places: readonly Place[]): Promise<void> {
    const changed = places.filter(({ generation, index }) => {
      const mark = this.#marks.get(this.addressAt(generation, index));
      return mark === undefined || mark !== this.#accounts.markOf(this.addressAt(generation, index));
    });
    const heads = await this.#accounts.heads(changed.map(({ generation, index }) => this.addressAt(generation, index)));
    changed.forEach((place, i) => {
      const head = heads[i];
      if (head !== undefined) this.#place(place, head);
    });
  }

  #highest(generation: number): number {
    return Math.max(-1, ...[...this.#taken.values()].filter((place) => place.generation === generation).map(({ index }) => index));
  }

  #place(place: Place, account: AccountData | null): void {
    const name = `${place.generation}/${place.index}`;
    const address = this.addressAt(place.generation, place.index);
    const mark = this.#accounts.markOf(address);
    if (account === null || account.owner !== this.#context.program) {
      this.#taken.delete(name); // absent, or only prefunded: free to open
      this.#inboxes.delete(name);
    } else {
      const header = this.#header(account, place, address);
      const inbox = header && this.#own(address, place.generation, header);
      this.#taken.set(name, place);
      this.#known.set(name, place);
      if (inbox === undefined) return this.#inboxes.delete(name); // looked at again next time: the endpoint may have lied
      this.#inboxes.set(name, inbox);
    }
    if (mark !== undefined) this.#marks.set(address, mark);
  }

  #header(account: AccountData, place: Place, address: Address): InboxHeader | undefined {
    try {
      const header = decodeInboxHeader(account, this.#context.program);
      const ours = header.writer === this.#context.keyring.delegate(place.generation) && header.index === place.index;
      if (ours) return header;
      this.#context.emit({ kind: "rejected", inbox: address, reason: "ACCOUNT_INVALID" });
    } catch (error) {
      if (!isPosternError(error)) throw error;
      this.#context.emit({ kind: "rejected", inbox: address, reason: error.code });
    }
    return undefined;
  }

  #own(address: Address, generation: number, header: InboxHeader): OwnInbox | undefined {
    const key = inboxKeyOf(address, header);
    let box = this.#boxes.get(key);
    if (box === undefined) {
      try {
        box = openOwnerBox(this.#context.keyring.keys(generation).owner, { ...identityOf(address, header), box: header.ownerBox });
      } catch (error) {
        if (!isPosternError(error)) throw error;
        this.#context.emit({ kind: "rejected", inbox: address, reason: error.code });
        return undefined;
      }
      this.#boxes.set(key, box);
    }
    return { address, key, header, generation, peer: toBase58(box.peerWallet), box };
  }
}
