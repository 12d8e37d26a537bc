/** All conversations of this wallet, read in as few calls as they fit in. */
import { isPosternError } from "../errors.js";
import { decodeInboxHeader, INBOX_HEADER_BYTES, type AccountData, type Address } from "../program/index.js";
import { Channel } from "./channel.js";
import { AnswerSearch } from "./answer-search.js";
import type { Context } from "./context.js";
import { Directory } from "./directory.js";
import { PeerKeys } from "./peer-keys.js";
import { PublishedKeys } from "./published-keys.js";

/** A read shows where to look further: at what a `moved` message names, and at what stands there. */
const MAX_PASSES = 4;
/** Anybody can name any account, which may be of 10 MiB: it is not read whole before it is known to be an inbox, and not one larger than this. */
const MAX_CLAIMED_RING_BYTES = 1_048_576;
/** What cannot be read is looked at again so often, until two answers agree; then with the next refresh. */
const MAX_MORE_LOOKS = 3;

export class Channels {
  readonly #context: Context;
  readonly directory: Directory;
  readonly #keys: PublishedKeys;
  readonly #search: AnswerSearch;
  readonly #channels = new Map<Address, Channel>();
  /** Places that peers have named, and where an inbox of the program stands. */
  readonly #proper = new Set<Address>();
  #running: Promise<void> = Promise.resolve();

  constructor(context: Context) {
    this.#context = context;
    this.directory = new Directory(context);
    const peers = new PeerKeys(context);
    this.#keys = new PublishedKeys(context, peers);
    this.#search = new AnswerSearch(context, peers);
  }

  channel(peer: Address): Channel {
    const known = this.#channels.get(peer);
    if (known) return known;
    const channel = new Channel({ context: this.#context, directory: this.directory, keys: this.#keys, search: this.#search, peer });
    this.#channels.set(peer, channel);
    return channel;
  }

  /** Reads the directory, then everything of these peers (default: all that share an inbox with us). One refresh at a time. */
  async refresh(peers?: readonly Address[]): Promise<void> {
    const run = this.#running.then(() => this.#refresh(peers));
    this.#running = run.catch(() => undefined);
    return run;
  }

  async #refresh(peers: readonly Address[] | undefined): Promise<void> {
    await this.directory.refresh();
    let channels = (peers ?? this.directory.peers()).map((peer) => this.channel(peer));
    await this.#read(channels);
    for (let look = 0; look < MAX_MORE_LOOKS; look++) {
      channels = channels.filter(({ doubtful }) => doubtful.length > 0);
      if (channels.length === 0) return;
      this.directory.incoming.readAgain(channels.flatMap(({ doubtful }) => doubtful));
      await this.directory.refresh();
      await this.#read(channels);
    }
  }

  async #read(channels: readonly Channel[]): Promise<void> {
    const found = new Map<Address, AccountData | null>();
    for (let pass = 0, pending = channels; pass < MAX_PASSES && pending.length > 0; pass++) {
      const wanted = [...new Set(pending.flatMap((channel) => channel.wanted()))].filter((address) => !found.has(address));
      for (const [address, account] of await this.#accountsAt(wanted, new Set(pending.flatMap((channel) => channel.claims())))) found.set(address, account);
      for (const channel of pending) await channel.take(found);
      pending = pending.filter((channel) => channel.wanted().some((address) => !found.has(address)));
    }
  }

  /** Accounts whole, but for what a peer merely names: of these, only inboxes of a size that an honest peer's may have. */
  async #accountsAt(wanted: readonly Address[], claims: ReadonlySet<Address>): Promise<Map<Address, AccountData | null>> {
    const { program, rpc } = this.#context;
    const doubtful = wanted.filter((address) => claims.has(address) && !this.#proper.has(address));
    const heads = await rpc.accounts(doubtful, { slice: { offset: 0, length: INBOX_HEADER_BYTES } });
    const found = new Map<Address, AccountData | null>(doubtful.map((address, i) => [address, heads[i] ?? null]));
    for (const [address, head] of found) if (head !== null && isProperInbox(head, program)) this.#proper.add(address);
    const whole = wanted.filter((address) => !found.has(address) || this.#proper.has(address));
    const accounts = await rpc.accounts(whole);
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
