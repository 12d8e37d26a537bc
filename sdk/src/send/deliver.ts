/**
 * One message, once: to the inbox that stands, with the acceptance of what waits, or with the opening of a new one. A race
 * that another device wins is answered by reading again; own bytes found there mean that the message has landed.
 */
import { isPosternError, PosternError } from "../errors.js";
import { sleep, throwIfAborted } from "../net/abort.js";
import { fitsTransaction } from "../net/transaction.js";
import { post, type Address, type Instruction } from "../program/index.js";
import { careFor } from "../sync/care.js";
import type { Channel } from "../sync/channel.js";
import { nowSeconds } from "../sync/context.js";
import type { Outbox } from "../sync/peer-view.js";
import { overlapEndsAt } from "../sync/freshness.js";
import { isUnaddressed, type IncomingInbox } from "../sync/inboxes.js";
import { byKeys, isOlderThan, isOnlyAnnounced, isOutdated } from "../sync/succession.js";
import { acknowledgements } from "./acknowledgement.js";
import { chooseOutbox } from "./choose-outbox.js";
import { currentDelegate, submitAsDelegate, type SendContext } from "./context.js";
import type { Draft } from "./draft.js";
import { requireFunds, warnWhenLow } from "./funds.js";
import { Places } from "./places.js";
import { isRace } from "./races.js";
import { planGrowth } from "./ring-plan.js";
import { Unasked, type UnaskedKeys } from "./unasked.js";
import type { Landed, OnSigned } from "./submit.js";

/** Lost races after which a send gives up with the last error. */
const ATTEMPTS = 12;
/** The peer can only be written to where it has agreed to before. */
const UNREACHABLE: readonly string[] = ["BUNDLE_EXPIRED", "PEER_NOT_REGISTERED"];
/** Pause after the first lost race; it doubles, for what another device has done may still have to reach our endpoint. */
const PAUSE_MS = 50;
const MAX_PAUSE_MS = 2_000;

export type DeliverOptions = { readonly maxPostageLamports: bigint; readonly messageBytes: number; readonly signal?: AbortSignal | undefined };
export type Delivered = { readonly address: Address; readonly key: string; readonly seq: number; readonly landed: Landed };

export class Deliveries {
  readonly #send: SendContext;
  readonly #places: Places;
  readonly #unasked = new Unasked();

  constructor(send: SendContext) {
    this.#send = send;
    this.#places = new Places(send);
  }

  /** Delivers a draft to the peer of a channel. The caller lets one delivery per channel run at a time. */
  async deliver(channel: Channel, draft: Draft, options: DeliverOptions): Promise<Delivered> {
    let last: unknown;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      throwIfAborted(options.signal);
      await this.#send.channels.refresh([channel.peer]);
      const landed = this.#landed(channel, draft);
      if (landed) return landed;
      try {
        const delivered = await this.#step(channel, draft, options);
        if (delivered) {
          await warnWhenLow(this.#send);
          return delivered;
        }
      } catch (error) {
        last = error;
        if (!isPosternError(error) || !isRace(error)) return await this.#landedAfter(error, channel, draft);
        await sleep(Math.min(MAX_PAUSE_MS, PAUSE_MS * 2 ** attempt), options.signal);
      }
    }
    throw last;
  }

