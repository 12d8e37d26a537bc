/** The conversation with one wallet. */
import { encodeText, MAX_TEXT_BYTES, MESSAGE_KIND, MESSAGE_OVERHEAD, bucketFor, safetyNumber } from "../crypto/index.js";
import { PosternError } from "../errors.js";
import { throwIfAborted } from "../net/abort.js";
import type { OutgoingMessage } from "../outbox/message.js";
import { currentDelegate, ownBundle } from "../send/context.js";
import { Draft } from "../send/draft.js";
import { sentMessage, type SentMessage } from "../send/sent.js";
import { acceptKeys, unacceptedKeys } from "../sync/accepted-keys.js";
import type { Channel } from "../sync/channel.js";
import { decodeCursor, positionBefore, type Cursor } from "../sync/cursor.js";
import type { Content, Message } from "../sync/message.js";
import type { ConversationState } from "../sync/peer-view.js";
import { followMessages } from "./follow.js";
import { markReadUpTo, unreadCount } from "./read-marks.js";
import type { Session } from "./session.js";
import { walletBytes, type Address } from "../program/index.js";

export type SendOptions = { readonly signal?: AbortSignal; readonly maxPostageLamports?: bigint };

const HISTORY_LIMIT = 50;
const HISTORY_MAX = 10_000;

export class Conversation {
  /** The same on every device of this wallet, and whatever inboxes it goes through: the peer's address. */
  readonly id: string;
  /** Address of the wallet at the other end. */
  readonly peer: Address;
  readonly #session: Session;
  readonly #channel: Channel;
  readonly #peerTakesRequests: boolean;
  #unaccepted: Uint8Array | undefined;

  /** Made by `Postern.conversation()`. */
  constructor(session: Session, channel: Channel, peerTakesRequests: boolean) {
    this.#session = session;
    this.#channel = channel;
    this.#peerTakesRequests = peerTakesRequests;
    this.id = channel.peer;
    this.peer = channel.peer;
  }

  /**
   * As of the last read. requested: ours, not answered yet; incoming: theirs, not answered yet (sending accepts it);
   * closed: either inbox is gone (sending opens a new request).
   */
  get state(): ConversationState {
    return this.#channel.state;
  }

  /** False when the peer has declined, or where nothing is open yet and the peer has no keys or takes no requests. */
  get canSend(): boolean {
    if (this.#channel.view.outboxes.some(({ status }) => status === "declined") && this.state === "declined") return false;
    const needsRequest = this.state === "new" || this.state === "closed" || this.state === "declined";
    return !needsRequest || this.#peerTakesRequests;
  }

  /**
   * Sends a text of 1 to 885 bytes of UTF-8, kept byte for byte. Resolves when it stands at the session's commitment.
   * Opens the conversation, or accepts what the peer has asked, where that is still to do. An abort stops the waiting; a
   * transaction that is already on its way may land all the same.
   *
   * @throws PosternError NOTHING_TO_SEND, INVALID_TEXT, TEXT_TOO_LONG, NOT_REGISTERED, PEER_NOT_REGISTERED, CONTACT_REFUSED,
   * POSTAGE_REQUIRED, DECLINED, INBOX_FULL, INSUFFICIENT_FUNDS, TRANSACTION_EXPIRED, RPC_FAILED, ABORTED, CLOSED; OUTBOX_BLOCKED while a
   * message that was enqueued before has failed
   * @example
   * ```ts
   * const sent = await chat.send("gm");
   * console.log(sent.status, sent.feeLamports);
   * ```
   */
  async send(content: string | Content, options: SendOptions = {}): Promise<SentMessage> {
    const body = textBody(content);
    const maxPostageLamports = agreedPostage(options);
    const { signal } = options;
    throwIfAborted(signal);
    const draft = new Draft(MESSAGE_KIND.text, body);
    const messageBytes = (bucketFor(body.length) ?? 0) + MESSAGE_OVERHEAD;
    const stop = this.#session.stopping(signal);
    const { send, deliveries, outgoing } = this.#session;
    const turn = outgoing.turn();
    return this.#session.run(() => this.#session.exclusive(this.peer, async () => {
      await outgoing.settle(this.peer, turn, stop);
      const delivered = await deliveries.deliver(this.#channel, draft, { maxPostageLamports, messageBytes, signal: stop });
      return sentMessage(send, this.#channel, delivered);
    }, stop), signal);
  }

