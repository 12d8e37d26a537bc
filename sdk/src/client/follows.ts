/** What an app follows, looked at together: one look sees everything, however many conversations are open. */
import type { Subscriptions } from "../net/subscriptions.js";
import type { Address } from "../program/index.js";
import type { Channel } from "../sync/channel.js";
import type { Channels } from "../sync/channels.js";
import { Pulse } from "./pulse.js";

type After = {
  /** Answers what a conversation shows. */
  settle(channel: Channel): Promise<void>;
  /** Goes on with what is to be sent. */
  resume(): void;
};

export class Follows {
  readonly #channels: Channels;
  readonly #after: After;
  readonly #pulse: Pulse;
  /** And by how many each is followed. */
  readonly #followed = new Map<Channel, number>();
  readonly #settling = new Set<Channel>();

  constructor(channels: Channels, subscriptions: Subscriptions, after: After) {
    this.#channels = channels;
    this.#after = after;
    this.#pulse = new Pulse(subscriptions, (hinted) => this.#look(hinted));
  }

  /** Keeps a conversation in step until the returned function is called. */
  follow(channel: Channel): () => void {
    this.#followed.set(channel, 1 + (this.#followed.get(channel) ?? 0));
    const release = this.#pulse.hold();
    this.#pulse.nudge(channel.peer);
    let isFollowed = true;
    return () => {
      if (!isFollowed) return;
      isFollowed = false;
      const others = (this.#followed.get(channel) ?? 0) - 1;
      if (others > 0) this.#followed.set(channel, others);
      else this.#followed.delete(channel);
      release();
      this.#pulse.watch(this.#places());
    };
  }

  /** Keeps looking for new requests until the returned function is called. */
  watchForRequests(): () => void {
    return this.#pulse.hold();
  }

  close(): void {
    this.#pulse.close();
  }

  /** At what these hints are of; at everything where they are of what any conversation may begin with, or there are none. */
  async #look(hinted: ReadonlySet<Address> | undefined): Promise<Address[]> {
    const all = [...this.#followed.keys()];
    const isFor = (channel: Channel): boolean => hinted?.has(channel.peer) === true || placesOf(channel).some((address) => hinted?.has(address));
    const known = new Set([...all.flatMap((channel) => [channel.peer, ...placesOf(channel)])]);
    const isForSome = hinted !== undefined && [...hinted].every((hint) => known.has(hint));
    const due = isForSome ? all.filter(isFor) : all;
    await (due.length > 0 ? this.#channels.refresh(due.map(({ peer }) => peer)) : this.#channels.directory.refresh());
    for (const channel of due) this.#settle(channel);
    this.#after.resume();
    return this.#places();
  }

  /** In the background: a conversation that is being sent in holds up no other. */
  #settle(channel: Channel): void {
    if (this.#settling.has(channel)) return;
    this.#settling.add(channel);
    this.#after.settle(channel)
      .catch(() => undefined) // tried again with the next look
      .finally(() => this.#settling.delete(channel));
  }

  /** The profile tells of an opening; what follows changes the new inbox alone. */
  #places(): Address[] {
    const { profileAddress, profile, incoming } = this.#channels.directory;
    return [profileAddress, ...(profile ? incoming.unfinished(profile) : []), ...[...this.#followed.keys()].flatMap(placesOf)];
  }
}

function placesOf({ view: { inbounds, outboxes } }: Channel): Address[] {
  return [...inbounds.map(({ address }) => address), ...outboxes.map(({ own }) => own.address)];
}
