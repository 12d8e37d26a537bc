/** Requests addressed to this wallet: found by the profile that names them, believed only when the handshake verifies. */
import { checkRecipientFreshness } from "./freshness.js";
import { equal, sha256, toBase58, toHex } from "../crypto/index.js";
import { isPosternError, PosternError } from "../errors.js";
import {
  decodeInbox, decodeInboxHeader, INBOX_DISCRIMINATOR, INBOX_RECIPIENT_OFFSET, RECENT_REQUESTS, SYSTEM_PROGRAM, toAddress,
  type AccountData, type Address, type Inbox, type Profile,
} from "../program/index.js";
import { Absences } from "./absences.js";
import { ABSENT, type Accounts, type Mark } from "./accounts.js";
import { ByPeer } from "./by-peer.js";
import type { Context } from "./context.js";
import { identityOf, inboxKeyOf, isAtItsAddress, isUnaddressed, type IncomingInbox, type InboxKey } from "./inboxes.js";
import { requireCurrentSender, PeerKeys } from "./peer-keys.js";

/** The handshake takes frames 0 and 1. */
export const HANDSHAKE_FRAMES = 2;
/** A first contact needs 2.4 kB; a stranger who pays for more than this is not read. */
const MAX_REQUEST_RING_BYTES = 131_072;
/** What an endpoint has refused is asked again after this long. */
const RETRY_MS = 60_000;
/** An inbox to go on in whose sender's keys are not the ones that an endpoint shows is looked at again after this long: messages wait in it. */
const FOLLOW_RETRY_MS = 5_000;

export class IncomingInboxes {
  readonly #context: Context;
  readonly #accounts: Accounts;
  readonly #peers: PeerKeys;
  readonly #known = new ByPeer<IncomingInbox>();
  /** Verified once per life: a handshake costs milliseconds. */
  readonly #responses = new Map<InboxKey, IncomingInbox["response"]>();
  /** Handshakes that do not verify, by life and bytes: other bytes at the same place may be the true ones. */
  readonly #refused = new Set<string>();
  readonly #candidates = new Set<Address>();
  /** Candidates at which nothing stands: one that was left out of an answer once may be named by nothing any more. */
  readonly #absences = new Absences();
  /** As what stands at an address was when it was taken in. */
  readonly #marks = new Map<Address, Mark>();
  /** Lives whose handshake the ring has let go of and history did not show, and when (ms) to look again. */
  readonly #unavailable = new Map<InboxKey, number>();
  #answered: ReadonlySet<Address> = new Set();
  #open: ReadonlySet<Address> = new Set();
  /** Lives that the app has been told of. */
  readonly #announced = new Set<InboxKey>();
  /** Opened to us, and still without the whole handshake or a first message. */
  readonly #unfinished = new Set<Address>();
  /** Inboxes that are addressed to nobody, and who says to go on there: anybody may say so before the inbox's own writer does. */
  readonly #followed = new Map<Address, Set<Address>>();
  /** Lives of these whose sender's keys were current when they were looked at; and when (ms) to look again at the others. */
  readonly #current = new Set<InboxKey>();
  readonly #lookAgainAt = new Map<InboxKey, number>();
  #requestsSeen = 0n;
  #searchAgainAt = 0;

  constructor(context: Context, accounts: Accounts) {
    this.#context = context;
    this.#accounts = accounts;
    this.#peers = new PeerKeys(context);
  }

  /** Where the next {@link update} looks, besides what the profile names since. */
  get candidates(): Iterable<Address> {
    return this.#candidates;
  }

