/** One text as Postern and as SPL Memo carry it, on one ledger; the other figures of the comparison follow from the record's other groups. */
import { HANDSHAKE_BYTES, splitHandshake } from "../../sdk/src/crypto/handshake.js";
import { BUCKETS, bucketFor, MESSAGE_OVERHEAD } from "../../sdk/src/crypto/message.js";
import { fitsTransaction } from "../../sdk/src/net/transaction.js";
import { FRAME_HEAD_BYTES, type Instruction } from "../../sdk/src/program/index.js";
import { fill } from "../../tests/program/support/bytes.js";
import { MAX_TRANSACTION_BYTES } from "../../tests/program/support/ledger.js";
import { MEMO } from "../../tests/program/support/matrix/expected.js";
import { activateBundle, createBundle, createProfile, openRequest, post, resize, writeWholeBundle } from "../../tests/program/support/parties.js";
import { personOf, type Person } from "../../tests/program/support/person.js";
import type { World } from "../../tests/program/support/world.js";
import { worldsOf } from "../builds.js";
import type { Figures } from "../figures.js";
import { walkTo } from "../ring-walk.js";

/** Bytes of text. */
export const TEXTS = [32, 256, 800] as const;
/** As many as Dialect's ring keeps. */
export const KEPT_MESSAGES = 27;
/** What a request opens with. */
const RING = 2_048;
/** Keys tried where the program searches for addresses; the lowest counts, as for the peers. */
const SAMPLES = 25;

const newWorld = worldsOf("v0");

export function measurePeers(): Figures {
  return { Postern: measurePostern(), "SPL Memo": measureMemo() };
}

/** Bytes of the payload that a text becomes. */
function payloadBytes(text: number): number {
  const bucket = bucketFor(text);
  if (bucket === undefined) throw new Error(`${text} bytes are no message.`);
  return bucket + MESSAGE_OVERHEAD;
}

function measurePostern(): Figures {
  const sends = TEXTS.map((text): [string, Figures] => {
    const world = newWorld();
    const writer = world.person();
    const chat = world.open({ payer: writer, writer, capacity: RING });
    const { computeUnits, transactionBytes } = sent(world, [post(chat, 0, fill(payloadBytes(text), 1))], writer);
    return [`${text} B`, { "compute units": computeUnits, "wire bytes": transactionBytes }];
  });
  return {
    ...Object.fromEntries(sends),
    "256 B into a full ring": { "compute units": intoFullRing(payloadBytes(256)) },
    "longest text": { "sender pays": longestText(false), "a sponsor pays": longestText(true) },
    "set-up": { "compute units": setUp() },
    "a message that stays": { "account bytes": payloadBytes(256) + FRAME_HEAD_BYTES, [`lamports locked, ring for ${KEPT_MESSAGES}`]: lockedForKept() },
  };
}

function intoFullRing(payload: number): number {
  const world = newWorld();
  const writer = world.person();
  const chat = world.open({ payer: writer, writer, capacity: RING });
  for (const length of walkTo({ wraps: true, evicted: 1 }, payload, RING)) {
    world.post(chat, fill(length, 1));
    world.acknowledge(chat);
  }
  return sent(world, [post(chat, world.inbox(chat).next, fill(payload, 1))], writer).computeUnits;
}

/** The longest text whose bucket fits one transaction. */
function longestText(sponsored: boolean): number {
  const world = newWorld();
  const writer = world.person();
  const chat = world.open({ payer: writer, writer });
  const { transactionBytes } = sent(world, [post(chat, 0, fill(0, 1))], sponsored ? world.person() : writer);
  const bucket = BUCKETS.findLast((bytes) => transactionBytes + bytes + MESSAGE_OVERHEAD <= MAX_TRANSACTION_BYTES);
  if (bucket === undefined) throw new Error("No message fits.");
  let text = bucket;
  while (bucketFor(text) !== bucket) text--;
  return text;
}

/** Two wallets register, and one asks the other: its inbox and the handshake. */
function setUp(): number {
  const world = newWorld();
  const handshake = splitHandshake(new Uint8Array(HANDSHAKE_BYTES));
  const units = Array.from({ length: SAMPLES }, () => {
    const [own, peer] = [world.stranger(), world.stranger()];
    let sum = 0;
    const add = (...instructions: Instruction[]): void => void (sum += world.does(...instructions).computeUnits);
    for (const member of [own, peer]) {
      const [first, second] = writeWholeBundle(member, 0);
      add(createProfile(member), createBundle(member, 0));
      add(first!);
      add(second!, activateBundle(member, 0));
    }
    const chat = world.chat({ payer: own.delegate, writer: own.delegate, capacity: RING });
    add(openRequest(chat, peer), post(chat, 0, handshake[0]));
    add(post(chat, 1, handshake[1]));
    return sum;
  });
  return Math.min(...units);
}

function lockedForKept(): number {
  const world = newWorld();
  const writer = world.person();
  const need = KEPT_MESSAGES * (payloadBytes(256) + FRAME_HEAD_BYTES);
  const opened = Math.min(need, 9_796);
  const chat = world.open({ payer: writer, writer, capacity: opened });
  if (need > opened) world.does(resize(chat, need, 0));
  for (let n = 0; n < KEPT_MESSAGES; n++) world.post(chat, fill(payloadBytes(256), n));
  if (world.inbox(chat).frames.length !== KEPT_MESSAGES) throw new Error("Not all of them were kept.");
  return Number(world.balance(chat.address));
}

/** One text a transaction, or two where it does not fit. */
function measureMemo(): Figures {
  const figuresOf = (text: number): Figures => {
    const world = newWorld();
    const writer = world.person();
    const parts = text <= longestMemo(writer, writer) ? [text] : [Math.ceil(text / 2), Math.floor(text / 2)];
    const total = (signer: Person | undefined) => parts
      .map((part) => sent(world, [memo(part, signer)], writer))
      .reduce((sum, { computeUnits, transactionBytes }) => ({ computeUnits: sum.computeUnits + computeUnits, transactionBytes: sum.transactionBytes + transactionBytes }));
    const { computeUnits, transactionBytes } = total(writer);
    return { "compute units": computeUnits, "compute units, no signer named": total(undefined).computeUnits, "wire bytes": transactionBytes, transactions: parts.length };
  };
  const [sender, sponsor] = [newWorld().person(), personOf("sponsor")];
  return {
    ...Object.fromEntries(TEXTS.map((text): [string, Figures] => [`${text} B`, figuresOf(text)])),
    "longest text": { "sender pays": longestMemo(sender, sender), "a sponsor pays": longestMemo(sender, sponsor) },
  };
}

/** A nonce of 24 B, the text and a tag of 16 B, in base64: SPL Memo takes nothing but UTF-8. Its own client names the signer. */
function memo(text: number, signer: Person | undefined): Instruction {
  const data = new TextEncoder().encode(Buffer.alloc(24 + text + 16, 0xa5).toString("base64"));
  return { programAddress: MEMO, accounts: signer === undefined ? [] : [{ address: signer.address, signer: true, writable: false }], data };
}

function longestMemo(sender: Person, payer: Person): number {
  let text = 0;
  while (fitsTransaction([memo(text + 1, sender)], payer.address)) text++;
  return text;
}

function sent(world: World, instructions: readonly Instruction[], payer: Person): { computeUnits: number; transactionBytes: number } {
  const { error, computeUnits, transactionBytes } = world.send(instructions, payer);
  if (error !== undefined) throw new Error(`Refused: ${error}.`);
  return { computeUnits, transactionBytes };
}
