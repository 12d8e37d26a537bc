/** The outbox of a store under an older root, taken along to the one under the new root: moved, for a copy would be delivered twice. */
import type { SealedStore } from "../store/sealed.js";
import { decodeIds, encodeIds, recordName } from "./log.js";
import { OUTBOX } from "./name.js";

/** True for a record of the outbox: those are left to {@link moveOutbox}. */
export function isOfOutbox(name: string): boolean {
  return name === OUTBOX || name.startsWith("out/") || name.startsWith("lease/");
}

/**
 * A message is delivered from the store that lists it: the new one does once the message has left the older one. Whatever interrupts,
 * the next call goes on: what an older list names and only the new store holds was on its way; what neither holds is settled.
 * @throws PosternError STORE_FAILED
 */
export async function moveOutbox(from: SealedStore, to: SealedStore): Promise<void> {
  for (const id of decodeIds(await from.get(OUTBOX))) {
    const name = recordName(id);
    for (let bytes = await from.get(name); bytes !== undefined; bytes = await from.get(name)) {
      await to.set(name, bytes);
      if (await from.replace(name, bytes, undefined)) break; // else a tab under the older root has changed it
    }
    if ((await to.get(name)) !== undefined) await to.update(OUTBOX, (current) => (decodeIds(current).includes(id) ? current : encodeIds([...decodeIds(current), id])));
    await from.update(OUTBOX, (current) => {
      const left = decodeIds(current).filter((other) => other !== id);
      return left.length === 0 ? undefined : encodeIds(left);
    });
  }
}
