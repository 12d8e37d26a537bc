/** A message as the app sees it, and the frame it is made from. */
import { decodeText, MESSAGE_KIND, type messageOpener, toBase58, type Inner } from "../crypto/index.js";
import { isPosternError } from "../errors.js";
import type { Address, Frame } from "../program/index.js";
import type { Cursor } from "./cursor.js";
import type { Source } from "./timeline.js";

export type Content = { readonly kind: "text"; readonly text: string };

export type Message = {
  /** Inbox, life and number: the same for both sides. */
  readonly id: string;
  readonly conversation: string;
  readonly cursor: Cursor;
  readonly from: Address;
  readonly mine: boolean;
  readonly seq: number;
  /** Claimed by the sender; the epoch where the message cannot be read. */
  readonly sentAt: Date;
  /** By the chain. */
  readonly postedAt: Date;
  /**
   * Comes from transaction history and is not tied to the inbox's hash chain, because what stands between has not been read or is
   * not to be had: text, sender and number are proven by the encryption, `postedAt` is the endpoint's word.
   */
  readonly unproven?: true;
} & (
  | { readonly kind: "content"; readonly content: Content; readonly text?: string }
  /**
   * `missing`: this entry stands for frames `firstSeq` to `lastSeq`, which neither ring nor history gives (HISTORY_UNAVAILABLE).
   * `unfetched`: for frames that history was not asked for (HISTORY_NOT_FETCHED): `history({ before: cursor })` reads them.
   */
  | { readonly kind: "unreadable"; readonly reason: string; readonly missing?: FrameRange; readonly unfetched?: FrameRange }
);

/** Numbers of frames in one inbox, both ends included. */
export type FrameRange = { readonly firstSeq: number; readonly lastSeq: number };

/** An inbox and its life: what the ids of all messages in it begin with. */
export function inboxId(address: Address, openSalt: Uint8Array): string {
  return `${address}.${toBase58(openSalt)}`;
}

export function messageId(address: Address, openSalt: Uint8Array, seq: number): string {
  return `${inboxId(address, openSalt)}.${seq}`;
}

/** What a frame holds, or why it cannot be read. Never throws for what a peer or an endpoint sends. */
export function readFrame(open: ReturnType<typeof messageOpener>, frame: Frame): { inner?: Inner; body: MessageBody } {
  try {
    const inner = open(frame.seq, frame.payload);
    return { inner, body: readContent(inner) };
  } catch (error) {
    if (!isPosternError(error)) throw error;
    return { body: { kind: "unreadable", reason: error.code } };
  }
}

export type MessageBody =
  | { readonly kind: "content"; readonly content: Content; readonly text: string }
  | { readonly kind: "unreadable"; readonly reason: string; readonly missing?: FrameRange; readonly unfetched?: FrameRange };

/** A frame as the timeline merges it: what is in it, or the range that is missing up to it. `unproven` as in {@link Message}. */
export type Opened = { readonly source: Origin; readonly frame: Frame; readonly inner?: Inner; readonly body: MessageBody; readonly unproven?: true };

/** Where a frame comes from. */
export type Origin = Pick<Source, "key" | "address" | "openSalt" | "from" | "mine" | "openedSlot" | "counterpart" | "staleFrom">;

/** The entry for frames that cannot be had. `time`: Unix seconds of what stands behind them. */
export function missingFrames(source: Origin, firstSeq: number, lastSeq: number, time: number): Opened {
  const frame = { seq: lastSeq, time, payload: new Uint8Array(0) };
  return { source, frame, body: { kind: "unreadable", reason: "HISTORY_UNAVAILABLE", missing: { firstSeq, lastSeq } } };
}

/** The entry for frames that history was not asked for. `time`: Unix seconds of what stands behind them. */
export function unfetchedFrames(source: Origin, firstSeq: number, lastSeq: number, time: number): Opened {
  const frame = { seq: lastSeq, time, payload: new Uint8Array(0) };
  return { source, frame, body: { kind: "unreadable", reason: "HISTORY_NOT_FETCHED", unfetched: { firstSeq, lastSeq } } };
}

/** The range of missing frames that an entry stands for, if it stands for one. */
export function missingIn({ body }: Pick<Opened, "body">): FrameRange | undefined {
  return body.kind === "unreadable" ? body.missing : undefined;
}

export function toMessage({ source, frame, inner, body, unproven }: Opened, conversation: string, cursor: Cursor): Message {
  const { address, openSalt, from, mine } = source;
  const range = missingIn({ body }) ?? (body.kind === "unreadable" ? body.unfetched : undefined);
  return {
    id: range ? `${messageId(address, openSalt, range.firstSeq)}-${range.lastSeq}` : messageId(address, openSalt, frame.seq),
    conversation,
    cursor,
    from,
    mine,
    seq: frame.seq,
    sentAt: new Date((inner?.sent ?? 0) * 1_000),
    postedAt: new Date(frame.time * 1_000),
    ...(unproven && { unproven }),
    ...body,
  };
}

function readContent(inner: Inner): MessageBody {
  if (inner.kind !== MESSAGE_KIND.text) return { kind: "unreadable", reason: "CONTENT_UNKNOWN" };
  try {
    const text = decodeText(inner.body);
    return { kind: "content", content: { kind: "text", text }, text };
  } catch (error) {
    if (!isPosternError(error)) throw error;
    return { kind: "unreadable", reason: error.code };
  }
}