  /**
   * Puts a text into the outbox of the store and returns at once, before the network. It is delivered once, behind everything that was
   * sent or put in before it in this conversation, also by a later process: `connect()` goes on with what it finds. For that the
   * store has to outlive the process; a memory store keeps it for as long as the session. What `send()` throws, `done` of the
   * message rejects with; a message that failed holds up the later ones until its `retry()` or `cancel()`.
   *
   * @throws PosternError NOTHING_TO_SEND, INVALID_TEXT, TEXT_TOO_LONG, INVALID_ARGUMENT, STORE_FAILED, CLOSED
   * @example
   * ```ts
   * const message = await chat.enqueue("gm");
   * render({ text: message.text, status: message.status }); // queued
   * const { id } = await message.done; // confirmed: the id of the Message
   * ```
   */
  async enqueue(content: string | Content, options: { readonly maxPostageLamports?: bigint } = {}): Promise<OutgoingMessage> {
    const body = textBody(content);
    const maxPostageLamports = agreedPostage(options);
    return this.#session.run(() => this.#session.outgoing.enqueue({ peer: this.peer, kind: MESSAGE_KIND.text, body, maxPostageLamports }));
  }

  /** Messages of this conversation in the outbox that are not finalized yet, failed ones too, oldest first. @throws PosternError STORE_FAILED */
  async outgoing(): Promise<OutgoingMessage[]> {
    return this.#session.run(() => this.#session.outgoing.of(this.peer));
  }

