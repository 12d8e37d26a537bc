/**
 * The answer to an inbox of ours that is addressed to nobody, on a device that was not there when the peer said where it is: no
 * pointer names it, so it is looked for among the inboxes that the peer's delegate writes (PROTOCOL.md, section 8).
 */
import { equal, toBase58 } from "../crypto/index.js";
import { isPosternError } from "../errors.js";
import { decodeInboxHeader, INBOX_HEADER_BYTES, inboxAddress, type AccountData, type Address, type Inbox } from "../program/index.js";
import { ByPeer } from "./by-peer.js";
import type { Context } from "./context.js";
import { isUnaddressed, type InboxKey } from "./inboxes.js";
import { GAP_LIMIT } from "./own-inboxes.js";
import type { PeerKeys } from "./peer-keys.js";
import type { Outbox, PeerView } from "./peer-view.js";
import { inboxIn, opensUnder, sourceOf } from "./source.js";

/** What was not found is looked for again after this long; the peer's announcement usually comes first. */
const RETRY_MS = 60_000;
/** What may be it will soon be written in, or announced; and what seems to be gone is looked for once more. */
const EMPTY_RETRY_MS = 3_000;

export class AnswerSearch {
  readonly #context: Context;
  readonly #peers: PeerKeys;
  readonly #found = new ByPeer<{ readonly peer: Address; readonly address: Address }>();
  /** By inbox, and by whether it is answered: then there is more to find. */
  readonly #lookAgainAt = new Map<string, number>();
  readonly #missing = new Set<InboxKey>();
  /** When (ms) a search first found nothing. */
  readonly #missedSince = new Map<InboxKey, number>();

  constructor(context: Context, peers: PeerKeys) {
    this.#context = context;
    this.#peers = peers;
  }

  /** Answers of a peer that {@link look} has found; the same list for as long as there is no other. */
  found(peer: Address): readonly { readonly address: Address }[] {
    return this.#found.of(peer);
  }

  /** True for an inbox that was answered, for it is acknowledged, and whose answer {@link look} has not found: its writer has closed it. */
  isGone(key: InboxKey): boolean {
    return this.#missing.has(key);
  }

  /**
   * Looks for what is missing in a view. What an endpoint refuses is asked for again later: nothing waits for it. True when it turned
   * out that an answer is gone.
   */
  async look({ outboxes, published }: PeerView): Promise<boolean> {
    const before = this.#missing.size;
    for (const outbox of outboxes) {
      const { own, inbox, status, inbound } = outbox;
      if (own.box.role !== 0 || !isUnaddressed(inbox) || status === "incomplete" || status === "declined") continue;
      if (inbound !== undefined) {
        this.#missing.delete(own.key);
        this.#missedSince.delete(own.key);
        continue;
      }
      const name = `${own.key} ${inbox.acknowledged > 0}`;
      if (Date.now() < (this.#lookAgainAt.get(name) ?? 0)) continue;
      try {
        const { address, isSure } = await this.#search(outbox, published?.delegate);
        if (address !== undefined) this.#found.set(own.key, { peer: own.peer, address });
        const isMissing = address === undefined && isSure && inbox.acknowledged > 0 && this.#isMissingStill(own.key);
        if (isMissing) this.#missing.add(own.key);
        const isSettled = isSure && (isMissing || inbox.acknowledged === 0);
        if (address === undefined) this.#lookAgainAt.set(name, Date.now() + (isSettled ? RETRY_MS : EMPTY_RETRY_MS));
      } catch (error) {
        if (!isPosternError(error, "RPC_FAILED")) throw error;
        this.#lookAgainAt.set(name, Date.now() + RETRY_MS);
      }
    }
    return this.#missing.size > before;
  }

  /** An endpoint may have been a moment behind: what was not there once is missing if it is not there later either. */
  #isMissingStill(key: InboxKey): boolean {
    const since = this.#missedSince.get(key);
    if (since === undefined) this.#missedSince.set(key, Date.now());
    return since !== undefined && Date.now() - since >= EMPTY_RETRY_MS;
  }

  /**
   * The peer answers with the delegate that the inbox is made for, or with a newer one. Not sure that there is none while an inbox
   * stands that may be it, with nothing in it yet that tells.
   */
  async #search({ own, inbox }: Outbox, current: Address | undefined): Promise<{ address: Address | undefined; isSure: boolean }> {
    const bundle = await this.#peers.at(own.peer, own.box.peerGeneration).catch((error: unknown) => {
      if (!isPosternError(error) || error.code === "RPC_FAILED") throw error;
      return undefined; // the current one is all that is known
    });
    const madeFor = bundle && equal(bundle.hash, own.box.link) ? toBase58(bundle.card.delegate) : undefined;
    const delegates = [...new Set([madeFor, current].filter((delegate) => delegate !== undefined))];
    const places = delegates.flatMap((delegate) => Array.from({ length: GAP_LIMIT }, (_, index) => inboxAddress(delegate, index, this.#context.program)));
    const headers = await this.#context.rpc.accounts(places, { slice: { offset: 0, length: INBOX_HEADER_BYTES } });
    const reader = this.#context.keyring.delegate(own.generation);
    const likely = places.filter((_, i) => this.#mayAnswer(headers[i] ?? null, reader, inbox.openedSlot));
    const accounts = await this.#context.rpc.accounts(likely);
    const inboxes = likely.map((address, i) => ({ address, inbox: inboxIn(this.#context, address, accounts[i] ?? null) }));
    const answer = inboxes.find(({ address, inbox: found }) => found && this.#answers(address, found, own.box.thread));
    return { address: answer?.address, isSure: !inboxes.some(({ inbox: found }) => found?.next === 0) };
  }

  #mayAnswer(account: AccountData | null, reader: Address, openedSlot: bigint): boolean {
    if (account === null || account.owner !== this.#context.program) return false;
    try {
      const header = decodeInboxHeader(account, this.#context.program);
      return isUnaddressed(header) && header.reader === reader && header.openedSlot >= openedSlot;
    } catch (error) {
      if (!isPosternError(error)) throw error;
      return false;
    }
  }

  #answers(address: Address, inbox: Inbox, thread: Uint8Array): boolean {
    return opensUnder(sourceOf(this.#context, address, inbox, { thread, role: 1, from: address }).inboxKey, inbox);
  }
}
