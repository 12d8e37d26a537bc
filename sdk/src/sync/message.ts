/** A message as the app sees it, and the frame it is made from. */
import { decodeText, MESSAGE_KIND, type messageOpener, toBase58, type Inner } from "../crypto/index.js";
import { isPosternError } from "../errors.js";
import type { Address, Frame } from "../program/index.js";
import type { Cursor } from "./cursor.js";

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
} & (
  | { readonly kind: "content"; readonly content: Content; readonly text?: string }
  | { readonly kind: "unreadable"; readonly reason: string }
);

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

type MessageBody = { readonly kind: "content"; readonly content: Content; readonly text: string } | { readonly kind: "unreadable"; readonly reason: string };

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
