/**
 * Read marks on their way from one device of a wallet to another, by whatever way the app has. Sealed under the store's secret, which
 * every device of the wallet derives, so that the way learns how many there are in steps, and can at most hold them back: merging
 * moves no mark back.
 *
 * Version 1 · for each conversation its wallet 32 · length u16 · mark.
 */
import { concat, readU16, toBase58, u16, u8 } from "../crypto/index.js";
import { PosternError } from "../errors.js";
import { addressBytes, type Address } from "../program/index.js";
import { unlessDamaged, updateOrReplace } from "../store/damaged.js";
import type { SealedStore } from "../store/sealed.js";
import type { Session } from "./session.js";
import { furthestMark, MARKS, markName } from "./read-marks.js";

const VERSION = 1;
/** None of the names of records. */
const NAME = "carried marks";
const HEADER_BYTES = 34;

/** @throws PosternError STORE_FAILED, LOCKED */
export async function exportReadMarks(store: SealedStore): Promise<Uint8Array> {
  const entries: Uint8Array[] = [];
  for (const name of await store.keys(MARKS)) {
    const mark = await unlessDamaged(store.get(name), undefined);
    if (mark) entries.push(addressBytes(name.slice(MARKS.length)), u16(mark.length), mark);
  }
  return store.seal(NAME, concat(u8(VERSION), ...entries));
}

/** @throws PosternError READ_MARKS_INVALID, STORE_FAILED, LOCKED */
export async function importReadMarks(session: Session, marks: Uint8Array): Promise<void> {
  const { store } = session.send.context;
  const opened = marks instanceof Uint8Array ? store.open(NAME, marks) : undefined;
  for (const [peer, mark] of opened ? entriesOf(opened) : refuse()) {
    await session.exclusive(`read ${peer}`, async () => void (await updateOrReplace(store, markName(peer), (current) => furthestMark(current, mark))));
  }
}

function entriesOf(bytes: Uint8Array): [Address, Uint8Array][] {
  const entries: [Address, Uint8Array][] = [];
  if (bytes[0] !== VERSION) refuse();
  for (let at = 1; at < bytes.length;) {
    const end = at + HEADER_BYTES + (at + HEADER_BYTES <= bytes.length ? readU16(bytes, at + HEADER_BYTES - 2) : 0);
    if (at + HEADER_BYTES > bytes.length || end > bytes.length) refuse();
    entries.push([toBase58(bytes.subarray(at, at + 32)), bytes.slice(at + HEADER_BYTES, end)]);
    at = end;
  }
  return entries;
}

function refuse(): never {
  throw new PosternError("READ_MARKS_INVALID", "These are no read marks of this wallet under its current root. Export them anew on a device that has connected since, and pass the bytes as they are.");
}
