/**
 * What each way to grief costs whoever tries it, in lamports: asserted by the tests that it names, and shown in docs/THREAT-MODEL.md.
 * At 5,080 lamports a byte and 5,000 a signature, as the tests' ledger charges.
 */
import { FEE, rent } from "./ledger.js";

export type Griefing = {
  /** For what the cost is due once more. */
  readonly per: string;
  /** Lamports that do not come back. */
  readonly gone: bigint;
  /** Lamports that do, and when. */
  readonly locked?: { readonly lamports: bigint; readonly until: string };
  readonly achieves: string;
  readonly shownBy: readonly [file: string, title: string];
};

/** The smallest inbox there can be. */
export const SMALLEST = rent(444 + 256);
const ACCESS = "program/griefing-access.test.ts";
const MONEY = "program/griefing-money.test.ts";

export const GRIEFING = {
  prefunding: {
    per: "address", gone: FEE + rent(0),
    achieves: "nothing: whoever creates the account there pays that much less",
    shownBy: [ACCESS, "prefunding an address gives the victim money"],
  },
  "front-running an address": {
    per: "try", gone: FEE,
    achieves: "nothing: an address takes its key's signature",
    shownBy: [ACCESS, "front-running an address takes none without its key"],
  },
  "blocking a recipient": {
    per: "request, of which eight push another one out of the profile's list", gone: FEE, locked: { lamports: SMALLEST, until: "14 days after" },
    achieves: "the other one is counted but not named; an endpoint that searches accounts finds it",
    shownBy: [ACCESS, "blocking a recipient is not had for any number of requests"],
  },
  "flooding requests": {
    per: "request, and the postage that the recipient asks, if it answers", gone: 2n * FEE, locked: { lamports: SMALLEST, until: "14 days after, or the request is declined" },
    achieves: "requests to look through; the recipient may ask for postage or close its door",
    shownBy: [ACCESS, "flooding requests locks 4,206,240 lamports in each for 14 days"],
  },
  "making others pay": {
    per: "try", gone: FEE,
    achieves: "nothing: a payer signs; a recipient pays a fee when it answers, if it does",
    shownBy: [MONEY, "making others pay needs their signature"],
  },
  "keeping rent hostage": {
    per: "request that is accepted and never read", gone: FEE,
    achieves: "the sender's rent waits for 30 days from its last post",
    shownBy: [MONEY, "keeping rent hostage by not reading lasts 30 days from the last post"],
  },
  "hot-account locking": {
    per: "transaction that names the account writable, fees for priority not counted", gone: FEE,
    achieves: "transactions that write this account wait while that one runs; nothing else does",
    shownBy: [ACCESS, "hot-account locking delays nobody's messages"],
  },
  "log stuffing": {
    per: "transaction", gone: FEE,
    achieves: "nothing: nobody reads logs",
    shownBy: [ACCESS, "log stuffing hides nothing"],
  },
  "closing and reopening": {
    per: "new life of an inbox", gone: FEE,
    achieves: "an acknowledgement that was on its way counts over the attacker's own new frames",
    shownBy: [ACCESS, "closing and reopening passes nothing of one life for another"],
  },
  "evicting unread": {
    per: "try", gone: FEE,
    achieves: "nothing: a full inbox refuses",
    shownBy: [ACCESS, "evicting unread is not to be had"],
  },
  "racing accept against close": {
    per: "request that has waited 14 days", gone: FEE,
    achieves: "whichever lands first counts: the postage is paid, or comes back",
    shownBy: [MONEY, "racing accept against close"],
  },
  "raising postage under a sender": {
    per: "change", gone: FEE,
    achieves: "the sender's request fails, for its fee and no postage",
    shownBy: [ACCESS, "raising postage under a sender costs both a fee"],
  },
  "a sponsor's rent": {
    per: "month", gone: FEE,
    achieves: "the sponsor's rent stays locked; for 42 months at most in the smallest ring, unless the writer also chose the reader or the overwrite flag",
    shownBy: [MONEY, "a sponsor's rent is never taken, and held back for a fee a month"],
  },
  "a stolen delegate": {
    per: "act, from the delegate's own balance", gone: FEE,
    achieves: "posts garbage, answers, changes who may ask, until the wallet names another, and closes what waits to be activated under it; no rent, no postage, no key",
    shownBy: [MONEY, "a stolen delegate gets its own balance and no lamport more"],
  },
} as const satisfies Record<string, Griefing>;

/** What leaves the attacker's wallet for `times` of it. */
export function paid(name: keyof typeof GRIEFING, times = 1n): bigint {
  const { gone, locked }: Griefing = GRIEFING[name];
  return times * (gone + (locked?.lamports ?? 0n));
}
