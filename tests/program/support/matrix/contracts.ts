/**
 * What every account of every instruction has to be, and what the program says when it is another of the same kind. All that
 * does not depend on the instruction (signatures, owners, types, lengths, doubles) follows from the kind: see expected.ts.
 */
import {
  PROGRAM_ADDRESS,
  decodeInbox,
  decodeKeyBundle,
  decodeProfile,
  keyBundleAddress,
  toAddress,
  type AccountData,
  type Address,
} from "../../../../sdk/src/program/index.js";
import { discriminator } from "../raw-accounts.js";
import type { Trial } from "./trial.js";

export type AccountType = "Inbox" | "Profile" | "KeyBundle";
/** An error's name, or the reason why it is no error. */
export type Answer = string | { readonly allowed: string };

export type Rule =
  /** Signs, and does nothing else. `also` may sign in its place. */
  | { readonly is: "authority"; readonly stranger: Answer; readonly also?: (trial: Trial) => readonly Address[] }
  /** Signs, and pays whatever there is to pay: anyone may. */
  | { readonly is: "payer" }
  /**
   * An account of the program's. `another` is that of other people, `twin` a second one of the same people (inboxes have
   * an index), `longer` one with more bytes than its ring, `sibling` the bundle of the wallet's generation 0.
   */
  | {
      readonly is: "account";
      readonly type: AccountType;
      readonly another: Answer;
      readonly twin?: Answer;
      readonly longer?: Answer;
      readonly sibling?: string;
    }
  /** Made by the instruction, at a derived address; that is none of those to which rent goes, `paid` among them. */
  | { readonly is: "made"; readonly type: AccountType; readonly paid?: (trial: Trial) => readonly Address[] }
  /** Gets lamports. */
  | { readonly is: "receiver"; readonly wrong: string }
  /** The System program. */
  | { readonly is: "system" }
  /** Optional, and there is none. */
  | { readonly is: "absent"; readonly type?: AccountType; readonly given: string | undefined };

export type Contract = Readonly<Record<string, Rule>>;

const PAYER: Rule = { is: "payer" };
const SYSTEM: Rule = { is: "system" };
const OWN = { allowed: "whoever signs says which of its own inboxes is meant" };
const ADDRESSED = { allowed: "whoever is asked says which of the requests it answers" };

/** The account of `type` that the instruction names, as it is before. */
function existing({ before, instruction }: Trial, type: AccountType): AccountData {
  const accounts = instruction.accounts.flatMap(({ address }) => before.get(address) ?? []);
  const found = accounts.find(({ owner, data }) => owner === PROGRAM_ADDRESS && hasType(data, type));
  if (found === undefined) throw new Error(`There is no ${type} in this instruction.`);
  return found;
}

export const hasType = (data: Uint8Array, type: AccountType): boolean => Buffer.from(discriminator(type)).equals(data.subarray(0, 8));

const profileOf = (trial: Trial) => decodeProfile(existing(trial, "Profile"), PROGRAM_ADDRESS);
const inboxOf = (trial: Trial) => decodeInbox(existing(trial, "Inbox"), PROGRAM_ADDRESS);

/** Generation 0 of the wallet whose bundle the instruction names. */
export function siblingOf(trial: Trial): Address {
  const { card } = decodeKeyBundle(existing(trial, "KeyBundle"), PROGRAM_ADDRESS);
  return keyBundleAddress(toAddress(card.subarray(14, 46)), 0, PROGRAM_ADDRESS);
}

const ANSWER: Contract = {
  signer: { is: "authority", stranger: "NotRecipient", also: (trial) => [profileOf(trial).wallet, profileOf(trial).delegate] },
  profile: { is: "account", type: "Profile", another: "NotRecipient" },
  inbox: { is: "account", type: "Inbox", another: "NotRecipient", twin: ADDRESSED, longer: "CorruptAccount" },
  wallet: { is: "receiver", wrong: "WrongAddress" },
};

export const CONTRACTS: Readonly<Record<string, Contract>> = {
  post: {
    writer: { is: "authority", stranger: "NotWriter" },
    inbox: { is: "account", type: "Inbox", another: "NotWriter", twin: OWN, longer: "CorruptAccount" },
  },
  acknowledge: {
    reader: { is: "authority", stranger: "NotReader" },
    inbox: { is: "account", type: "Inbox", another: "NotReader", twin: OWN, longer: "CorruptAccount" },
  },
  open_request: {
    payer: PAYER,
    writer: { is: "authority", stranger: "WrongAddress" },
    inbox: { is: "made", type: "Inbox" },
    recipient_profile: { is: "account", type: "Profile", another: { allowed: "whose profile is given says to whom the request goes" } },
    system_program: SYSTEM,
  },
  open_inbox: {
    payer: PAYER,
    writer: { is: "authority", stranger: "WrongAddress" },
    inbox: { is: "made", type: "Inbox" },
    system_program: SYSTEM,
  },
  accept: ANSWER,
  decline: ANSWER,
  resize_inbox: {
    payer: PAYER,
    writer: { is: "authority", stranger: "NotWriter" },
    inbox: { is: "account", type: "Inbox", another: "NotWriter", twin: OWN, longer: { allowed: "a resize makes the two agree" } },
    refund: { is: "receiver", wrong: "WrongRefund" },
    system_program: SYSTEM,
  },
  close_inbox: {
    closer: { is: "authority", stranger: "NotWriter", also: (trial) => [inboxOf(trial).writer, inboxOf(trial).refund] },
    refund: { is: "receiver", wrong: "WrongRefund" },
    inbox: { is: "account", type: "Inbox", another: "WrongRefund", twin: OWN, longer: { allowed: "closing gives back whatever is there" } },
  },
  create_profile: {
    payer: PAYER,
    wallet: { is: "authority", stranger: "WrongAddress" },
    profile: { is: "made", type: "Profile" },
    system_program: SYSTEM,
  },
  update_profile: {
    signer: { is: "authority", stranger: "NotOwner", also: (trial) => [profileOf(trial).wallet] },
    profile: { is: "account", type: "Profile", another: "NotOwner" },
  },
  close_profile: {
    wallet: { is: "authority", stranger: "NotOwner" },
    profile: { is: "account", type: "Profile", another: "NotOwner" },
    refund: { is: "receiver", wrong: "WrongRefund" },
    bundle: { is: "account", type: "KeyBundle", another: "WrongAddress" },
    bundle_refund: { is: "receiver", wrong: "WrongRefund" },
  },
  create_key_bundle: {
    payer: PAYER,
    wallet: { is: "authority", stranger: "NotOwner" },
    profile: { is: "account", type: "Profile", another: "NotOwner" },
    bundle: { is: "made", type: "KeyBundle", paid: (trial) => [profileOf(trial).refund] },
    system_program: SYSTEM,
  },
  write_key_bundle: {
    delegate: { is: "authority", stranger: "NotDelegate" },
    bundle: { is: "account", type: "KeyBundle", another: "NotDelegate", sibling: "BundleActivated" },
  },
  activate_key_bundle: {
    delegate: { is: "authority", stranger: "NotDelegate" },
    profile: { is: "account", type: "Profile", another: "WrongAddress" },
    bundle: { is: "account", type: "KeyBundle", another: "WrongAddress", sibling: "BundleActivated" },
  },
  close_key_bundle: {
    signer: { is: "authority", stranger: "NotOwner" },
    profile: { is: "account", type: "Profile", another: "NotOwner" },
    bundle: { is: "account", type: "KeyBundle", another: "WrongAddress", sibling: "BundleInUse" },
    refund: { is: "receiver", wrong: "WrongRefund" },
  },
};
