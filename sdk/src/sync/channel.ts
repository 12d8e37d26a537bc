/** One peer's inboxes kept in step: the view of them, the messages in them, and how far the app has been handed those. */
import type { AccountData, Address } from "../program/index.js";
import type { Context } from "./context.js";
import type { Directory } from "./directory.js";
import type { InboxKey } from "./inboxes.js";
import { addressesOf, readPeerView, type Inbound, type Outbox, type PeerView } from "./peer-view.js";
import { Timeline } from "./timeline.js";

const NOTHING: PeerView = { outboxes: [], inbounds: [], requests: [], state: "new" };

export class Channel {
  readonly peer: Address;
  readonly timeline: Timeline;
  readonly #context: Context;
  readonly #directory: Directory;
  readonly #handed = new Map<InboxKey, number>();
  #view: PeerView = NOTHING;
  #left = false;

  constructor(context: Context, directory: Directory, peer: Address) {
    this.#context = context;
    this.#directory = directory;
    this.peer = peer;
    this.timeline = new Timeline(peer, context.emit);
  }

  /** As of the last {@link refresh}. */
  get view(): PeerView {
    return this.#view;
  }

  get state(): PeerView["state"] {
    return this.#left && (this.#view.state === "new" || this.#view.state === "declined") ? "closed" : this.#view.state;
  }

  /** This wallet has closed its side: until a new inbox opens, the conversation is closed though nothing is left of it. */
  leave(): void {
    this.#left = true;
  }

  /** Addresses to read before {@link take}. */
  wanted(): Address[] {
    return addressesOf(this.#context, this.#directory, this.peer);
  }

  /** Takes in what stands at {@link wanted}. */
  async take(accounts: ReadonlyMap<Address, AccountData | null>): Promise<void> {
    this.#view = await readPeerView(this.#context, this.#directory, this.peer, accounts);
    const sources = [...this.#view.outboxes.filter(({ status }) => status !== "incomplete"), ...this.#view.inbounds].map(({ source }) => source);
    this.timeline.ingest(sources);
    for (const { inbound, inbox } of this.#view.outboxes) {
      if (inbound && this.timeline.seenBy(inbound.key) > inbox.next) this.#context.emit({ kind: "viewDiffers", conversation: this.peer });
    }
  }

  /** The message at `index` of the timeline has been given to the app. */
  handOver(index: number): void {
    const message = this.timeline.messages[index];
    if (message === undefined || message.mine) return;
    const key = this.timeline.keyAt(index);
    this.#handed.set(key, Math.max(message.seq + 1, this.handedIn(key)));
  }

  /** How many frames of a peer's inbox the app has been handed, those before them included. */
  handedIn(key: InboxKey): number {
    return this.#handed.get(key) ?? 0;
  }

  /**
   * How far the peer's inbox may be acknowledged now, or undefined when nothing is to be said: what the app has been handed,
   * and the handshake once our own inbox keeps the thread.
   */
  acknowledgeable(inbound: Inbound): number | undefined {
    const { inbox, key, source } = inbound;
    if (inbox.state !== "open" || this.#context.keyring.generationOf(inbox.reader) === undefined) return undefined;
    const upto = Math.min(inbox.next, Math.max(this.handedIn(key), this.#keepsThread(inbound) ? source.start : 0));
    return upto > inbox.acknowledged ? upto : undefined;
  }

  /** Bytes of the peer's ring that have been handed over and not acknowledged. */
  handedUnacknowledgedBytes({ inbox, key }: Inbound): number {
    const handed = this.handedIn(key);
    return inbox.frames.filter(({ seq }) => seq >= inbox.acknowledged && seq < handed).reduce((sum, { payload }) => sum + payload.length, 0);
  }

  /** True when an inbox of ours belongs to this one. */
  #keepsThread(inbound: Inbound): boolean {
    return this.#view.outboxes.some((outbox: Outbox) => outbox.inbound?.key === inbound.key);
  }
}
