/**
 * What a device remembers, taken along to a new root: the store's secret follows from the root, so without this a rotation would leave
 * every pin, read mark and kept message behind, and an endpoint could go back to keys that this device has seen replaced.
 *
 * The store under the new root notes the secrets of those under older ones, sealed like all its records. That note is on disk before
 * the first record is copied, so whatever interrupts, the next `connect` goes on; merging is repeatable, and moves nothing back. For
 * {@link KEPT_SECONDS} the older records stay, for other tabs still work with them, and what these add is taken along by the next
 * `connect`; then they are removed, but for the pin of this wallet's own newest keys. That one stops a session that is made to unlock
 * the older root again by an endpoint that shows the ledger of before.
 */
import { concat, equal, readU32, sha256, u32, utf8, type Pin } from "../crypto/index.js";
import { isPosternError } from "../errors.js";
import { isOfOutbox, moveOutbox } from "../outbox/move.js";
import { unlessDamaged } from "../store/damaged.js";
import type { SealedStore } from "../store/sealed.js";
import { mergeBlockRecords, mergeIndexRecords } from "../sync/archive-records.js";
import { nowSeconds, type Context } from "../sync/context.js";
import { OVERLAP_SECONDS } from "../sync/freshness.js";
import { decodePin, PeerKeys, pinKeys } from "../sync/peer-keys.js";
import { OLDER_STORES } from "./device.js";
import { furthestMark } from "./read-marks.js";

/** As long as sessions under the older keys have to end. */
const KEPT_SECONDS = OVERLAP_SECONDS;
const SECRET_BYTES = 32;
const NOTE_BYTES = 4 + SECRET_BYTES;

/** An older store: until when it is kept (Unix seconds) and its secret; 0 and a hash of its secret once it is done with. */
type Note = { readonly until: number; readonly bytes: Uint8Array };
/** What stands after a record was taken along; what is given as `current` leaves it as it is. */
type Merge = (current: Uint8Array | undefined, older: Uint8Array) => Uint8Array | undefined;

/** By the first part of a record's name. Of a kind that is not here, what the new root has stays. */
const MERGES: ReadonlyMap<string, Merge> = new Map([["pin", newerPin], ["accepted", newerPin], ["read", furthestMark], [OLDER_STORES, mergeNotes], ["archive", mergeIndexRecords], ["log", mergeBlockRecords]]);

/**
 * Copies what this device remembers to the store under a new root's secret (32 bytes), before that root's keys are activated. Both
 * stores are whole afterwards: whichever root the ledger names, its store is there.
 * @throws PosternError STORE_FAILED, LOCKED
 */
export async function prepareStore({ store }: Context, secret: Uint8Array): Promise<void> {
  const next = store.under(secret);
  try {
    await note(next, store.secret(), true);
    await copy(store, next);
  } finally {
    next.wipe();
  }
}

/**
 * Goes on with the store under the new root once its keys are activated, those of `generation`, with what was remembered since as well.
 * @throws PosternError LOCKED
 */
export async function moveStore(context: Context, secret: Uint8Array, generation: number): Promise<void> {
  await context.store.moveTo(secret);
  try {
    await carryOver(context, { older: [], generation });
  } catch (error) {
    if (!isPosternError(error, "STORE_FAILED")) throw error; // what was written since the first copy follows with the next connect
  }
}

/**
 * Takes along what lies under older secrets: those noted in the store, and those given (32 bytes each), which are noted if anything
 * is there. `generation`: of this wallet's current keys, once they are published.
 * @throws PosternError STORE_FAILED, LOCKED
 */
export async function carryOver(context: Context, { older, generation }: { older: readonly Uint8Array[]; generation: number | undefined }): Promise<void> {
  const { store } = context;
  const own = store.secret();
  for (const secret of older) if (!equal(secret, own) && (await holdsAnything(store, secret))) await note(store, secret.slice(), false);
  own.fill(0);
  const done = new Set<string>();
  // Copying may bring notes of still older stores.
  for (let next = await openNote(store, done); next !== undefined; next = await openNote(store, done)) {
    done.add(next.bytes.join());
    const from = store.under(next.bytes);
    try {
      await copy(from, store);
      await moveOutbox(from, store);
      if ((await fence(context, from, generation)) && nowSeconds() >= next.until) {
        await remove(from, store, `pin/${context.wallet}`);
        await store.update(OLDER_STORES, (current) => mergeNotes(current, encodeNotes([{ until: 0, bytes: idOf(next.bytes) }])));
      }
    } finally {
      from.wipe();
      next.bytes.fill(0);
    }
  }
}

async function openNote(store: SealedStore, done: ReadonlySet<string>): Promise<Note | undefined> {
  return decodeNotes(await store.get(OLDER_STORES)).find(({ until, bytes }) => until > 0 && !done.has(bytes.join()));
}

