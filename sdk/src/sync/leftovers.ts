/**
 * Inboxes of a peer's whose pair this session has closed, as all in it was read. The peer may have signed one more message for it just
 * before, mostly where it goes on: it is read and acknowledged all the same, or the peer could not close that inbox for a month.
 */
import type { AccountData, Address } from "../program/index.js";
import type { Context } from "./context.js";
import { inboxKeyOf, type InboxKey } from "./inboxes.js";
import type { Inbound, PeerView } from "./peer-view.js";
import { inboxIn } from "./source.js";

/** A transaction lives 150 blocks, a minute at most. Later, nothing that lands there is the peer's for sure. */
const KEPT_MS = 120_000;

type Leftover = { readonly inbound: Inbound; readonly untilMs: number };

export class Leftovers {
  readonly #context: Context;
  readonly #leftovers = new Map<InboxKey, Leftover>();

  constructor(context: Context) {
    this.#context = context;
  }

  has(key: InboxKey): boolean {
    return this.#leftovers.has(key);
  }

  get isEmpty(): boolean {
    return this.#leftovers.size === 0;
  }

  /** To be read besides what a view is made from. */
  addresses(): Address[] {
    return [...this.#leftovers.values()].map(({ inbound }) => inbound.address);
  }

  /** A view with what is left of the one before, as it stands now. Where nothing is open any more, nobody reads on. */
  joined(before: PeerView, view: PeerView, accounts: ReadonlyMap<Address, AccountData | null>): PeerView {
    const standing = new Set(view.outboxes.map(({ own }) => own.key));
    const isOpen = view.outboxes.some(({ status }) => status === "open");
    for (const { own, inbound } of before.outboxes) {
      if (isOpen && inbound !== undefined && !standing.has(own.key)) this.#leftovers.set(inbound.key, { inbound, untilMs: Date.now() + KEPT_MS });
    }
    if (this.isEmpty) return view;
    const found = new Set(view.inbounds.map(({ key }) => key));
    const left = [...this.#leftovers].flatMap(([key, { inbound, untilMs }]) => {
      const stands = Date.now() < untilMs && isOpen && !found.has(key) && (!accounts.has(inbound.address) || accounts.get(inbound.address) !== null);
      const now = stands ? this.#asItStands(inbound, accounts.get(inbound.address) ?? null) : undefined;
      if (now === undefined && (!stands || accounts.has(inbound.address))) this.#leftovers.delete(key);
      return now ?? [];
    });
    return { ...view, inbounds: [...view.inbounds, ...left] };
  }

  #asItStands({ address, key, source }: Inbound, account: AccountData | null): Inbound | undefined {
    const inbox = inboxIn(this.#context, address, account);
    if (inbox === undefined || inboxKeyOf(address, inbox) !== key) return undefined;
    const { first, next, frames, head, lastTime } = inbox;
    return { address, key, inbox, source: { ...source, first, next, frames, head, lastTime } };
  }
}
