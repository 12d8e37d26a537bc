/**
 * The handshake of an inbox whose ring has let go of it, from the transactions that posted it. Only needed for crossed
 * requests on a device that comes later: an inbox that answers keeps the thread in its owner box.
 */
import { equal, joinHandshake, readU32 } from "../crypto/index.js";
import { DISCRIMINATOR, type Address, type Inbox } from "../program/index.js";
import type { Context } from "./context.js";
import { instructionsOf } from "./posts.js";

const PAGE = 1_000;
/** Longer histories than this are left alone: 20,000 transactions. */
const MAX_PAGES = 20;
/** The opening is among the oldest transactions, unless strangers have named the address before. */
const MAX_LOOKED_AT = 200;
/** `open_request`: discriminator 1, index 4, capacity 4, flags 1, salt 16. */
const SALT_AT = 10;
const OPENING_BYTES = 26;
/** `post`: discriminator 1, sequence number 4, length 4, payload. */
const POST_HEAD_BYTES = 9;

/**
 * The 1,410 bytes of the handshake, or undefined where the endpoint's history does not reach back to this life's opening.
 * What it says is hostile until `respond` has verified it.
 * @throws PosternError RPC_FAILED, HANDSHAKE_MALFORMED
 */
export async function handshakeFromHistory(context: Context, address: Address, inbox: Inbox): Promise<Uint8Array | undefined> {
  const frames: Uint8Array[] = [];
  let begun = false; // earlier lives of the address come first
  for (const signature of (await allSignatures(context, address)).slice(0, MAX_LOOKED_AT)) {
    const transaction = await context.rpc.transaction(signature);
    if (transaction === null) continue;
    for (const { program, accounts, data } of instructionsOf(transaction)) {
      if (program !== context.program) continue;
      if (data[0] === DISCRIMINATOR.openRequest && accounts[2] === address) {
        begun = data.length >= OPENING_BYTES && equal(data.subarray(SALT_AT, OPENING_BYTES), inbox.openSalt);
      } else if (begun && data[0] === DISCRIMINATOR.post && accounts[1] === address && data.length >= POST_HEAD_BYTES) {
        if (readU32(data, 1) === frames.length) frames.push(data.slice(POST_HEAD_BYTES, POST_HEAD_BYTES + readU32(data, 5)));
      }
    }
    const [first, second] = frames;
    if (first && second) return joinHandshake(first, second);
  }
  return undefined;
}

/** Oldest first. */
async function allSignatures(context: Context, address: Address): Promise<string[]> {
  const found: string[] = [];
  for (let page = 0, before: string | undefined; page < MAX_PAGES; page++) {
    const batch = await context.rpc.signatures(address, { limit: PAGE, ...(before !== undefined && { before }) });
    found.push(...batch.filter(({ err }) => err === null).map(({ signature }) => signature));
    if (batch.length < PAGE) break;
    before = batch.at(-1)?.signature;
  }
  return found.reverse();
}
