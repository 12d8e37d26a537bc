/** All conversations of this wallet, read in as few calls as they fit in. */
import { isPosternError } from "../errors.js";
import { decodeInboxHeader, type AccountData, type Address } from "../program/index.js";
import { Accounts } from "./accounts.js";
import { Channel } from "./channel.js";
import { AnswerSearch } from "./answer-search.js";
import type { Context } from "./context.js";
import { Directory } from "./directory.js";
import { PeerKeys } from "./peer-keys.js";
import { NOTHING } from "./peer-view.js";
import { PublishedKeys } from "./published-keys.js";
import { Rests } from "./rests.js";
import type { Subject } from "./witness.js";

/** A read shows where to look further: at what a `moved` message names, and at what stands there. */
const MAX_PASSES = 4;
/** Anybody can name any account, which may be of 10 MiB: it is not read whole before it is known to be an inbox, and not one larger than this. */
const MAX_CLAIMED_RING_BYTES = 1_048_576;
/** What cannot be read is looked at again so often, until two answers agree; then with the next refresh. */
const MAX_MORE_LOOKS = 3;

export class Channels {
  readonly #context: Context;
  readonly directory: Directory;
  readonly #accounts: Accounts;
  readonly #keys: PublishedKeys;
  readonly #search: AnswerSearch;
  readonly #channels = new Map<Address, Channel>();
  /** Places that peers have named, and where an inbox of the program stands. */
  readonly #proper = new Set<Address>();
  #rests: Rests;
  #running: Promise<void> = Promise.resolve();
  /** The refresh that begins when the running one ends, and whose conversations it reads. */
  #next: { readonly peers: Set<Address>; all: boolean; readonly failed: Promise<ReadonlyMap<Address, unknown>> } | undefined;

  constructor(context: Context) {
    this.#context = context;
    const { program, rpc, witness } = context;
    this.#accounts = new Accounts(rpc, program, (address, mark) => witness?.note(address, mark));
    this.#rests = new Rests(this.#accounts);
    this.directory = new Directory(context, this.#accounts);
    const peers = new PeerKeys(context);
    this.#keys = new PublishedKeys(context, peers);
    this.#search = new AnswerSearch(context, peers);
    if (witness !== undefined) witness.subjects = () => this.#subjects();
  }

  /** What the accounts that are looked at are. */
  #subjects(): Map<Address, Subject> {
    const { wallet } = this.#context;
    const subjects = new Map<Address, Subject>();
    for (const address of this.directory.inboxes()) subjects.set(address, { what: "inbox", wallet });
    for (const [peer, channel] of this.#channels) {
      for (const address of channel.wanted()) subjects.set(address, { what: "inbox", wallet: peer });
      subjects.set(this.#keys.addressOf(peer), { what: "profile", wallet: peer });
    }
    return subjects.set(this.directory.profileAddress, { what: "profile", wallet });
  }

  channel(peer: Address): Channel {
    const known = this.#channels.get(peer);
    if (known) return known;
    const channel = new Channel({ context: this.#context, accounts: this.#accounts, directory: this.directory, keys: this.#keys, search: this.#search, peer });
    this.#channels.set(peer, channel);
    return channel;
  }

  /**
   * Reads the directory, then what has changed of these peers (default: all that share an inbox with us). One refresh at a time: those
   * that are asked for meanwhile are one.
   */
  async refresh(peers?: readonly Address[]): Promise<void> {
    const next = (this.#next ??= { peers: new Set(), all: false, failed: this.#afterRunning() });
    if (peers === undefined) next.all = true;
    else for (const peer of peers) next.peers.add(peer);
    const failed = await next.failed;
    for (const [peer, error] of failed) if (peers === undefined || peers.includes(peer)) throw error;
  }

  /**
   * Lets go of the keys of every inbox, once the refresh that runs has ended. Not overwritten: a message may be about to be sealed with
   * one, and must not be sealed with zeros.
   */
  forget(): void {
    this.directory.forget();
    void this.#running.then(() => {
      for (const channel of this.#channels.values()) channel.forget();
      this.#rests = new Rests(this.#accounts);
    });
  }

  /** Whether a wallet has keys and takes requests, as of the last time that its profile was read for a conversation; undefined if never. */
  takesRequests(peer: Address): boolean | undefined {
    return this.#keys.takesRequests(peer);
  }

  #afterRunning(): Promise<ReadonlyMap<Address, unknown>> {
    const run = this.#running.then(() => {
      const { peers = new Set<Address>(), all = false } = this.#next ?? {};
      this.#next = undefined;
      return this.#refresh(peers, all);
    });
    this.#running = run.then(() => undefined, () => undefined);
    return run;
  }

