/**
 * Which keys of a peer the user of this device has accepted. They are noted with the first change, before the pin moves on, so that the
 * change stands, over restarts and whatever stops the process, until the user accepts what took their place.
 */
import { equal } from "../crypto/index.js";
import type { Address } from "../program/index.js";
import { unlessDamaged } from "../store/damaged.js";
import type { SealedStore } from "../store/sealed.js";

export const pinName = (wallet: Address): string => `pin/${wallet}`;
const acceptedName = (wallet: Address): string => `accepted/${wallet}`;

/** The pin of a wallet is about to be replaced. What was accepted before stays so: of two changes in a row both are unaccepted. @throws PosternError STORE_FAILED */
export async function acceptedBefore(store: SealedStore, wallet: Address, pinned: Uint8Array | undefined): Promise<void> {
  await unlessDamaged(store.update(acceptedName(wallet), (accepted) => accepted ?? pinned), undefined); // a damaged record says that none are accepted
}

/** The pin of a wallet whose keys were replaced since the user accepted any; undefined for all others. @throws PosternError STORE_FAILED */
export async function unacceptedKeys(store: SealedStore, wallet: Address): Promise<Uint8Array | undefined> {
  const read = (name: string): Promise<Uint8Array | undefined> => unlessDamaged(store.get(name), new Uint8Array(0)); // nobody knows that they are accepted
  const accepted = await read(acceptedName(wallet));
  if (accepted === undefined) return undefined;
  const pinned = await read(pinName(wallet));
  return pinned === undefined || (pinned.length > 0 && equal(accepted, pinned)) ? undefined : pinned;
}

/** The user has accepted the keys of that pin: those that came later are told all the same. @throws PosternError STORE_FAILED */
export async function acceptKeys(store: SealedStore, wallet: Address, pinned: Uint8Array): Promise<void> {
  await store.set(acceptedName(wallet), pinned);
}
