/** An inbox in which so many messages were posted, without posting them: the account's bytes as the program would have left them. */
import { addressBytes, FRAME_HEAD_BYTES, INBOX_HEADER_BYTES, inboxAddress, type Address, type Inbox } from "@postern/sdk/program";
import { logHead0, nextLogHead, sealMessage, utf8 } from "@postern/sdk/crypto";
import { PublicKey } from "@solana/web3.js";
import { random, program, type RawDevice } from "../../hostile/support/raw-device.js";
import { setAccount } from "./set-account.js";

/** Offsets in the account: docs/ARCHITECTURE.md. */
const AT = { head: 16, next: 48, lastTime: 52, first: 56, acknowledged: 60, tail: 64, used: 68 } as const;
/** Of frames that the ring has let go of so long ago that nobody reads them here: only their hash counts. */
const FILLER_BYTES = 142;
/** Of the frames that the ring has let go of, the newest are messages too. */
const GONE_MESSAGES = 300;
const SECONDS = 400;

/** The log as history has it. */
export type LongLog = {
  readonly address: Address;
  readonly inbox: Inbox;
  readonly count: number;
  /** Number of the first frame that the ring holds. */
  readonly first: number;
  /** The texts in the ring, oldest first. */
  readonly texts: readonly string[];
  payload(seq: number): Uint8Array;
  /** Unix seconds. */
  time(seq: number): number;
};

export const textAt = (seq: number): string => `number ${String(seq).padStart(9, "0")}`; // the same length, whatever the count

/**
 * Makes the inbox of a device at an index one in which `count` frames were ever posted and what has no room is gone from the ring,
 * everything but the newest `unread` acknowledged. What is in the ring, and what has left it lately, is encrypted for its number, and
 * the head covers every frame. With `since` (Unix seconds), the newest came a second apart, the first of them then; else all at once.
 */
export async function lengthenLog(rpcUrl: string, device: RawDevice, options: { count: number; unread: number; since?: number; index?: number }): Promise<LongLog> {
  const { count } = options;
  const { address, inbox, secret } = await device.own(options.index ?? 0);
  const time = (seq: number): number => options.since === undefined ? inbox.lastTime : options.since + Math.max(0, SECONDS - (count - 1 - seq));
  const seal = (seq: number): Uint8Array => sealMessage(secret, { seq, inner: { kind: 0, sent: time(seq), seen: 0, body: utf8(textAt(seq)) }, r32: random(32) });
  const payloads = new Map<number, Uint8Array>();
  let first = count;
  for (let seq = count - 1, used = 0; seq >= 0 && first - seq <= GONE_MESSAGES; seq--) {
    const payload = seal(seq);
    payloads.set(seq, payload);
    used += FRAME_HEAD_BYTES + payload.length;
    if (used <= inbox.capacity) first = seq;
  }
  const payload = (seq: number): Uint8Array => payloads.get(seq) ?? new Uint8Array(FILLER_BYTES).fill(seq);
  let head = logHead0(addressBytes(address), inbox.openSalt);
  for (let seq = 0; seq < count; seq++) head = nextLogHead(head, seq, time(seq), payload(seq));
  const kept = Array.from({ length: count - first }, (_, i) => first + i);
  await write(rpcUrl, device, { address, inbox, kept: kept.map((seq) => ({ time: time(seq), payload: payload(seq) })), head, first, ...options });
  return { address, inbox, count, first, payload, time, texts: kept.map(textAt) };
}

async function write(
  rpcUrl: string, device: RawDevice, parts: { address: Address; inbox: Inbox; kept: readonly { time: number; payload: Uint8Array }[]; head: Uint8Array; first: number; count: number; unread: number },
): Promise<void> {
  const { address, inbox, kept, head, first, count, unread } = parts;
  const account = await device.connection.getAccountInfo(new PublicKey(address), "confirmed");
  if (account === null || inboxAddress(inbox.writer, inbox.index, program) !== address) throw new Error("this is no inbox");
  const data = Uint8Array.from(account.data);
  const view = new DataView(data.buffer);
  const ring = data.subarray(INBOX_HEADER_BYTES);
  const tail = ring.length - 40; // so that the ring wraps
  let used = 0;
  const put = (bytes: Uint8Array): void => bytes.forEach((byte) => (ring[(tail + used++) % ring.length] = byte));
  for (const { time, payload } of kept) {
    const frameHead = new DataView(new ArrayBuffer(FRAME_HEAD_BYTES));
    frameHead.setUint16(0, payload.length, true);
    frameHead.setUint32(2, time, true);
    put(new Uint8Array(frameHead.buffer));
    put(payload);
  }
  data.set(head, AT.head);
  const numbers: [at: number, value: number][] = [[AT.next, count], [AT.lastTime, kept.at(-1)?.time ?? inbox.lastTime], [AT.first, first], [AT.acknowledged, count - unread], [AT.tail, tail], [AT.used, used]];
  for (const [at, value] of numbers) view.setUint32(at, value, true);
  await setAccount(rpcUrl, address, { data, lamports: account.lamports });
}
