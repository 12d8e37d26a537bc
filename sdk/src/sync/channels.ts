/** All conversations of this wallet, read in as few calls as they fit in. */
import type { AccountData, Address } from "../program/index.js";
import { Channel } from "./channel.js";
import { AnswerSearch } from "./answer-search.js";
import type { Context } from "./context.js";
import { Directory } from "./directory.js";
import { PeerKeys } from "./peer-keys.js";
import { PublishedKeys } from "./published-keys.js";

/** A read shows where to look further: at what a `moved` message names, and at what stands there. */
const MAX_PASSES = 4;
/** What cannot be read is looked at again so often, until two answers agree; then with the next refresh. */
const MAX_MORE_LOOKS = 3;

export class Channels {
  readonly #context: Context;
  readonly directory: Directory;
  readonly #keys: PublishedKeys;
  readonly #search: AnswerSearch;
  readonly #channels = new Map<Address, Channel>();
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
      const accounts = await this.#context.rpc.accounts(wanted);
      wanted.forEach((address, i) => found.set(address, accounts[i] ?? null));
      for (const channel of pending) await channel.take(found);
      pending = pending.filter((channel) => channel.wanted().some((address) => !found.has(address)));
    }
  }
}
