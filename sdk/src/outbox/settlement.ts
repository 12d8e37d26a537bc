/** From confirmed to finalized: what the network has decided for good leaves the outbox, what a fork took back is delivered again. */
import type { SendContext } from "../send/context.js";
import type { Outgoing } from "./message.js";
import { whereaboutsOf } from "./outcome.js";
import type { OutboxRecord } from "./record.js";

/** `getSignatureStatuses` takes this many. */
const SIGNATURES_PER_CALL = 256;
/** Blocks after which what stands at confirmed is final, whatever an endpoint has forgotten of it. */
const FINAL_AFTER_BLOCKS = 150;
/** Tabs that share the store learn within this time that a message was finalized; then it leaves the store. */
const KEEP_SETTLED_MS = 5_000;

type Change = (message: Outgoing, to: Partial<OutboxRecord>) => Promise<void>;

export class Settlement {
  readonly #send: SendContext;
  readonly #finalizedAtMs = new WeakMap<Outgoing, number>();

  constructor(send: SendContext) {
    this.#send = send;
  }

  /** Asks what became of the confirmed ones. @throws PosternError RPC_FAILED, STORE_FAILED */
  async look(messages: readonly Outgoing[], change: Change): Promise<void> {
    const confirmed = messages.filter(({ status }) => status === "confirmed");
    for (let at = 0; at < confirmed.length; at += SIGNATURES_PER_CALL) {
      const batch = confirmed.slice(at, at + SIGNATURES_PER_CALL);
      const statuses = await this.#send.context.rpc.signatureStatuses(batch.map(({ sent }) => sent?.signature ?? ""), false);
      for (const [i, message] of batch.entries()) {
        const status = statuses[i] ?? null;
        if (status === null || status.err !== null) await this.#lookInRing(message, change);
        else if (status.commitment === "finalized") await this.#finalize(message, change);
      }
    }
  }

  /** Those that may leave the store. */
  settled(messages: readonly Outgoing[]): Outgoing[] {
    return messages.filter((message) => {
      if (message.status !== "finalized") return false;
      const since = this.#finalizedAtMs.get(message) ?? Date.now();
      this.#finalizedAtMs.set(message, since);
      return Date.now() - since >= KEEP_SETTLED_MS;
    });
  }

  /** The endpoint does not know the signature, or says that it failed: the log is the truth. */
  async #lookInRing(message: Outgoing, change: Change): Promise<void> {
    const { rpc } = this.#send.context;
    const { frames, peer, sent } = message.stored.record;
    const channel = this.#send.channels.channel(peer);
    await this.#send.channels.refresh([peer]);
    const frame = frames.find(({ place, signed }) => place.seq === sent?.seq && signed.signature === sent.signature) ?? frames.at(-1);
    if (frame === undefined) return;
    const found = whereaboutsOf(channel, frame);
    if (found === "free" || found === "taken") await change(message, { status: "sent", sent: undefined });
    else if ((await rpc.blockHeight()) > frame.signed.lastValidBlockHeight + FINAL_AFTER_BLOCKS) await this.#finalize(message, change);
  }

  async #finalize(message: Outgoing, change: Change): Promise<void> {
    const { sent } = message.stored.record;
    await change(message, { status: "finalized", ...(sent && { sent: { ...sent, status: "finalized" as const } }) });
  }
}
