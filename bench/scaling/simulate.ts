/** What a request, a message and its discovery cost on a ledger with very many accounts, beside one that is empty. */
import { INBOX_RECIPIENT_OFFSET, PROGRAM_ADDRESS, addressBytes, decodeInbox, type AccountData } from "../../sdk/src/program/index.js";
import { fill } from "../../tests/program/support/bytes.js";
import { discriminator } from "../../tests/program/support/raw-accounts.js";
import { accept, acknowledge, openRequest, post } from "../../tests/program/support/parties.js";
import { worldsOf } from "../builds.js";
import type { Figures } from "../figures.js";
import { ACCOUNTS_EACH, populate } from "./population.js";

/** Accounts beside those of the story. */
export const SIZES = [0, 1_000, 1_000_000] as const;
/** A text of 256 B, sealed. */
const PAYLOAD_BYTES = 526;
const REQUESTS = 3;

/** What is the same in every run, and the seconds that this one took. */
export type Simulation = { readonly exact: Figures; readonly seconds: Figures };

export function simulate(accounts: number): Simulation {
  const world = worldsOf("v3")();
  // The people first, so that they are the same whatever else is there.
  const recipient = world.member();
  const chats = Array.from({ length: REQUESTS }, () => {
    const writer = world.person();
    return world.chat({ payer: writer, writer, capacity: 2_048 });
  });
  const started = performance.now();
  populate(world, accounts / ACCOUNTS_EACH);
  const populated = performance.now();

  const before = chats.map((chat) => world.balance(chat.payer.address));
  const opened = chats.map((chat) => world.does(openRequest(chat, recipient)).computeUnits);
  const rent = before[0]! - world.balance(chats[0]!.payer.address);
  const [chat] = chats;
  if (chat === undefined) throw new Error("There is no request.");
  const posted = world.does(post(chat, 0, fill(PAYLOAD_BYTES, 1))).computeUnits;
  const accepted = world.does(accept(chat, recipient)).computeUnits;
  const acknowledged = world.does(acknowledge(chat, 1)).computeUnits;

  const profile = world.profile(recipient);
  const named = profile.recent.map((address) => world.account(address)).filter((account) => account !== undefined);
  if (named.length !== REQUESTS || profile.requests !== BigInt(REQUESTS)) throw new Error("The profile does not name its requests.");
  const profileBytes = world.account(recipient.profile)?.data.length ?? 0;
  const acted = performance.now();

  const all = world.programAccounts();
  const scanned = performance.now();
  const isWanted = recipientFilter(addressBytes(recipient.wallet.address));
  const found = all.filter(([, account]) => isWanted(account));
  if (found.length !== REQUESTS || !found.every(([, account]) => decodeInbox(account, PROGRAM_ADDRESS).intact)) throw new Error("The scan does not find the requests.");
  return {
    exact: {
      accounts: all.length,
      "bytes of all accounts": all.reduce((sum, [, { data }]) => sum + data.length, 0),
      "open_request, compute units": Math.max(...opened),
      "open_request, lamports locked": Number(rent),
      "post of 526 B, compute units": posted,
      "accept, compute units": accepted,
      "acknowledge, compute units": acknowledged,
      "discovery by the profile, accounts read": 1 + named.length,
      "discovery by the profile, bytes read": profileBytes + named.reduce((sum, { data }) => sum + data.length, 0),
      "discovery by a scan, accounts looked at": all.length,
      "discovery by a scan, accounts found": found.length,
    },
    seconds: { "to put the accounts there": seconds(started, populated), "to open, post, accept and acknowledge": seconds(populated, acted), "to read and search all accounts": seconds(acted, performance.now()), "of these, to read": seconds(acted, scanned) },
  };
}

const seconds = (from: number, to: number): number => Math.round(to - from) / 1_000;

/** The filter that the SDK gives an endpoint: an inbox, and to whom it is addressed. */
function recipientFilter(recipient: Uint8Array): (account: AccountData) => boolean {
  const kind = Buffer.from(discriminator("Inbox"));
  return ({ data }) => kind.equals(data.subarray(0, 8)) && Buffer.from(data.buffer, data.byteOffset + INBOX_RECIPIENT_OFFSET, 32).equals(recipient);
}
