/** Transactions that lose against another one that was quicker: read again, then do what is right now. */
import type { PosternError } from "../errors.js";

/** Another transaction got there first. */
const RACES: readonly string[] = ["SEQUENCE_MISMATCH", "ADDRESS_TAKEN", "NOT_A_REQUEST", "NOT_OPEN", "BAD_ACKNOWLEDGE"];
/** The program's view, newer than ours, of what is checked before sending as well. */
const NEWER_VIEWS: readonly unknown[] = ["InboxFull", "PostageTooHigh"];

/** True when what stood in the way is another transaction that was quicker. */
export function isRace(error: PosternError): boolean {
  const closedMeanwhile = error.code === "ACCOUNT_INVALID" && error.context["instruction"] !== undefined;
  return closedMeanwhile || RACES.includes(error.code) || NEWER_VIEWS.includes(error.context["programError"]);
}
