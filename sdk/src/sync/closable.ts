/** When an inbox may be closed (the program's rule). */
import type { Inbox } from "../program/index.js";

/** An unanswered request locks its rent this long, so that spam does. */
const REQUEST_HOLD_SECONDS = 14 * 86_400;
/** After this long without a post, an open inbox may be closed though something is unread. */
const SILENCE_SECONDS = 30 * 86_400;

/** Unix time (seconds) from which the program lets an inbox be closed by its writer; 0 for at once. */
export function closableAt(inbox: Inbox): number {
  if (inbox.state === "declined") return 0;
  if (inbox.state === "request") return inbox.openedTime + REQUEST_HOLD_SECONDS;
  return inbox.acknowledged === inbox.next ? 0 : inbox.lastTime + SILENCE_SECONDS;
}