  /**
   * Every message after a cursor (default: from the oldest that the rings or this device hold, with up to 50 from transaction history),
   * own ones included, then live, until the signal fires or the session closes; neither is an exception. Of what is older than the
   * rings it begins with at most 10,000; the first entries stand for the rest (`unfetched`), which `history()` reads. Each direction
   * comes in its order. What is yielded counts as handed to the app. Reading accepts nothing.
   *
   * @throws PosternError INVALID_CURSOR; RPC_FAILED when the first read fails (later ones are tried again)
   * @example
   * ```ts
   * for await (const message of chat.messages({ signal })) {
   *   if (message.kind === "content") console.log(message.from, message.text);
   * }
   * ```
   */
  async *messages(options: { after?: Cursor; signal?: AbortSignal } = {}): AsyncGenerator<Message, void, undefined> {
    const after = options.after === undefined ? undefined : decodeCursor(options.after);
    if (options.signal?.aborted) return;
    yield* followMessages(this.#session, this.#channel, after, options.signal);
  }

  /**
   * The `limit` (default 50, at most 10,000) messages just before the one that carries a cursor (default: the end), oldest first, from
   * the rings, from what this device keeps, and from transaction history. They count as handed to the app.
   * @throws PosternError INVALID_CURSOR, INVALID_ARGUMENT, RPC_FAILED
   */
  async history(options: { before?: Cursor; limit?: number } = {}): Promise<Message[]> {
    const { limit = HISTORY_LIMIT } = options;
    if (!Number.isInteger(limit) || limit < 1 || limit > HISTORY_MAX) throw new PosternError("INVALID_ARGUMENT", `limit is a whole number from 1 to ${HISTORY_MAX}.`);
    const before = options.before === undefined ? undefined : positionBefore(options.before);
    return this.#session.run(async () => {
      await this.#session.refresh(this.#channel);
      const { timeline } = this.#channel;
      const positions = timeline.messages.map((_, i) => i).filter((i) => before === undefined || isBefore(timeline.messages[i], before.get(timeline.keyAt(i))));
      const chosen = positions.slice(-limit);
      const newest = chosen.map((i) => timeline.messages[i] as Message);
      const older = newest.length < limit ? await this.#channel.olderBefore(before, limit - newest.length) : [];
      for (const [k, i] of chosen.entries()) this.#channel.handOver(timeline.messages.lastIndexOf(newest[k] as Message, i)); // what was withdrawn meanwhile has moved it
      this.#session.acknowledgeWhenDue(this.#channel);
      await this.#channel.archive();
      return [...older, ...newest];
    });
  }

  /**
   * Messages of the peer that are not marked as read on this device. Marks stay on their device until the app carries them to another
   * (`postern.exportReadMarks()`); a device that has none yet takes for read what any device of this wallet has acknowledged (with its next message, or when half of the peer's ring is read; never
   * with `acknowledge: "never"`).
   */
  async unread(): Promise<number> {
    return this.#session.run(async () => {
      await this.#session.refresh(this.#channel);
      return unreadCount(this.#session.send.context.store, this.#channel);
    });
  }

  /** Marks everything up to a message's cursor as read on this device. @throws PosternError INVALID_CURSOR, STORE_FAILED */
  async markRead(upTo: Cursor): Promise<void> {
    return this.#session.run(() => this.#session.exclusive(`read ${this.peer}`, () => markReadUpTo(this.#session.send.context.store, this.#channel, upTo)));
  }

  /**
   * 60 digits that are the same at both ends, and others whenever either wallet's keys are. Compare them over another channel.
   * @throws PosternError NOT_REGISTERED, PEER_NOT_REGISTERED and the codes of the peer's keys
   */
  async safetyNumber(): Promise<string> {
    return this.#session.run(async () => {
      const { send } = this.#session;
      await send.channels.directory.refresh();
      const own = ownBundle(send, currentDelegate(send).generation);
      const { bundle } = await send.peers.published(this.peer);
      return safetyNumber({ wallet: send.context.walletBytes, hash: own.hash }, { wallet: walletBytes(this.peer), hash: bundle.hash });
    });
  }

  /**
   * True from when the peer's keys were replaced by newer ones (event `keysChanged`) until {@link acceptKeys}, over restarts where the store
   * outlives them. Show it, with the safety number.
   */
  async keysChanged(): Promise<boolean> {
    return this.#session.run(async () => {
      this.#unaccepted = await unacceptedKeys(this.#session.send.context.store, this.peer);
      return this.#unaccepted !== undefined;
    });
  }

  /** The user has seen that the keys were replaced: those of the last {@link keysChanged} here, and none that came after it. @throws PosternError STORE_FAILED */
  async acceptKeys(): Promise<void> {
    return this.#session.run(async () => {
      if (this.#unaccepted) await acceptKeys(this.#session.send.context.store, this.peer, this.#unaccepted);
    });
  }

  /**
   * Leaves: acknowledges what was handed over, then closes this side's inboxes. Rent and held postage go to the recorded
   * refund address, in direct mode this wallet. Afterwards this wallet can no longer restore what was in them.
   * @throws PosternError CLOSE_TOO_EARLY with `context.unreadByPeer` and `context.closableAt` (the acknowledgement is sent all the same)
   */
  async close(): Promise<{ reclaimedLamports: bigint }> {
    return this.#session.run(() => this.#session.exclusive(this.peer, async () => {
      const { closeConversation } = await import("./seldom.js");
      return { reclaimedLamports: await closeConversation(this.#session.send, this.#channel) };
    }));
  }
}

function isBefore(message: Message | undefined, next: number | undefined): boolean {
  return message !== undefined && next !== undefined && message.seq < next;
}

/** @throws PosternError INVALID_ARGUMENT */
function agreedPostage({ maxPostageLamports = 0n }: { readonly maxPostageLamports?: bigint }): bigint {
  if (typeof maxPostageLamports !== "bigint" || maxPostageLamports < 0n) throw new PosternError("INVALID_ARGUMENT", "maxPostageLamports is a bigint from 0n.");
  return maxPostageLamports;
}

/** @throws PosternError NOTHING_TO_SEND, INVALID_TEXT, TEXT_TOO_LONG, INVALID_ARGUMENT */
function textBody(content: string | Content): Uint8Array {
  const text = typeof content === "string" ? content : content?.kind === "text" ? content.text : undefined;
  if (typeof text !== "string") throw new PosternError("INVALID_ARGUMENT", 'Pass a text, or { kind: "text", text }.');
  if (text === "") throw new PosternError("NOTHING_TO_SEND", "The text is empty.");
  const body = encodeText(text);
  if (body.length > MAX_TEXT_BYTES) {
    throw new PosternError("TEXT_TOO_LONG", "The text is longer than one message holds. Shorten it to context.limitBytes bytes of UTF-8.", {
      context: { limitBytes: MAX_TEXT_BYTES, bytes: body.length },
    });
  }
  return body;
}