/** Notes an older store, unless it is done with; wipes the secret. `again`: the time that it is kept begins anew if it was noted before. */
async function note(store: SealedStore, secret: Uint8Array, again: boolean): Promise<void> {
  const id = idOf(secret);
  const added = encodeNotes([{ until: nowSeconds() + KEPT_SECONDS, bytes: secret }]);
  secret.fill(0);
  await store.update(OLDER_STORES, (current) => {
    const isNoted = decodeNotes(current).some(({ until, bytes }) => equal(until === 0 ? bytes : idOf(bytes), id));
    return isNoted && !again ? current : mergeNotes(current, added);
  });
}

async function holdsAnything(store: SealedStore, secret: Uint8Array): Promise<boolean> {
  const from = store.under(secret);
  try {
    return (await from.keys("")).length > 0;
  } finally {
    from.wipe();
  }
}

async function copy(from: SealedStore, to: SealedStore): Promise<void> {
  for (const name of await from.keys("")) if (!isOfOutbox(name)) await copyRecord(from, to, name);
}

/** @returns the older record, undefined where there is none or it does not open */
async function copyRecord(from: SealedStore, to: SealedStore, name: string): Promise<Uint8Array | undefined> {
  const older = await unlessDamaged(from.get(name), DAMAGED);
  const merge = MERGES.get(name.split("/", 1)[0] ?? "") ?? ((current, value) => current ?? value);
  // A damaged record is damaged at the new place too: empty, which no reader of it takes for absent.
  if (older !== undefined) await unlessDamaged(to.update(name, (current) => merge(current, typeof older === "symbol" ? new Uint8Array(0) : older)), DAMAGED);
  return typeof older === "symbol" ? undefined : older;
}

/** Removes what was taken along; what is changed meanwhile is taken along once more. */
async function remove(from: SealedStore, to: SealedStore, but: string): Promise<void> {
  for (const name of await from.keys("")) {
    if (name === but || isOfOutbox(name)) continue;
    for (;;) {
      const older = await copyRecord(from, to, name);
      if (older === undefined) await from.delete(name);
      if (older === undefined || (await from.replace(name, older, undefined))) break;
    }
  }
}

/**
 * Pins this wallet's current keys in an older store: whoever is made to unlock that one again has seen newer keys than those. True
 * when they stand there.
 */
async function fence(context: Context, from: SealedStore, generation: number | undefined): Promise<boolean> {
  if (generation === undefined) return false;
  try {
    const own = await new PeerKeys(context).at(context.wallet, generation);
    if (own) await pinKeys({ ...context, store: from, emit: () => undefined }, context.wallet, own);
    return own !== undefined;
  } catch (error) {
    if (isPosternError(error)) return false; // perhaps next time: until then nothing is removed
    throw error;
  }
}

/** One record that does not open stops no other: whoever needs it is told. */
const DAMAGED = Symbol("damaged");

/** A pin that cannot be read stays so, and gives way to one that can only where it was taken along as damaged. */
function newerPin(current: Uint8Array | undefined, older: Uint8Array): Uint8Array {
  const [pinned, seen] = [current && readablePin(current), readablePin(older)];
  if (current === undefined || (current.length === 0 && seen)) return older;
  if (pinned === undefined || seen === undefined) return current;
  return (seen.validFrom - pinned.validFrom || seen.generation - pinned.generation) > 0 ? older : current;
}

function readablePin(bytes: Uint8Array): Pin | undefined {
  try {
    return decodePin(bytes, "pin");
  } catch (error) {
    if (!isPosternError(error)) throw error;
    return undefined;
  }
}

/** Each older store once: done with if one side says so, else for as long as was noted first, and no longer than anyone keeps one. */
function mergeNotes(current: Uint8Array | undefined, older: Uint8Array): Uint8Array | undefined {
  const notes = new Map<string, Note>();
  const latest = nowSeconds() + KEPT_SECONDS;
  for (const { until, bytes } of [...decodeNotes(current), ...decodeNotes(older)]) {
    const id = (until === 0 ? bytes : idOf(bytes)).join();
    const known = notes.get(id);
    if (known === undefined || (known.until > 0 && until === 0)) notes.set(id, { until: Math.min(until, latest), bytes });
  }
  const merged = encodeNotes([...notes.values()]);
  return current !== undefined && equal(current, merged) ? current : merged;
}

const idOf = (secret: Uint8Array): Uint8Array => sha256(utf8("older store"), secret);

const encodeNotes = (notes: readonly Note[]): Uint8Array => concat(...notes.flatMap(({ until, bytes }) => [u32(until), bytes]));

/** A list that cannot be read names no store: what it named is found again where an older root is unlocked. */
function decodeNotes(stored: Uint8Array | undefined): Note[] {
  if (stored === undefined || stored.length % NOTE_BYTES !== 0) return [];
  return Array.from({ length: stored.length / NOTE_BYTES }, (_, i) => ({ until: readU32(stored, i * NOTE_BYTES), bytes: stored.slice(i * NOTE_BYTES + 4, (i + 1) * NOTE_BYTES) }));
}
