/** What happens beside the messages. Never needed for correctness: everything here can be asked for. */

export type PosternEvent =
  | { readonly kind: "request"; readonly from: string }
  /** The published keys are newer than those that this device has seen of that wallet, which may be its own. */
  | { readonly kind: "keysChanged"; readonly wallet: string }
  /** The published keys of this wallet expire at that time, in less than 30 days: call `rotate()`. Told once per session. */
  | { readonly kind: "keysExpiring"; readonly at: Date }
  /** Another device has replaced this wallet's keys: everything here throws KEYS_ROTATED until the app connects again. */
  | { readonly kind: "keysRotated"; readonly generation: number }
  /** Frames `firstSeq` to `lastSeq` of `from` have left the ring before this device read them, and neither it nor history has them. */
  | { readonly kind: "gap"; readonly conversation: string; readonly from: string; readonly firstSeq: number; readonly lastSeq: number }
  /**
   * The message of that `id`, from `from`, was confirmed and then taken back by a fork of the cluster: it is in no history and no count
   * any more. What was enqueued is sent again by itself, under the same number if that is free; what was sent by `send()` is not.
   * So is what stood in a request, where it turns out that its keys had been replaced when it was opened (`rejected`: STALE_SENDER_KEYS).
   */
  | { readonly kind: "withdrawn"; readonly conversation: string; readonly from: string; readonly id: string; readonly seq: number }
  /** A request or an answer that does not verify; `reason` is an error code. */
  | { readonly kind: "rejected"; readonly inbox: string; readonly reason: string }
  /** The profile counts more requests than could be found; older ones than the eight it names need `getProgramAccounts`. */
  | { readonly kind: "requestsMissing"; readonly missing: number }
  /**
   * The endpoint shows less than there is: of our own inbox less than the peer has read, or less of either than it has shown
   * before, half a minute ago or more; or frames that are not what the inbox's hash chain says. It is behind, hides frames or alters
   * them. Read elsewhere.
   */
  | { readonly kind: "viewDiffers"; readonly conversation: string }
  /**
   * For ten seconds now the connection and the witness have shown different things of a wallet's profile (its keys, who may ask it, what
   * it was asked), or of the inbox at `address` in the conversation with `wallet` (its messages; `wallet` is this one where the peer is
   * not known). One of them is behind or lies: `behind` is the one that shows fewer posts. Told once for as long as it lasts.
   */
  | { readonly kind: "endpointsDisagree"; readonly what: "profile" | "inbox"; readonly wallet: string; readonly address: string; readonly behind?: "connection" | "witness" }
  | { readonly kind: "connection"; readonly state: "online" | "offline" }
  /** Whether the second endpoint answers: while it does not, nothing is compared. */
  | { readonly kind: "witness"; readonly state: "online" | "offline" }
  | { readonly kind: "lowBalance"; readonly lamports: bigint };

/** Keeps this many events for a listener that comes later. */
const KEPT = 256;

/** Hands every event to every listener; what happens before the first one comes is kept for it. The same rejection is told once. */
export class EventHub {
  readonly #listeners = new Set<(event: PosternEvent) => void>();
  readonly #rejected = new Set<string>();
  #kept: PosternEvent[] = [];

  emit = (event: PosternEvent): void => {
    if (event.kind === "rejected") {
      const name = `${event.inbox} ${event.reason}`;
      if (this.#rejected.has(name)) return;
      this.#rejected.add(name);
    }
    if (this.#listeners.size > 0) for (const listener of this.#listeners) listener(event);
    else if (this.#kept.push(event) > KEPT) this.#kept.shift();
  };

  listen(listener: (event: PosternEvent) => void): () => void {
    const kept = this.#kept;
    this.#kept = [];
    for (const event of kept) listener(event);
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
