/** From what was simulated and assumed to what many wallets come to. */
import { CLUSTER, USE } from "./assumptions.js";

/** Of one wallet's accounts, and of the program's instructions: from the benchmark's record. */
export type Measured = {
  readonly profileBytes: number;
  readonly bundleBytes: number;
  /** A request's inbox, and an answer's. */
  readonly inboxBytes: readonly [request: number, answer: number];
  readonly units: { readonly post: number; readonly acknowledge: number; readonly request: number };
  readonly payloadBytes: number;
};

const DAY = 86_400;
const ADDED = 128;
const of = (name: keyof typeof CLUSTER): number => CLUSTER[name].value;

/** What a block's limits count for a transaction with one signature. */
export const costUnits = (computeUnits: number, writable: number, dataBytes: number): number =>
  of("unitsASignature") + writable * of("unitsALock") + Math.floor(dataBytes / of("bytesAUnit")) + computeUnits + of("unitsALoadedPage") * of("pagesLoaded");

/** Bytes of instruction data; a post's payload comes on top. */
export const DATA_BYTES = { post: 9, acknowledge: 5, request: 186 } as const;

/** Fee payer and inbox are written; an opening writes the profile as well. */
export function transactionCosts({ units, payloadBytes }: Measured): { post: number; acknowledge: number; request: number } {
  return {
    post: costUnits(units.post, 2, payloadBytes + DATA_BYTES.post),
    acknowledge: costUnits(units.acknowledge, 2, DATA_BYTES.acknowledge),
    request: costUnits(units.request, 3, DATA_BYTES.request),
  };
}

export type Estimate = {
  readonly wallets: number; readonly accounts: number; readonly gigabytes: number; readonly sol: number;
  readonly transactionsASecond: number; readonly shareOfBlocks: number; readonly feesSolADay: number;
  readonly callsASecond: number; readonly megabytesASecond: number; readonly scanGigabytes: number; readonly profileBytes: number;
};

export function estimate(measured: Measured, wallets: number): Estimate {
  const { conversations, messagesADay, acknowledgementsAMessage, requestsAWeek, peak, onlineShare, callsALook, bytesALook, secondsBetweenLooks } = USE;
  const inboxBytes = (conversations.value * (measured.inboxBytes[0] + measured.inboxBytes[1])) / 2;
  const bytes = measured.profileBytes + measured.bundleBytes + inboxBytes;
  const accounts = 2 + conversations.value;
  const costs = transactionCosts(measured);
  const perDay = { post: messagesADay.value, acknowledge: messagesADay.value * acknowledgementsAMessage.value, request: requestsAWeek.value / 7 };
  const unitsADay = perDay.post * costs.post + perDay.acknowledge * costs.acknowledge + perDay.request * costs.request;
  const transactionsADay = perDay.post + perDay.acknowledge + perDay.request;
  const looksASecond = (wallets * onlineShare.value) / secondsBetweenLooks.value;
  return {
    wallets,
    accounts: wallets * accounts,
    gigabytes: (wallets * bytes) / 1e9,
    sol: (wallets * (bytes + ADDED * accounts) * of("lamportsAByte")) / 1e9,
    transactionsASecond: (wallets * transactionsADay * peak.value) / DAY,
    shareOfBlocks: (wallets * unitsADay * peak.value * of("slotSeconds")) / DAY / of("unitsABlock"),
    feesSolADay: (wallets * transactionsADay * of("lamportsASignature")) / 1e9,
    callsASecond: looksASecond * callsALook.value,
    megabytesASecond: (looksASecond * 3 * conversations.value * bytesALook.value) / 1e6,
    scanGigabytes: (wallets * bytes) / 1e9,
    profileBytes: measured.profileBytes,
  };
}

/** What one account can take in a second, whatever the number of wallets; and what it costs to take all of that away from others. */
export function ceilings(measured: Measured, requestRentLamports: number) {
  const { post, acknowledge, request } = transactionCosts(measured);
  const perSecond = (units: number): number => Math.floor(of("unitsAnAccount") / units) / of("slotSeconds");
  const filling = Math.ceil(of("unitsAnAccount") / of("unitsATransaction")) / of("slotSeconds");
  return {
    postsASecond: perSecond(post),
    acknowledgementsASecond: perSecond(acknowledge),
    requestsASecond: perSecond(request),
    /** Open requests until the recipient's profile takes no more in any block. */
    floodSolASecond: (perSecond(request) * (requestRentLamports + of("lamportsASignature"))) / 1e9,
    /** Name the account writable in transactions that use up all that a block grants it: base fees alone. */
    lockSolAnHour: (filling * of("lamportsASignature") * 3_600) / 1e9,
    blockPostsASecond: Math.floor(of("unitsABlock") / post) / of("slotSeconds"),
    openingsASecond: Math.floor(of("newBytesABlock") / measured.inboxBytes[0]) / of("slotSeconds"),
  };
}
