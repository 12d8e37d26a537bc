/** A wallet that waits for an answer. */
import { isPosternError } from "../errors.js";
import type { Address } from "../program/index.js";
import { isRace } from "../send/races.js";
import type { Channel } from "../sync/channel.js";
import type { Message } from "../sync/message.js";
import { Conversation } from "./conversation.js";
import type { Session } from "./session.js";

/** Lost races after which accepting gives up. */
const ATTEMPTS = 5;

export class MessageRequest {
  /** The authenticated wallet that asks. */
  readonly from: Address;
  /** Its first message, readable or not. Seeing it here accepts nothing and acknowledges nothing. */
  readonly firstMessage: Message;
  readonly #session: Session;
  readonly #channel: Channel;

  /** Made by `Postern.requests()`. */
  constructor(session: Session, channel: Channel, firstMessage: Message) {
    this.#session = session;
    this.#channel = channel;
    this.from = channel.peer;
    this.firstMessage = firstMessage;
  }

  /**
   * Creates our inbox and accepts, in one transaction for each inbox of that wallet. Accepting again changes nothing.
   * @throws PosternError INSUFFICIENT_FUNDS, STALE_SENDER_KEYS, KEYS_CONFLICT, RPC_FAILED
   */
  async accept(): Promise<Conversation> {
    return this.#session.run(() => this.#session.exclusive(this.from, async () => {
      let last: unknown;
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        await this.#session.send.channels.refresh([this.from]);
        if (this.#channel.view.requests.length === 0) return new Conversation(this.#session, this.#channel, true);
        try {
          if (!(await this.#session.deliveries.settleRequests(this.#channel))) await this.#session.deliveries.answer(this.#channel, undefined);
        } catch (error) {
          last = error;
          if (!isPosternError(error) || !isRace(error)) throw error;
        }
      }
      throw last;
    }));
  }

  /** Declines every inbox of that wallet. The sender sees it, and may close them. Declining again changes nothing. */
  async decline(): Promise<void> {
    await this.#session.run(() => this.#session.exclusive(this.from, async () => {
      await this.#session.send.channels.refresh([this.from]);
      const { declineRequests } = await import("../send/first-contact.js");
      await declineRequests(this.#session.send, this.#channel.view.requests);
      await this.#session.send.channels.refresh([this.from]);
    }));
  }
}
