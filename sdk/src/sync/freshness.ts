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
 * Unix time (seconds) from which what stands in an inbox of ours is not our word any more; undefined while its keys are current. One that was
 * opened with keys that had been replaced, and that nobody has answered, never was: peers do not take it for ours either.
 */
export function ownStaleFrom(keyring: Keyring, { generation, openedTime, isAnswered }: { generation: number; openedTime: number; isAnswered: boolean }): number | undefined {
  const endsAt = overlapEndsAt(keyring, generation);
  return endsAt !== undefined && !isAnswered && openedTime >= endsAt - OVERLAP_SECONDS ? 0 : endsAt;
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