  get all(): IncomingInbox[] {
    return [...this.#known.values()];
  }

  /** The same list for as long as nothing has changed. */
  from(peer: Address): readonly IncomingInbox[] {
    return this.#known.of(peer);
  }

  /** Inboxes named by the profile to which something must still come; the profile does not change when it does. */
  unfinished({ recent }: Profile): Address[] {
    return recent.filter((address) => this.#unfinished.has(address));
  }

  /**
   * Reads every candidate again, and those that the profile names since. `answered` are addresses that an answer of ours
   * links to: its owner box keeps the thread once the ring has let go of the handshake. `open` are peers with whom we are in
   * contact already: no request of theirs is news.
   */
  async update(profile: Profile, answered: ReadonlySet<Address>, open: ReadonlySet<Address>): Promise<void> {
    this.#open = open;
    await this.#discover(profile);
    this.#answered = answered;
    const isSame = (address: Address): boolean => this.#marks.has(address) && this.#marks.get(address) === this.#accounts.markOf(address);
    const news = [...this.#candidates].filter((address) => !isSame(address));
    const isOpen = (address: Address): boolean => this.#known.get(address)?.inbox.state === "open";
    const unsure = news.filter((address) => !isOpen(address));
    const heads = await this.#accounts.heads(unsure);
    const gone = unsure.filter((_, i) => heads[i] === null);
    const changed = [...news.filter(isOpen), ...unsure.filter((address, i) => (heads[i] === undefined ? this.#known.get(address) === undefined : this.#isWorthReading(address, heads[i] ?? null)))];
    const accounts = await this.#accounts.whole(changed);
    for (const address of gone) await this.take(address, null);
    for (const [i, address] of changed.entries()) await this.take(address, accounts[i] ?? null);
    this.#accounts.release(changed.filter((address) => !isOpen(address))); // no conversation reads these yet
    for (const address of news) this.#note(address, this.#known.get(address) !== undefined || gone.includes(address));
    this.#absences.note([...this.#candidates].filter((address) => this.#accounts.markOf(address) === ABSENT), profile);
    for (const address of this.#candidates) if (this.#absences.isSure(address)) this.#candidates.delete(address);
  }

  /** What verifies, or is gone, is looked at again when it has changed. */
  #note(address: Address, isSettled: boolean): void {
    const mark = isSettled ? this.#accounts.markOf(address) : undefined;
    if (mark === undefined) this.#marks.delete(address);
    else this.#marks.set(address, mark);
  }

  /** False for an inbox that stands as it was read, and for a request that was grown so far that only its size is the message. */
  #isWorthReading(address: Address, account: AccountData | null): boolean {
    if (account === null) return false;
    const known = this.#known.get(address)?.inbox;
    try {
      const { acknowledged, capacity, head, openSalt, state } = decodeInboxHeader(account, this.#context.program);
      if (state === "request" && capacity > MAX_REQUEST_RING_BYTES) return false;
      return known === undefined || known.state !== state || known.acknowledged !== acknowledged || !equal(known.head, head) || !equal(known.openSalt, openSalt);
    } catch (error) {
      if (!isPosternError(error)) throw error;
      return true; // no inbox of the program any more: to be forgotten
    }
  }

  /** Has the next {@link update} read these whole, though they seem to stand as they were. */
  readAgain(addresses: readonly Address[]): void {
    for (const address of addresses) this.#marks.delete(address);
    this.#accounts.release(addresses);
  }

  /** What stands at an address that may hold a request to us, once verified. */
  async take(address: Address, account: AccountData | null): Promise<IncomingInbox | undefined> {
    this.#unfinished.delete(address);
    const found = account && (await this.#verify(address, account));
    if (found) {
      this.#announce(found);
      this.#known.set(address, found);
      this.#candidates.add(address);
      return found;
    }
    this.#known.delete(address);
    return undefined;
  }

  /**
   * Takes what `peer` says to go on in: a request, or an inbox with a handshake for us that is addressed to nobody (PROTOCOL.md,
   * section 8). Whether that handshake is the peer's, under keys that are the peer's still, is for {@link take} to find out.
   */
  async follow(address: Address, account: AccountData | null, peer: Address): Promise<void> {
    if (account === null || this.#known.get(address) !== undefined) return;
    const claimants = this.#followed.get(address) ?? new Set();
    try {
      const inbox = decodeInbox(account, this.#context.program);
      const { frames, first, recipient, reader, writer } = inbox;
      const { keyring, wallet } = this.#context;
      if (recipient === wallet) return void (await this.take(address, account));
      if (recipient !== SYSTEM_PROGRAM || first > 0 || !isHandshakeFrame(frames[0]?.payload) || keyring.generationOf(reader) === undefined) return;
      if (keyring.generationOf(writer) !== undefined) return; // our own
      if (!claimants.has(peer)) this.#lookAgainAt.delete(inboxKeyOf(address, inbox));
    } catch (error) {
      if (!isPosternError(error)) throw error;
      return; // a claim without effect
    }
    this.#followed.set(address, claimants.add(peer));
    await this.take(address, account); // again, while it does not hold: the endpoint may have been behind
  }

  /** Lets go of what was sent to a generation of ours whose keys are wiped. */
  forget(generation: number): void {
    // Not overwritten: an answer may be about to be sealed with it, and must not be sealed with zeros.
    for (const [key, { generation: of }] of this.#responses) if (of === generation) this.#responses.delete(key);
    for (const [address, { response }] of [...this.#known.entries()]) if (response.generation === generation) this.#known.delete(address);
  }

  /** Told once per life, when there is something to answer: as `requests()` lists it. */
  #announce({ address, key, inbox, peer }: IncomingInbox): void {
    if (inbox.state !== "request" || this.#announced.has(key) || this.#open.has(peer)) return;
    if (inbox.next === HANDSHAKE_FRAMES) {
      this.#unfinished.add(address);
      return;
    }
    this.#announced.add(key);
    this.#context.emit({ kind: "request", from: peer });
  }

  async #discover(profile: Profile): Promise<void> {
    const unseen = profile.requests - this.#requestsSeen;
    for (const address of profile.recent) this.#candidates.add(address);
    if (unseen > BigInt(RECENT_REQUESTS)) {
      if (Date.now() < this.#searchAgainAt) return;
      const missing = Number(unseen) - RECENT_REQUESTS;
      try {
        const found = await this.#context.rpc.programAccounts(this.#context.program, [
          { offset: 0, bytes: toBase58(INBOX_DISCRIMINATOR) },
          { offset: INBOX_RECIPIENT_OFFSET, bytes: this.#context.wallet },
        ]);
        for (const { address } of found) this.#candidates.add(address);
      } catch (error) {
        if (!isPosternError(error)) throw error;
        if (this.#searchAgainAt === 0) this.#context.emit({ kind: "requestsMissing", missing });
        this.#searchAgainAt = Date.now() + RETRY_MS;
        return;
      }
    }
    this.#requestsSeen = profile.requests;
  }

  async #verify(address: Address, account: AccountData): Promise<IncomingInbox | undefined> {
    let inbox: Inbox;
    try {
      inbox = decodeInbox(account, this.#context.program);
    } catch (error) {
      if (!isPosternError(error)) throw error;
      return undefined; // closed, or reopened by another program: nothing that was a request to us
    }
    const follows = isUnaddressed(inbox) ? this.#followed.get(address) : undefined;
    if (inbox.recipient !== this.#context.wallet && follows === undefined) return undefined;
    if (inbox.next < HANDSHAKE_FRAMES) {
      if (inbox.state === "request") this.#unfinished.add(address);
      return undefined;
    }
    const key = inboxKeyOf(address, inbox);
    try {
      if (!isAtItsAddress(address, inbox, this.#context.program)) throw new PosternError("ACCOUNT_INVALID", "This inbox is not at the address of its writer.");
      const response = this.#responses.get(key) ?? (await this.#respond(address, inbox));
      if (response === undefined) return undefined;
      this.#responses.set(key, response);
      const incoming = { address, key, inbox, peer: toAddress(response.sender.card.wallet), response };
      return follows === undefined || (await this.#mayFollow(incoming, follows)) ? incoming : undefined;
    } catch (error) {
      if (!isPosternError(error)) throw error;
      this.#context.emit({ kind: "rejected", inbox: address, reason: error.code });
      return undefined;
    }
  }

  /** @throws PosternError ANSWER_INVALID for another wallet's inbox; STALE_SENDER_KEYS and the codes of the peer's keys */
  async #mayFollow(incoming: IncomingInbox, claimants: ReadonlySet<Address>): Promise<boolean> {
    const { key, peer } = incoming;
    if (this.#current.has(key)) return true;
    if (Date.now() < (this.#lookAgainAt.get(key) ?? 0)) return false;
    this.#lookAgainAt.set(key, Date.now() + FOLLOW_RETRY_MS);
    if (!claimants.has(peer)) throw new PosternError("ANSWER_INVALID", "This inbox is not that of the wallet that says to go on in it.");
    await requireCurrentSender(this.#peers, incoming, false); // all reading would wait
    this.#current.add(key);
    return true;
  }

  async #respond(address: Address, inbox: Inbox): Promise<IncomingInbox["response"] | undefined> {
    const handshake = await this.#handshake(address, inbox);
    if (handshake === undefined) return undefined;
    const { cluster, keyring, walletBytes } = this.#context;
    const name = `${inboxKeyOf(address, inbox)} ${toHex(sha256(handshake))}`;
    if (this.#refused.has(name)) return undefined;
    const { respondToDelegate } = await import("./handshakes.js");
    try {
      const response = respondToDelegate({
        ...identityOf(address, inbox),
        cluster,
        wallet: walletBytes,
        handshake,
        generationKeys: (generation) => {
          const bundle = keyring.bundle(generation);
          return bundle && keyring.holds(generation) ? { keys: keyring.keys(generation), bundleHash: bundle.hash } : undefined;
        },
      });
      checkRecipientFreshness(keyring, response.generation, inbox.openedTime);
      return response;
    } catch (error) {
      if (!isPosternError(error, "GENERATION_UNKNOWN")) this.#refused.add(name); // a generation may still become known
      throw error;
    }
  }

  /** From the ring; once that has let go of it, and no owner box of ours keeps the thread, from transaction history. */
  async #handshake(address: Address, inbox: Inbox): Promise<Uint8Array | undefined> {
    const [first, second] = inbox.frames;
    if (inbox.first === 0) return first && second && (await import("./handshakes.js")).joinHandshake(first.payload, second.payload);
    const key = inboxKeyOf(address, inbox);
    if (inbox.state === "declined" || this.#answered.has(address) || Date.now() < (this.#unavailable.get(key) ?? 0)) return undefined;
    let lookAgainAt = Infinity;
    try {
      const { handshakeFromHistory } = await import("./handshake-history.js"); // seldom needed
      const found = await handshakeFromHistory(this.#context, address, inbox);
      if (found) return found;
    } catch (error) {
      if (!isPosternError(error, "RPC_FAILED")) throw error;
      lookAgainAt = Date.now() + RETRY_MS;
    }
    this.#unavailable.set(key, lookAgainAt);
    this.#context.emit({ kind: "rejected", inbox: address, reason: "HANDSHAKE_UNAVAILABLE" });
    return undefined;
  }
}

/** The first half of a handshake begins so (PROTOCOL.md, section 5). */
function isHandshakeFrame(payload: Uint8Array | undefined): boolean {
  return payload?.[0] === 1 && payload[1] === 0;
}
