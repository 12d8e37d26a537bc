/** The kinds of faults, and which call meets which: a pure function of a seed and of the call's number. */
import { sha256 } from "@noble/hashes/sha2.js";

/** Of an answer over HTTP. */
export const HTTP_FAULTS = [
  "dropRequest", // never reaches the network, never answered
  "dropAnswer", // reaches the network, never answered
  "delay",
  "duplicate", // reaches the network twice
  "reorder", // answered after a later one
  "truncate", // the answer breaks off
  "corrupt", // one byte of the answer is another one
  "throttle", // 429 with Retry-After
  "unavailable", // 500, 502, 503 or 504
  "cutRequest", // the connection is closed before the network hears of it
  "cutAnswer", // the connection is closed after that
  "behind", // -32005: the node lags
  "stale", // what the network answered to the same question some time ago
  "forget", // a pruned history: -32020, -32011, nothing
  "retract", // a transaction that the network first shows as processed, and then has never seen
] as const;
/** Of a WebSocket. */
export const SOCKET_FAULTS = ["socketDrop", "socketDelay", "socketDuplicate", "socketReorder", "socketTruncate", "socketCorrupt", "socketCut", "socketRefuse"] as const;

export type HttpFault = (typeof HTTP_FAULTS)[number];
export type SocketFault = (typeof SOCKET_FAULTS)[number];
export type FaultKind = HttpFault | SocketFault;
/** `dice`: 16 bytes that decide everything else about it. */
export type Fault = { readonly kind: FaultKind; readonly dice: Uint8Array };

/** What meets a fault: the nth (from 0) call of a JSON-RPC method, or the nth message or connection of the WebSocket. */
export type Occasion = { readonly what: string; readonly n: number };
export type Schedule = (occasion: Occasion) => Fault | undefined;
/** How many of a hundred thousand occasions meet a fault of a kind. */
export type Rates = Readonly<Partial<Record<FaultKind, number>>>;

/** Messages from the network, and connections, as occasions. */
export const SOCKET_MESSAGE = "WebSocket message";
export const SOCKET_CONNECTION = "WebSocket connection";
const KINDS_OF: Readonly<Record<string, readonly FaultKind[]>> = {
  [SOCKET_MESSAGE]: SOCKET_FAULTS.filter((kind) => kind !== "socketRefuse"),
  [SOCKET_CONNECTION]: ["socketRefuse"],
};
/** Methods that a kind concerns, where not all. */
const METHODS_OF: Readonly<Partial<Record<FaultKind, readonly string[]>>> = {
  forget: ["getSignaturesForAddress", "getTransaction", "getSignatureStatuses"],
  retract: ["sendTransaction"],
};
const OUT_OF = 100_000;

/** True when a fault of this kind can meet the occasion. */
export function concerns(kind: FaultKind, what: string): boolean {
  return (KINDS_OF[what] ?? HTTP_FAULTS).some((known) => known === kind) && (METHODS_OF[kind]?.includes(what) ?? true);
}

/** The schedule of a seed: the same calls meet the same faults each time. */
export function seeded(seed: string, rates: Rates): Schedule {
  const kinds = Object.entries(rates) as [FaultKind, number][];
  return ({ what, n }) => {
    const dice = sha256(new TextEncoder().encode(`${seed}\0${what}\0${n}`));
    let at = new DataView(dice.buffer).getUint32(0) % OUT_OF;
    for (const [kind, rate] of kinds) {
      if (!concerns(kind, what)) continue;
      if (at < rate) return { kind, dice: dice.subarray(16) };
      at -= rate;
    }
    return undefined;
  };
}

/** A fault of this kind for the first `count` occasions that it can meet; only calls of `what`, where that is given. */
export function first(count: number, kind: FaultKind, what?: string): Schedule {
  let met = 0;
  return (occasion) => {
    if (!concerns(kind, occasion.what) || (what !== undefined && occasion.what !== what) || met === count) return undefined;
    met++;
    return { kind, dice: sha256(new TextEncoder().encode(`${kind} ${met}`)).subarray(16) };
  };
}

/** The first schedule that has a fault for an occasion. */
export const either = (...schedules: readonly Schedule[]): Schedule => (occasion) => {
  for (const schedule of schedules) {
    const fault = schedule(occasion);
    if (fault) return fault;
  }
  return undefined;
};

/** A whole number from 0, below `below`, of a fault's dice. */
export function roll({ dice }: Fault, die: number, below: number): number {
  return new DataView(dice.buffer, dice.byteOffset).getUint32(4 * die) % below;
}

/** The text with one character changed into another printable one. */
export function corrupted(text: string, fault: Fault): string {
  const at = roll(fault, 0, text.length);
  const code = 0x20 + ((text.charCodeAt(at) - 0x20 + 1 + roll(fault, 1, 94)) % 95);
  return `${text.slice(0, at)}${String.fromCharCode(code)}${text.slice(at + 1)}`;
}
