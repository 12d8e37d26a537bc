/** Very many wallets on one ledger: copies of accounts that the program made, with other people in them. */
import { PROGRAM_ADDRESS, toAddress, type AccountData, type Address } from "../../sdk/src/program/index.js";
import { fill, sha256 } from "../../tests/program/support/bytes.js";
import { accept, bundleAddress } from "../../tests/program/support/parties.js";
import type { World } from "../../tests/program/support/world.js";

/** Inboxes that a wallet writes: with its profile and its key bundle, ten accounts. */
export const INBOXES_EACH = 8;
export const ACCOUNTS_EACH = INBOXES_EACH + 2;
/** The ring of an answer; half of all inboxes were requests once, and have the larger one. */
const RINGS = [512, 2_048] as const;

/** Where, in each account, keys stand that differ from wallet to wallet: see docs/ARCHITECTURE.md. */
const PROFILE_WALLET = 48;
const BUNDLE_WALLET = 28;
const INBOX_WRITER = 92;
const INBOX_RECIPIENT = 156;

const key = (name: string): Uint8Array => sha256(name);

/** The originals; the accounts of the story around them stay on the ledger as well. */
function originals(world: World): { profile: AccountData; bundle: AccountData; inboxes: AccountData[] } {
  const member = world.member();
  const found = (address: Address): AccountData => {
    const account = world.account(address);
    if (account === undefined) throw new Error(`Nothing was made at ${address}.`);
    return account;
  };
  const inboxes = RINGS.map((capacity) => {
    const chat = world.request(member, { capacity });
    world.does(accept(chat, member));
    world.post(chat, fill(142, 1), fill(270, 2));
    return found(chat.address);
  });
  return { profile: found(member.profile), bundle: found(bundleAddress(member, 0)), inboxes };
}

/** Puts `wallets` times ten accounts on the ledger; who writes to whom is arbitrary, and the same in every run. */
export function populate(world: World, wallets: number): void {
  const { profile, bundle, inboxes } = originals(world);
  const copy = ({ lamports, data }: AccountData, name: string, keys: readonly (readonly [at: number, bytes: Uint8Array])[]): void => {
    const bytes = data.slice();
    for (const [at, replacement] of keys) bytes.set(replacement, at);
    world.plant(toAddress(key(`at ${name}`)), { owner: PROGRAM_ADDRESS, lamports, data: bytes });
  };
  for (let n = 0; n < wallets; n++) {
    const wallet = key(`wallet ${n}`);
    copy(profile, `profile ${n}`, [[PROFILE_WALLET, wallet]]);
    copy(bundle, `bundle ${n}`, [[BUNDLE_WALLET, wallet]]);
    for (let i = 0; i < INBOXES_EACH; i++) {
      const recipient = key(`wallet ${(n * 7_919 + i * 104_729 + 1) % wallets}`);
      copy(inboxes[i % inboxes.length]!, `inbox ${n}/${i}`, [[INBOX_WRITER, key(`delegate ${n}`)], [INBOX_RECIPIENT, recipient]]);
    }
  }
}
