/** Records that cannot be read because they were altered or damaged: one stops no other. */
import { isPosternError } from "../errors.js";
import type { Store } from "./store.js";

/** What work with a record gives, or `instead` where that was altered or damaged: it stops no other. @throws PosternError STORE_FAILED for everything else */
export async function unlessDamaged<T, U>(work: Promise<T>, instead: U): Promise<T | U> {
  try {
    return await work;
  } catch (error) {
    if (isPosternError(error, "STORE_FAILED") && error.context["reason"] === "damaged") return instead;
    throw error;
  }
}

type Change = (current: Uint8Array | undefined) => Uint8Array | undefined;

/** Reads, changes and writes a record that is worth less than what is written next: one that is damaged gives way, as if there were none. @throws PosternError STORE_FAILED */
export async function updateOrReplace(store: Pick<Store, "delete"> & { update(name: string, change: Change): Promise<Uint8Array | undefined> }, name: string, change: Change): Promise<Uint8Array | undefined> {
  const written = await unlessDamaged(store.update(name, change), Symbol("damaged"));
  if (typeof written !== "symbol") return written;
  await store.delete(name);
  return store.update(name, change);
}
