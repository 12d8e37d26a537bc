/** What the figures of docs/SCALING.md rest on, each with its reason; all of it stands on the page. */
export type Assumption = { readonly value: number; readonly means: string; readonly why: string };

/** How people use it. */
export const USE = {
  conversations: { value: 10, means: "conversations of a wallet, in each of which it writes one inbox", why: "assumed" },
  messagesADay: { value: 20, means: "messages that a wallet writes in a day", why: "assumed" },
  acknowledgementsAMessage: { value: 0.25, means: "acknowledgements of their own transaction, for each message", why: "assumed; the SDK sends them with the next reply, or alone when half of the ring has been read" },
  requestsAWeek: { value: 1, means: "requests that a wallet sends in a week", why: "assumed" },
  peak: { value: 5, means: "the busiest second, in average seconds", why: "assumed" },
  onlineShare: { value: 0.1, means: "share of wallets whose client is open at once", why: "assumed" },
  callsALook: { value: 1, means: "calls of an endpoint for one look at all conversations", why: "one for every 100 addresses: the wallet's own inboxes and profile, and its peers'; what has changed is read by one more" },
  bytesALook: { value: 280, means: "bytes of an answer for each account that is looked at", why: "84 bytes that tell of a change, and what JSON-RPC writes around them; an inbox of each side and a profile for each conversation" },
  secondsBetweenLooks: { value: 5, means: "seconds between looks while notifications arrive", why: "sdk/src/client/pulse.ts; one second without notifications" },
} as const satisfies Record<string, Assumption>;

/** What the cluster allows: mainnet's limits in November 2026, for the page alone; a client asks the cluster. Cost units are Agave's `cost-model`. */
export const CLUSTER = {
  slotSeconds: { value: 0.2, means: "seconds of a slot", why: "mainnet since October 2026" },
  unitsABlock: { value: 50_000_000, means: "cost units of a block", why: "Agave, `runtime/src/slot_params.rs`, for slots of 200 ms" },
  unitsAnAccount: { value: 20_000_000, means: "cost units of a block that may write one account: 40 % (SIMD-0306)", why: "the same" },
  newBytesABlock: { value: 50_000_000, means: "bytes of new account data in a block", why: "the same" },
  unitsASignature: { value: 720, means: "cost units of a signature", why: "Agave, `cost-model`" },
  unitsALock: { value: 300, means: "cost units of a writable account", why: "the same" },
  bytesAUnit: { value: 4, means: "bytes of instruction data for one cost unit", why: "the same" },
  unitsALoadedPage: { value: 8, means: "cost units of every 32 KiB that a transaction loads", why: "the same; the program and the accounts of a post take four pages" },
  pagesLoaded: { value: 4, means: "pages of 32 KiB that a transaction of the program loads", why: "the program's binary of 67 kB and an inbox" },
  lamportsAByte: { value: 5_080, means: "lamports of rent for a byte, 128 bytes for each account added", why: "mainnet since autumn 2026" },
  lamportsASignature: { value: 5_000, means: "lamports of a signature, without priority fees", why: "mainnet" },
  unitsATransaction: { value: 1_400_000, means: "the most compute units of one transaction", why: "mainnet" },
} as const satisfies Record<string, Assumption>;