  /** Peers whose inboxes were seen: they may be gone. */
  #shown(): Address[] {
    return [...this.#channels.values()].filter(({ view }) => view !== NOTHING).map(({ peer }) => peer);
  }

  /** @returns what stood in the way of which conversation; the others are read all the same */
  async #refresh(peers: Set<Address>, all: boolean): Promise<ReadonlyMap<Address, unknown>> {
    const failed = new Map<Address, unknown>();
    const chosen = (): Channel[] => [...new Set([...peers, ...(all ? [...this.directory.peers(), ...this.#shown()] : [])])].map((peer) => this.channel(peer));
    await this.directory.refresh(chosen().flatMap((channel) => channel.wanted()));
    let channels = chosen();
    await this.#read(channels, failed);
    for (let look = 0; look < MAX_MORE_LOOKS; look++) {
      channels = channels.filter(({ doubtful }) => doubtful.length > 0);
      if (channels.length === 0) break;
      const doubtful = channels.flatMap((channel) => channel.doubtful);
      this.directory.incoming.readAgain(doubtful);
      await this.directory.refresh([...doubtful, ...channels.flatMap((channel) => channel.wanted())]);
      await this.#read(channels, failed);
    }
    return failed;
  }

  async #read(all: readonly Channel[], failed: Map<Address, unknown>): Promise<void> {
    const found = new Map<Address, AccountData | null>();
    const answer = {};
    const channels = all.filter((channel) => !this.#rests.isUnchanged(channel));
    for (let pass = 0, pending = channels; pass < MAX_PASSES && pending.length > 0; pass++) {
      const wanted = [...new Set(pending.flatMap((channel) => channel.wanted()))].filter((address) => !found.has(address));
      for (const [address, account] of await this.#accountsAt(wanted, new Set(pending.flatMap((channel) => channel.claims())))) found.set(address, account);
      await this.#keys.take(new Map(pending.flatMap(({ peer }) => {
        const profile = found.get(this.#keys.addressOf(peer));
        return profile === undefined ? [] : [[peer, profile]];
      })));
      for (const channel of pending) await channel.take(found, answer).catch((error: unknown) => failed.set(channel.peer, error));
      pending = pending.filter((channel) => !failed.has(channel.peer) && channel.wanted().some((address) => !found.has(address)));
    }
    for (const channel of channels) {
      const wanted = channel.wanted();
      if (channel.isSettled && !failed.has(channel.peer)) {
        this.#rests.note(channel, wanted, found);
        continue;
      }
      this.#accounts.release(wanted); // may only have arrived wrong
      this.directory.own.readAgain(wanted);
    }
  }

  /** Accounts whole, but for what a peer merely names: of these, only inboxes of a size that an honest peer's may have. */
  async #accountsAt(wanted: readonly Address[], claims: ReadonlySet<Address>): Promise<Map<Address, AccountData | null>> {
    const { program } = this.#context;
    const doubtful = wanted.filter((address) => claims.has(address) && !this.#proper.has(address));
    const heads = await this.#accounts.heads(doubtful);
    const found = new Map<Address, AccountData | null>(doubtful.map((address, i) => [address, heads[i] ?? null]));
    for (const [address, head] of found) if (head !== null && isProperInbox(head, program)) this.#proper.add(address);
    const whole = wanted.filter((address) => !found.has(address) || this.#proper.has(address));
    const accounts = await this.#accounts.whole(whole);
    whole.forEach((address, i) => found.set(address, accounts[i] ?? null));
    return found;
  }
}

function isProperInbox(head: AccountData, program: Address): boolean {
  if (head.owner !== program) return false;
  try {
    return decodeInboxHeader(head, program).capacity <= MAX_CLAIMED_RING_BYTES;
  } catch (error) {
    if (!isPosternError(error)) throw error;
    return false;
  }
}
