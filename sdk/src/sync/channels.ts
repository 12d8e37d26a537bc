/** All conversations of this wallet, read in as few calls as they fit in. */
import type { AccountData, Address } from "../program/index.js";
import { Channel } from "./channel.js";
import type { Context } from "./context.js";
import { Directory } from "./directory.js";

export class Channels {
  readonly #context: Context;
  readonly directory: Directory;
  readonly #channels = new Map<Address, Channel>();
  #running: Promise<void> = Promise.resolve();

  constructor(context: Context) {
    this.#context = context;
    this.directory = new Directory(context);
  }

  channel(peer: Address): Channel {
    const known = this.#channels.get(peer);
    if (known) return known;
    const channel = new Channel(this.#context, this.directory, peer);
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
    const channels = (peers ?? this.directory.peers()).map((peer) => this.channel(peer));
    const wanted = [...new Set(channels.flatMap((channel) => channel.wanted()))];
    const accounts = await this.#context.rpc.accounts(wanted);
    const found = new Map<Address, AccountData | null>(wanted.map((address, i) => [address, accounts[i] ?? null]));
    for (const channel of channels) await channel.take(found);
  }
}
