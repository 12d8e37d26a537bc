/** How long superseded keys may still be written to. */
import { PosternError } from "../errors.js";
import type { Keyring } from "./keyring.js";

/** After a rotation, inboxes opened to the old generation are still read for seven days. */
export const OVERLAP_SECONDS = 7 * 86_400;

/** Unix time (seconds) at which the overlap behind a generation of ours ends; undefined while none has followed it. */
export function overlapEndsAt(keyring: Keyring, generation: number): number | undefined {
  const successor = keyring.generations.map((k) => (k > generation ? keyring.bundle(k) : undefined)).find((bundle) => bundle !== undefined);
  return successor && successor.card.validFrom + OVERLAP_SECONDS;
}

/**
 * @throws PosternError STALE_RECIPIENT_KEYS when the inbox was opened to a generation of ours a week or more after its
 * successor became valid.
 */
export function checkRecipientFreshness(keyring: Keyring, generation: number, openedTime: number): void {
  if (openedTime >= (overlapEndsAt(keyring, generation) ?? Infinity)) {
    throw new PosternError("STALE_RECIPIENT_KEYS", "This was sent to keys that were replaced over a week before. The sender must fetch the current ones and open again.", { context: { generation } });
  }
}
