/**
 * The outbox in the store: `outbox` names the messages of all conversations in the order in which they were put there, `out/<id>`
 * holds each of them. Every change of a message compares what it changes, so that of several tabs or processes that work on the same
 * one, those that come too late change nothing.
 */
import { bytesToHex, randomBytes } from "@noble/hashes/utils.js";
import { fromHex } from "../crypto/index.js";
import type { SealedStore } from "../store/sealed.js";
import { OUTBOX } from "./name.js";
import { decodeRecord, encodeRecord, type OutboxRecord } from "./record.js";

const ID_BYTES = 8;

/** A message with the bytes that stand for it in the store. */
export type Stored = { readonly record: OutboxRecord; readonly bytes: Uint8Array };

/** Name of the record that holds a message. */
export const recordName = (id: string): string => `out/${id}`;

export class OutboxLog {
  readonly #store: SealedStore;

  constructor(store: SealedStore) {
    this.#store = store;
  }

  /** The ids of all messages, oldest first. */
  async ids(): Promise<string[]> {
    return decodeIds(await this.#store.get(OUTBOX));
  }

  /** Undefined for one that is settled, or was cancelled. */
  async read(id: string): Promise<Stored | undefined> {
    const bytes = await this.#store.get(recordName(id));
    return bytes && { record: decodeRecord(bytes), bytes };
  }

  /** Once this resolves, the message survives the process. Killed before, it may be there without a name, or not at all: then it is never sent. */
  async append(message: Omit<OutboxRecord, "id">): Promise<Stored> {
    const id = bytesToHex(randomBytes(ID_BYTES));
    const record = { id, ...message };
    const bytes = encodeRecord(record);
    await this.#store.set(recordName(id), bytes);
    await this.#store.update(OUTBOX, (current) => encodeIds([...decodeIds(current), id]));
    return { record, bytes };
  }

  /** Undefined, and nothing is changed, where the message is no longer as it was. */
  async change({ record, bytes }: Stored, to: Partial<OutboxRecord>): Promise<Stored | undefined> {
    const changed = { ...record, ...to };
    const next = encodeRecord(changed);
    return (await this.#store.replace(recordName(record.id), bytes, next)) ? { record: changed, bytes: next } : undefined;
  }

  /** False, and nothing is changed, where the message is no longer as it was. */
  async cancel({ record, bytes }: Stored): Promise<boolean> {
    if (!(await this.#store.replace(recordName(record.id), bytes, undefined))) return false;
    await this.#forget([record.id]);
    return true;
  }

  /** Takes settled messages out. A name whose message is gone already, as when the process was killed here, is taken out as well. */
  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    for (const id of ids) await this.#store.delete(recordName(id));
    await this.#forget(ids);
  }

  async #forget(ids: readonly string[]): Promise<void> {
    await this.#store.update(OUTBOX, (current) => {
      const left = decodeIds(current).filter((id) => !ids.includes(id));
      return left.length === 0 ? undefined : encodeIds(left);
    });
  }
}

export function encodeIds(ids: readonly string[]): Uint8Array {
  return fromHex(ids.join(""));
}

export function decodeIds(bytes: Uint8Array | undefined): string[] {
  const found: string[] = [];
  for (let at = 0; bytes !== undefined && at < bytes.length; at += ID_BYTES) found.push(bytesToHex(bytes.subarray(at, at + ID_BYTES)));
  return found;
}
