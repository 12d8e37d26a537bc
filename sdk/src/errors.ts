/**
 * Every error that Postern throws.
 *
 * Codes are stable and append-only. The message says what to do. No key, signature, passphrase or plaintext is ever put
 * into a message, a context or a cause.
 */

/** Codes that the client itself gives. */
export type ClientErrorCode =
  | "WALLET_NOT_CONNECTED" | "WALLET_CANNOT_SIGN_MESSAGES" | "WALLET_NOT_DETERMINISTIC" | "WALLET_SIGNATURE_INVALID" | "REJECTED_BY_WALLET"
  | "NOT_REGISTERED" | "PEER_NOT_REGISTERED" | "PEER_IS_SELF" | "INVALID_ADDRESS" | "INVALID_ARGUMENT" | "CONTACT_REFUSED" | "POSTAGE_REQUIRED"
  | "DECLINED" | "INBOX_FULL" | "CLOSE_TOO_EARLY" | "TEXT_TOO_LONG" | "INVALID_TEXT" | "NOTHING_TO_SEND"
  | "INSUFFICIENT_FUNDS" | "PROGRAM_NOT_FOUND" | "WRONG_CLUSTER" | "RPC_FAILED" | "TRANSACTION_FAILED" | "TRANSACTION_EXPIRED"
  | "ROOT_HISTORY_UNAVAILABLE" | "INVALID_CURSOR" | "ACCOUNT_INVALID" | "ADDRESS_TAKEN" | "MISSING_SIGNATURE" | "LOCALNET_UNAVAILABLE"
  | "STORE_FAILED" | "ABORTED" | "CLOSED" | "LOCKED"
  | "VAULT_MISSING" | "VAULT_NOT_SAVED" | "ROOT_UNAVAILABLE"
  | "EXPORT_INVALID" | "EXPORT_UNSUPPORTED" | "EXPORT_TOO_LARGE" | "EXPORT_MISPLACED" | "IDENTITY_WRONG"
  | "KEYS_ROTATED" | "UNEXPECTED" | "OUTBOX_BLOCKED" | "OUTCOME_UNKNOWN" | "READ_MARKS_INVALID" | "ENDPOINTS_DISAGREE";

/** Codes of the protocol: one for each check that a frame, bundle, certificate or box can fail. */
export type ProtocolErrorCode =
  | "LOW_ORDER_POINT" | "ROOT_MISMATCH"
  | "BUNDLE_UNSUPPORTED" | "BUNDLE_MISPLACED" | "BUNDLE_INVALID" | "CERTIFICATE_INVALID" | "BUNDLE_EXPIRED" | "KEYS_ROLLED_BACK" | "KEYS_CONFLICT"
  | "OWNER_BOX_INVALID"
  | "HANDSHAKE_INCOMPLETE" | "HANDSHAKE_MALFORMED" | "GENERATION_UNKNOWN" | "STALE_RECIPIENT_KEYS" | "HANDSHAKE_NOT_FOR_ME" | "HANDSHAKE_UNSUPPORTED"
  | "SENDER_NOT_AUTHENTIC" | "STALE_SENDER_KEYS" | "CANNOT_RESUME"
  | "PEER_VIEW_DIFFERS" | "SUITE_UNKNOWN" | "FRAME_UNKNOWN" | "FRAME_MALFORMED" | "KEY_MISMATCH" | "MESSAGE_FORGED" | "PADDING_INVALID"
  | "CONTENT_UNKNOWN" | "REPLY_POINTER_INVALID" | "ANSWER_INVALID" | "HANDSHAKE_UNAVAILABLE"
  | "VAULT_UNSUPPORTED" | "PASSPHRASE_WRONG" | "VAULT_INVALID";

/** Any code; the program's own errors come in the same spelling (`SequenceMismatch` is `SEQUENCE_MISMATCH`). */
export type ErrorCode = ClientErrorCode | ProtocolErrorCode | (string & {});

/**
 * The one error class. Branch on `code`; two copies of the package may coexist, so prefer {@link isPosternError} to
 * `instanceof`.
 *
 * @example
 * ```ts
 * import { isPosternError } from "@postern/sdk";
 *
 * try {
 *   await chat.send("gm");
 * } catch (error) {
 *   if (isPosternError(error, "INSUFFICIENT_FUNDS")) await postern.fund(10_000_000n);
 *   else throw error;
 * }
 * ```
 */
export class PosternError extends Error {
  override readonly name = "PosternError";
  readonly code: ErrorCode;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: { context?: Record<string, unknown>; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.context = Object.freeze({ ...options.context });
  }
}

/** True for an error of Postern's (from any copy of the package), and of this code if one is given. */
export function isPosternError(error: unknown, code?: ErrorCode): error is PosternError {
  return error instanceof Error && error.name === "PosternError" && "code" in error && (code === undefined || error.code === code);
}
