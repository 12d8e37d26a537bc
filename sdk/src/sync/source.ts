/** An inbox as the messages in it are read from: its key, its frames, and whom they are from. */
import { beginsHandshake, inboxKey, openMessage, type Role } from "../crypto/index.js";
import { isPosternError } from "../errors.js";
import { decodeInbox, type AccountData, type Address, type Inbox } from "../program/index.js";
import type { Context } from "./context.js";
import { HANDSHAKE_FRAMES } from "./incoming.js";
import { identityOf, inboxKeyOf } from "./inboxes.js";
import type { Source } from "./timeline.js";

export function sourceOf(context: Context, address: Address, inbox: Inbox, { thread, role, from }: { thread: Uint8Array; role: Role; from: Address }): Source {
  return {
    key: inboxKeyOf(address, inbox),
    address,
    openSalt: inbox.openSalt,
    from,
    mine: from === context.wallet,
    inboxKey: inboxKey(context.cluster.domain, thread, { role, ...identityOf(address, inbox) }),
    start: role === 0 ? HANDSHAKE_FRAMES : 0,
    first: inbox.first,
    next: inbox.next,
    frames: inbox.frames,
    openedSlot: inbox.openedSlot,
    openedTime: inbox.openedTime,
    lastTime: inbox.lastTime,
    head: inbox.head,
  };
}

/** Undefined for what is no inbox of the program; one that contradicts itself, or whose ring is damaged, is told as an event. */
export function inboxIn(context: Context, address: Address, account: AccountData | null): Inbox | undefined {
  if (account === null || account.owner !== context.program) return undefined;
  try {
    const inbox = decodeInbox(account, context.program);
    if (!inbox.intact) context.emit({ kind: "rejected", inbox: address, reason: "ACCOUNT_INVALID" });
    return inbox;
  } catch (error) {
    if (!isPosternError(error)) throw error;
    context.emit({ kind: "rejected", inbox: address, reason: error.code });
    return undefined;
  }
}

/** True where an inbox begins with a handshake: it answers no other. */
export function beginsThread({ frames: [first] }: Inbox): boolean {
  return first?.seq === 0 && beginsHandshake(first.payload);
}

/** True when a frame of an inbox is sealed under this key, 64 bytes. */
export function opensUnder(inboxSecret: Uint8Array, { frames }: Inbox): boolean {
  return frames.some((frame) => {
    try {
      return openMessage(inboxSecret, frame.seq, frame.payload) !== undefined;
    } catch {
      return false;
    }
  });
}