  /**
   * Accepts what needs no consent any more: requests of a peer whom we have asked for contact ourselves, and, so often and no more,
   * those of an open conversation under other keys. True when something was sent.
   */
  async settleRequests(channel: Channel, signal?: AbortSignal): Promise<boolean> {
    const { outboxes, requests } = channel.view;
    if (requests.length === 0) return false;
    const live = outboxes.filter(({ status }) => status === "requested" || status === "open").sort(byKeys);
    const asked = live.find(({ own, inbox }) => own.box.role === 0 && inbox.first === 0);
    const newest = live.find(({ status }) => status === "open");
    const { generation: current } = currentDelegate(this.#send);
    const goOn: IncomingInbox[] = [];
    const keysOf = ({ response }: IncomingInbox): UnaskedKeys => ({ hash: response.sender.hash, generation: current });
    let sent = false;
    for (const request of requests) {
      const { generation, sender: { card } } = request.response;
      const goesOn = (): void => void (this.#unasked.takes(channel.peer, keysOf(request)) && goOn.push(request));
      const isNewer = (outbox: Outbox | undefined): boolean => outbox === undefined || isOlderThan(outbox, request, channel.view);
      const hasOtherKeys = newest !== undefined && (card.generation !== newest.own.box.peerGeneration || generation !== newest.own.generation || isNewer(newest));
      if (isUnaddressed(request.inbox) ? newest !== undefined : hasOtherKeys && generation === current && isNewer(asked)) goesOn();
      else if (isUnaddressed(request.inbox)) continue; // no pointer can be set in it, and nobody has agreed to it
      else if (asked !== undefined) {
        await (await firstContact()).answerCrossed(this.#send, request, asked.own.address, signal);
        sent = true;
      } else if (hasOtherKeys) goesOn();
    }
    try {
      if (goOn.length > 0) await this.answer(channel, undefined, signal, goOn);
    } catch (error) {
      for (const request of goOn) this.#unasked.giveBack(channel.peer, keysOf(request)); // nothing was opened
      throw error;
    }
    return sent || goOn.length > 0;
  }

  /** The next step for the inboxes whose keys were replaced. False when there is none to take now. */
  async care(channel: Channel, signal: AbortSignal): Promise<boolean> {
    await this.#send.channels.refresh([channel.peer]);
    const { generation } = currentDelegate(this.#send);
    if (await this.#settled(channel, signal)) return true; // the peer has moved already: that is answered, and nothing else opened
    for (const outbox of channel.view.outboxes) {
      const care = careFor(channel, outbox, generation);
      if (care === undefined || !this.#places.isUsable(outbox.own.key)) continue;
      const { announcement, closeOutbox, finishHandshake } = await firstContact();
      try {
        if (care === "close" && !(await closeOutbox(this.#send, channel, outbox, signal))) continue;
        if (care === "open") {
          if (!this.#unasked.takes(channel.peer, undefined)) return false;
          await this.#open(channel, { maxPostageLamports: 0n, messageBytes: 0, signal }, true).catch((error: unknown) => {
            this.#unasked.giveBack(channel.peer, undefined);
            throw error;
          });
        }
        if (care === "finish") await finishHandshake(this.#send, outbox, undefined, signal);
        if (care === "announce") await this.#post(channel, outbox, announcement(outbox, channel), { signal });
      } catch (error) {
        if (!isPosternError(error, "CANNOT_RESUME")) throw error; // a lost race as well: the next try comes after a pause
        this.#places.giveUp(outbox.own.key);
      }
      return true;
    }
    return false;
  }

  /**
   * Accepts every request of a peer, the first that can be with `draft` where it fits. One that cannot be accepted stands in
   * the way of no other.
   * @throws PosternError what stood in the way, when none could be accepted
   */
  answer(channel: Channel, draft: Draft | undefined, signal?: AbortSignal, chosen = channel.view.requests): Promise<Delivered | undefined> {
    return this.#places.exclusive(async () => {
      let delivered: Delivered | undefined;
      let accepted = 0;
      let failure: unknown;
      const requests = [...chosen].sort((a, b) => a.inbox.openedTime - b.inbox.openedTime || (a.address < b.address ? -1 : 1));
      for (const [i, request] of requests.entries()) {
        const first = accepted === 0 && draft !== undefined && !isUnaddressed(request.inbox) ? { draft } : {}; // else the peer is told of it first
        try {
          const answered = await this.#places.open(i, async (index) => (await firstContact()).answerRequest(this.#send, channel, request, { index, ...first, signal }));
          if (answered) delivered = { address: answered.key.split(":")[0] as Address, key: answered.key, seq: 0, landed: answered.landed };
          accepted++;
        } catch (error) {
          failure ??= error;
          if (!isPosternError(error) || first.draft?.isOnItsWay) break; // whether it landed is looked up before anything else is tried
        }
      }
      if (accepted === 0 && failure !== undefined) throw failure;
      return delivered;
    });
  }

  async #step(channel: Channel, draft: Draft, options: DeliverOptions): Promise<Delivered | undefined> {
    const { generation } = currentDelegate(this.#send);
    if (await this.#settled(channel, options.signal)) return undefined;
    const isTaken = ({ source: { staleFrom } }: Outbox): boolean => staleFrom !== 0; // else the peer takes nothing that stands in it
    const usable = channel.view.outboxes.filter((outbox) => this.#places.isUsable(outbox.own.key) && isTaken(outbox));
    const best = chooseOutbox(usable);
    if (best && isOutdated(best, { ...channel.view, outboxes: usable }, generation) && (await this.#moved(channel, best, options))) return undefined;
    const outbox = chooseOutbox(usable.filter(({ own }) => this.#isHeard(own.generation)));
    if (outbox && isOnlyAnnounced(outbox)) {
      if (outbox.status === "incomplete") return void (await (await firstContact()).finishHandshake(this.#send, outbox, undefined, options.signal));
      const untold = channel.view.outboxes.find((other) => careFor(channel, other, generation) === "announce");
      if (untold) return void (await this.#post(channel, untold, (await firstContact()).announcement(untold, channel), options));
    }
    if (outbox) return outbox.status === "incomplete" ? this.#resume(outbox, draft, options) : this.#post(channel, outbox, draft, options);
    if (channel.view.requests.length > 0) return this.answer(channel, draft, options.signal);
    if (channel.view.outboxes.some(({ status }) => status === "declined")) {
      throw new PosternError("DECLINED", "The peer declined this conversation. Call close() to get the rent back.", { context: { peer: channel.peer } });
    }
    await this.#open(channel, options, best?.status === "open");
    return undefined;
  }

  /** A week after a generation of ours was replaced, nobody takes what is written with it. */
  #isHeard(generation: number): boolean {
    return nowSeconds() < (overlapEndsAt(this.#send.context.keyring, generation) ?? Infinity);
  }

  #open({ peer }: Channel, options: DeliverOptions, continues: boolean): Promise<void> {
    return this.#places.exclusive(() =>
      this.#places.open(0, async (index) => (await firstContact()).openRequestTo(this.#send, peer, { index, continues, ...options })));
  }

  /**
   * A new inbox in the place of one whose keys were replaced. False when the peer cannot be opened to, so that the old one has to
   * do; a week after our keys were replaced it cannot any more, for the peer takes nothing that is written with them.
   */
  async #moved(channel: Channel, outbox: Outbox, options: DeliverOptions): Promise<boolean> {
    try {
      await this.#open(channel, options, true);
      return true;
    } catch (error) {
      if (isPosternError(error) && UNREACHABLE.includes(error.code) && this.#isHeard(outbox.own.generation)) return false;
      throw error;
    }
  }

  /** A crossed request that cannot be accepted now does not stand in the way of what our own inbox can take. */
  async #settled(channel: Channel, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      return await this.settleRequests(channel, signal);
    } catch (error) {
      if (!isPosternError(error) || isRace(error) || isPosternError(error, "ABORTED") || isPosternError(error, "CLOSED")) throw error;
      return false;
    }
  }

  async #resume(outbox: Outbox, draft: Draft, { signal }: DeliverOptions): Promise<Delivered | undefined> {
    const { own, inbox, source } = outbox;
    const place = { key: own.key, seq: 2 };
    const payload = draft.seal(source.inboxKey, place, 0);
    const message = post({ program: this.#send.context.program, writer: inbox.writer, inbox: own.address, expectedSeq: place.seq, payload });
    try {
      const { finishHandshake } = await firstContact();
      const landed = await finishHandshake(this.#send, outbox, message, signal, (signed) => draft.signedAs(place, signed));
      return landed && { address: own.address, key: own.key, seq: place.seq, landed };
    } catch (error) {
      if (!isPosternError(error, "CANNOT_RESUME")) throw error;
      this.#places.giveUp(own.key);
      return undefined;
    }
  }

  async #post(channel: Channel, outbox: Outbox, draft: Draft, { signal }: Pick<DeliverOptions, "signal">): Promise<Delivered> {
    const { own, inbox, source, inbound } = outbox;
    const { address: payer } = currentDelegate(this.#send);
    const place = { key: own.key, seq: inbox.next };
    const payload = draft.seal(source.inboxKey, place, inbound === undefined ? 0 : channel.timeline.processed(inbound.key));
    const growth = await planGrowth(this.#send, outbox, payer, payload.length);
    const read = this.#send.acknowledges ? acknowledgements(this.#send, channel) : { instructions: [], generations: [] };
    const write = post({ program: this.#send.context.program, writer: inbox.writer, inbox: own.address, expectedSeq: place.seq, payload });
    const grow = growth?.instructions ?? [];
    const plans: readonly (readonly [before: readonly Instruction[], last: readonly Instruction[]])[] = [
      [[], [...grow, write, ...read.instructions]],
      [read.instructions, [...grow, write]],
      [[...grow, ...read.instructions], [write]],
    ];
    const [before, last] = plans.find(([, set]) => fitsTransaction(set, payer)) ?? [[], [write]];
    await requireFunds(this.#send, { rentLamports: growth?.rentLamports ?? 0n, signatures: before.length > 0 ? 2 : 1 });
    const generations = [own.generation, ...read.generations];
    if (before.length > 0) await submitAsDelegate(this.#send, before, { generations, signal });
    const onSigned: OnSigned = (signed) => draft.signedAs(place, signed);
    return { address: own.address, key: own.key, seq: place.seq, landed: await submitAsDelegate(this.#send, last, { generations, signal, onSigned }) };
  }

  /** After an error behind which the message may stand all the same: found in the ring, it is delivered. */
  async #landedAfter(error: unknown, channel: Channel, draft: Draft): Promise<Delivered> {
    if (!draft.isOnItsWay) throw error;
    try {
      await this.#send.channels.refresh([channel.peer]);
    } catch {
      throw error;
    }
    const landed = this.#landed(channel, draft);
    if (landed) return landed;
    throw error;
  }

  #landed(channel: Channel, draft: Draft): Delivered | undefined {
    for (const { own, inbox } of channel.view.outboxes) {
      const found = draft.landedIn(own.key, inbox);
      if (found) {
        const { signature, feeLamports } = found.signed;
        const landed = { signature, feeLamports, status: this.#send.context.rpc.commitment };
        return { address: own.address, key: own.key, seq: found.seq, landed };
      }
    }
    return undefined;
  }
}

const firstContact = (): Promise<typeof import("./first-contact.js")> => import("./first-contact.js");
