/** How the process ends: see the usage. */
import { isPosternError } from "../errors.js";
import { UsageError } from "./usage.js";

/** There is no keypair file, or what is there is none. */
export class KeypairError extends Error {
  override readonly name = "KeypairError";
}

const NETWORK: readonly string[] = ["RPC_FAILED", "ENDPOINTS_DISAGREE", "WRONG_CLUSTER", "PROGRAM_NOT_FOUND", "TRANSACTION_EXPIRED", "TRANSACTION_FAILED", "LOCALNET_UNAVAILABLE"];
const NOT_NOW: readonly string[] = [
  "NOT_REGISTERED", "PEER_NOT_REGISTERED", "PEER_IS_SELF", "CONTACT_REFUSED", "POSTAGE_REQUIRED", "DECLINED", "INBOX_FULL", "CLOSE_TOO_EARLY",
  "BUNDLE_EXPIRED", "STALE_SENDER_KEYS", "KEYS_ROTATED", "KEYS_ROLLED_BACK", "KEYS_CONFLICT", "ROOT_MISMATCH",
];
const NOT_UNDERSTOOD: readonly string[] = ["INVALID_ADDRESS", "INVALID_ARGUMENT", "INVALID_CURSOR", "INVALID_TEXT", "TEXT_TOO_LONG", "NOTHING_TO_SEND"];

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return 2;
  if (error instanceof KeypairError) return 3;
  if (!isPosternError(error)) return 1;
  if (NOT_UNDERSTOOD.includes(error.code)) return 2;
  if (NETWORK.includes(error.code)) return 4;
  if (NOT_NOW.includes(error.code)) return 5;
  return error.code === "INSUFFICIENT_FUNDS" ? 6 : 1;
}
