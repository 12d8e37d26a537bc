/** What a failed call means: whether to ask again, and when. */

/** JSON-RPC errors that the same question will get again (JSON-RPC 2.0, section 5.1; Agave's `rpc-client-api`, `custom_error.rs`). */
const DEFINITE_CODES: ReadonlySet<number> = new Set([
  -32_600, -32_601, -32_602, // the request, its method or its parameters
  -32_002, -32_003, // a transaction that fails, or whose signature does
  -32_010, -32_011, -32_013, // accounts that are not indexed, history that is not kept, signatures of another length
  -32_015, // a transaction of a version that the client does not read
  -32_020, // a signature to page from that the endpoint does not know
]);
/** Client errors (RFC 9110, section 15.5) that pass: timeout, too early, too many requests. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);
/** Some providers say by this JSON-RPC code that there were too many requests. */
const RATE_LIMITED_CODES: ReadonlySet<number> = new Set([429, -32_429]);
/** An endpoint that throttles without saying for how long. */
const THROTTLED_MS = 250;
/** However long an endpoint asks to be left alone. */
const MAX_RETRY_AFTER_MS = 60_000;

const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 2_000;

/** An HTTP status that is no answer. */
export class StatusError extends Error {
  readonly status: number;
  /** What the endpoint asks for in Retry-After. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, retryAfterMs: number | undefined) {
    super(`${status} from the RPC endpoint`);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** `isPassing`: asking again may help. `throttledMs`: the endpoint wants to be left alone for so long. */
export type Verdict = { readonly isPassing: boolean; readonly throttledMs: number | undefined };

/** Reads StatusErrors, and those that web3.js throws: JSON-RPC errors with their `code`, statuses at the beginning of a message. */
export function judge(cause: unknown): Verdict {
  const code = numberAt(cause, "code");
  const status = numberAt(cause, "status") ?? statusIn(cause);
  const isThrottled = status === 429 || (code !== undefined && RATE_LIMITED_CODES.has(code));
  const asked = numberAt(cause, "retryAfterMs");
  const throttledMs = asked ?? (isThrottled ? THROTTLED_MS : undefined);
  const isDefinite = (code !== undefined && DEFINITE_CODES.has(code)) || (status !== undefined && status >= 400 && status < 500 && !PASSING_STATUSES.has(status));
  return { isPassing: !isDefinite, throttledMs };
}

/** After so many tries: anywhere below a limit that doubles each time ("full jitter"), so that clients do not come back all at once. */
export function pauseMs(tried: number): number {
  return Math.random() * Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tried - 1));
}

/** Milliseconds that a Retry-After asks for (RFC 9110, section 10.2.3: seconds, or a date); undefined for none, or nonsense. */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  const ms = /^\d+$/u.test(text) ? Number(text) * 1_000 : Date.parse(/^[A-Z][a-z]{2}/u.test(text) ? text : "") - nowMs; // of a date, its weekday first
  return Number.isNaN(ms) ? undefined : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, ms));
}

function numberAt(cause: unknown, name: string): number | undefined {
  const value: unknown = typeof cause === "object" && cause !== null ? Reflect.get(cause, name) : undefined;
  return typeof value === "number" ? value : undefined;
}

function statusIn(cause: unknown): number | undefined {
  const status = cause instanceof Error ? /^([1-5]\d\d) /u.exec(cause.message)?.[1] : undefined;
  return status === undefined ? undefined : Number(status);
}
