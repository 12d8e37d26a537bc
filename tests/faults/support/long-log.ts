/** An inbox in which so many messages were posted, without posting them: the account's bytes as the program would have left them. */
import { addressBytes, FRAME_HEAD_BYTES, INBOX_HEADER_BYTES, inboxAddress, type Address, type Inbox } from "@postern/sdk/program";
import { logHead0, nextLogHead, sealMessage, utf8 } from "@postern/sdk/crypto";
import { PublicKey } from "@solana/web3.js";
import { random, program, type RawDevice } from "../../hostile/support/raw-device.js";

/** Offsets in the account: docs/ARCHITECTURE.md. */
const AT = { head: 16, next: 48, lastTime: 52, first: 56, acknowledged: 60, tail: 64, used: 68 } as const;
/** Of frames that the ring has let go of; only their hash counts. */
const GONE_PAYLOAD_BYTES = 142;

/**
 * Makes the inbox of a device at an index one in which `count` frames were ever posted and what has no room is gone from the ring,
 * everything but the newest `unread` acknowledged. What is in the ring is encrypted for its number, and the head covers every frame.
 * @returns the texts in the ring, oldest first
 */
export async function lengthenLog(rpcUrl: string, device: RawDevice, options: { count: number; unread: number; index?: number }): Promise<string[]> {
  const { address, inbox, secret } = await device.own(options.index ?? 0);
  const time = inbox.lastTime;
  const kept: { seq: number; text: string; payload: Uint8Array }[] = [];
  for (let seq = options.count - 1, used = 0; seq >= 0; seq--) {
    const text = `number ${String(seq).padStart(9, "0")}`; // the same length, whatever the count
    const payload = sealMessage(secret, { seq, inner: { kind: 0, sent: time, seen: 0, body: utf8(text) }, r32: random(32) });
    used += FRAME_HEAD_BYTES + payload.length;
    if (used > inbox.capacity) break;
    kept.unshift({ seq, text, payload });
  }
  const first = options.count - kept.length;
  let head = logHead0(addressBytes(address), inbox.openSalt);
  for (let seq = 0; seq < options.count; seq++) head = nextLogHead(head, seq, time, kept[seq - first]?.payload ?? new Uint8Array(GONE_PAYLOAD_BYTES).fill(seq));
  await write(rpcUrl, device, { address, inbox, kept: kept.map(({ payload }) => payload), head, first, ...options });
  return kept.map(({ text }) => text);
}

async function write(
  rpcUrl: string, device: RawDevice, parts: { address: Address; inbox: Inbox; kept: readonly Uint8Array[]; head: Uint8Array; first: number; count: number; unread: number },
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
  for (const payload of kept) {
    const frameHead = new DataView(new ArrayBuffer(FRAME_HEAD_BYTES));
    frameHead.setUint16(0, payload.length, true);
    frameHead.setUint32(2, inbox.lastTime, true);
    put(new Uint8Array(frameHead.buffer));
    put(payload);
  }
  data.set(head, AT.head);
  const numbers: [at: number, value: number][] = [[AT.next, count], [AT.first, first], [AT.acknowledged, count - unread], [AT.tail, tail], [AT.used, used]];
  for (const [at, value] of numbers) view.setUint32(at, value, true);
  const answer = await fetch(rpcUrl, {
    method: "POST", headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "surfnet_setAccount", params: [address, { data: Buffer.from(data).toString("hex"), lamports: account.lamports, owner: account.owner.toBase58(), executable: false }] }),
  });
  const { error } = (await answer.json()) as { error?: { message: string } };
  if (error) throw new Error(`the network did not take the account: ${error.message}`);
}
