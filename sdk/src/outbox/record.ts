/** One message of the outbox as the store keeps it, until it is finalized. */
import { fromHex, toHex } from "../crypto/index.js";
import { PosternError } from "../errors.js";
import type { Address } from "../program/index.js";
import type { SignedFrame } from "../send/draft.js";
import type { SentMessage } from "../send/sent.js";
import { storeFailed } from "../store/store.js";

/**
 * queued: nothing was signed yet; sent: a transaction was, and may be on its way; confirmed: it stands on the ledger; finalized: for
 * good; failed: it does not, and will not without `retry()`.
 */
export type OutgoingStatus = "queued" | "sent" | "confirmed" | "finalized" | "failed";

export type OutboxRecord = {
  readonly id: string;
  readonly peer: Address;
  /** `kind` and `body` as the protocol's message kinds define them. */
  readonly kind: number;
  readonly body: Uint8Array;
  /** Unix milliseconds. */
  readonly queuedAtMs: number;
  readonly maxPostageLamports: bigint;
  readonly status: OutgoingStatus;
  /** Every frame that was ever signed, the last one last: each is recognised wherever it turns up. */
  readonly frames: readonly SignedFrame[];
  /** Once it is confirmed. */
  readonly sent?: SentMessage;
  /** When it failed. */
  readonly failure?: Failure;
};

export type Failure = { readonly code: string; readonly message: string; readonly context: Readonly<Record<string, unknown>> };

const VERSION = 1;

/** JSON, with bytes as `{ $x: hex }` and lamports as `{ $n: decimal }`. */
export function encodeRecord(record: OutboxRecord): Uint8Array {
  const text = JSON.stringify({ version: VERSION, ...record }, (_, value: unknown) => {
    if (value instanceof Uint8Array) return { $x: toHex(value) };
    return typeof value === "bigint" ? { $n: String(value) } : value;
  });
  return new TextEncoder().encode(text);
}

/** What {@link encodeRecord} gave; the seal around it has shown that nobody else wrote it. @throws PosternError STORE_FAILED for another version's */
export function decodeRecord(bytes: Uint8Array): OutboxRecord {
  const { version, ...record } = JSON.parse(new TextDecoder().decode(bytes), (_, value: unknown) => {
    if (typeof value !== "object" || value === null) return value;
    if ("$x" in value && typeof value.$x === "string") return fromHex(value.$x);
    return "$n" in value && typeof value.$n === "string" ? BigInt(value.$n) : value;
  }) as OutboxRecord & { version: number };
  if (version !== VERSION) throw storeFailed("A message in the outbox was put there by another version of the SDK. Send it with that one.", { reason: "damaged", key: "outbox" });
  return record;
}

export function failureOf({ code, message, context }: PosternError): Failure {
  return { code, message, context: { ...context } };
}

export function errorOf({ code, message, context }: Failure): PosternError {
  return new PosternError(code, message, { context: { ...context } });
}
