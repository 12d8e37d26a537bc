/**
 * What the program must do, said once more: profiles, key bundles, inboxes and lamports. Every method is an instruction; it
 * returns the error, or undefined and then has happened. Errors come in the order in which the program looks.
 */
import { PROGRAM_ADDRESS, type Address } from "../../../../sdk/src/program/index.js";
import { sha256 } from "../bytes.js";
import { rent } from "../ledger.js";
import { RingModel } from "../ring-model.js";
import { NOBODY, NONE, type BundleModel, type InboxModel, type ProfileModel } from "./accounts.js";
import { bundleAt, inboxAt, profileAt } from "./addresses.js";
import { Money, TOO_POOR, type Move } from "./money.js";

const DAY = 24 * 60 * 60;
const TAKEN = "Custom(0)";
/** Anchor's refusal of one account in two writable slots. */
const TWICE_WRITABLE = "Custom(2040)";
/** A writable account that is not there; one that is only read has two words for it. */
const MISSING = "AccountDataTooSmall";
const PROFILE_SPACE = 432;
const BUNDLE_SPACE = 1_488;
const INBOX_SPACE = 444;
const KEY_LENGTH = 1_216;

export type ProfileFields = { readonly delegate?: Address; readonly rootNumber?: number; readonly rootKind?: number; readonly policy?: number; readonly postage?: bigint };
export type Opening = {
  readonly payer: Address;
  readonly writer: Address;
  readonly index: number;
  readonly capacity: number;
  readonly flags: number;
  readonly openSalt: Uint8Array;
  readonly ownerBox: Uint8Array;
  readonly refund: Address;
};
export type NewBundle = Omit<BundleModel, "activated" | "written" | "xWing">;

export class ProgramModel {
  readonly profiles = new Map<Address, ProfileModel>();
  readonly bundles = new Map<Address, BundleModel>();
  readonly inboxes = new Map<Address, InboxModel>();
  readonly money: Money;
  time: number;
  readonly slot: bigint;

  constructor(balances: ReadonlyMap<Address, bigint>, time: number, slot: bigint) {
    this.money = new Money(balances);
    this.time = time;
    this.slot = slot;
  }

  createProfile(payer: Address, wallet: Address, refund: Address, fields: Required<ProfileFields>): string | undefined {
    const at = profileAt(wallet);
    const moves = this.#create(at, PROFILE_SPACE, payer, refund);
    if (typeof moves === "string") return moves;
    const error = fieldError(fields) ?? this.money.move(moves);
    if (error !== undefined) return error;
    this.profiles.set(at, { ...fields, wallet, refund, current: NONE, next: 0, bundles: 0, requests: 0n, recent: Array.from({ length: 8 }, () => NOBODY) });
    return undefined;
  }

  updateProfile(signer: Address, of: Address, fields: ProfileFields): string | undefined {
    const profile = this.profiles.get(profileAt(of));
    if (profile === undefined) return MISSING;
    const walletsOwn = [fields.delegate, fields.rootNumber, fields.rootKind].some((field) => field !== undefined);
    if (signer !== profile.wallet && (walletsOwn || signer !== profile.delegate)) return "NotOwner";
    const error = fieldError(fields);
    if (error === undefined) Object.assign(profile, Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== undefined)));
    return error;
  }

  /** `bundle` is the one that is given, if any. */
  closeProfile(wallet: Address, of: Address, refund: Address, bundle: { readonly at: Address; readonly refund: Address } | undefined): string | undefined {
    const at = profileAt(of);
    const profile = this.profiles.get(at);
    const current = bundle === undefined ? undefined : this.bundles.get(bundle.at);
    if (profile === undefined) return MISSING;
    if (bundle?.at === refund) return TWICE_WRITABLE;
    if (bundle !== undefined && current === undefined) return MISSING;
    if (wallet !== profile.wallet) return "NotOwner";
    if (refund !== profile.refund) return "WrongRefund";
    const left = profile.current === NONE ? 0 : 1;
    if (profile.bundles !== left) return "BundlesRemain";
    if ((bundle === undefined) !== (left === 0)) return "WrongAddress";
    const moves: Move[] = [];
    if (bundle !== undefined && current !== undefined) {
      if (current.wallet !== profile.wallet || current.generation !== profile.current) return "WrongAddress";
      if (bundle.refund !== current.refund) return "WrongRefund";
      moves.push({ from: bundle.at, to: bundle.refund, lamports: this.money.of(bundle.at) });
    }
    const error = this.money.move([...moves, { from: at, to: refund, lamports: this.money.of(at) }]);
    if (error !== undefined) return error;
    this.profiles.delete(at);
    if (bundle !== undefined) this.bundles.delete(bundle.at);
    return undefined;
  }

  /** `sound` says whether the rest of the card is. */
  createBundle(payer: Address, of: Address, bundle: NewBundle, sound: boolean): string | undefined {
    const profile = this.profiles.get(profileAt(of));
    if (profile === undefined) return MISSING;
    if (bundle.wallet !== profile.wallet) return "NotOwner";
    if (!sound || bundle.delegate === NOBODY) return "BadCard";
    if (bundle.generation !== profile.next || bundle.generation > 65_535) return "WrongGeneration";
    const at = bundleAt(bundle.wallet, bundle.generation);
    if (bundle.refund === profileAt(bundle.wallet) || profile.refund === at) return "WrongRefund";
    const moves = this.#create(at, BUNDLE_SPACE, payer, bundle.refund);
    if (typeof moves === "string") return moves;
    const error = this.money.move(moves);
    if (error !== undefined) return error;
    this.bundles.set(at, { ...bundle, activated: false, written: 0, xWing: new Uint8Array(KEY_LENGTH) });
    profile.next++;
    profile.bundles++;
    return undefined;
  }

  writeBundle(delegate: Address, at: Address, offset: number, chunk: Uint8Array): string | undefined {
    const bundle = this.bundles.get(at);
    if (bundle === undefined) return MISSING;
    if (delegate !== bundle.delegate) return "NotDelegate";
    if (bundle.activated) return "BundleActivated";
    if (offset !== bundle.written) return "ChunkOutOfOrder";
    if (offset + chunk.length > KEY_LENGTH) return "ChunkTooLong";
    bundle.xWing.set(chunk, offset);
    bundle.written += chunk.length;
    return undefined;
  }

  activateBundle(delegate: Address, of: Address, at: Address): string | undefined {
    const [profile, bundle] = [this.profiles.get(profileAt(of)), this.bundles.get(at)];
    if (profile === undefined || bundle === undefined) return MISSING;
    if (bundle.wallet !== profile.wallet) return "WrongAddress";
    if (delegate !== bundle.delegate) return "NotDelegate";
    if (bundle.activated) return "BundleActivated";
    if (profile.current !== NONE && bundle.generation <= profile.current) return "BundleSuperseded";
    if (bundle.written !== KEY_LENGTH) return "BundleIncomplete";
    if (Buffer.compare(sha256("postern/1 x-wing key\0", bundle.xWing), bundle.card.subarray(110)) !== 0) return "KeyHashMismatch";
    bundle.activated = true;
    profile.current = bundle.generation;
    profile.delegate = delegate;
    return undefined;
  }

  closeBundle(signer: Address, of: Address, at: Address, refund: Address): string | undefined {
    const [profile, bundle] = [this.profiles.get(profileAt(of)), this.bundles.get(at)];
    if (profile === undefined || bundle === undefined) return MISSING;
    if (signer !== profile.wallet) return "NotOwner";
    if (bundle.wallet !== profile.wallet) return "WrongAddress";
    if (bundle.generation === profile.current) return "BundleInUse";
    if (refund !== bundle.refund) return "WrongRefund";
    const error = this.money.move([{ from: at, to: refund, lamports: this.money.of(at) }]);
    if (error !== undefined) return error;
    this.bundles.delete(at);
    profile.bundles--;
    return undefined;
  }

  openRequest(opening: Opening, to: Address, maxPostage: bigint): string | undefined {
    const profile = this.profiles.get(profileAt(to));
    if (profile === undefined) return MISSING;
    if (profile.policy === 2) return "PolicyClosed";
    if (profile.current === NONE) return "NoActiveKeys";
    const postage = profile.policy === 1 ? profile.postage : 0n;
    if (postage > maxPostage) return "PostageTooHigh";
    const error = this.#open(opening, { state: "request", recipient: profile.wallet, reader: NOBODY, postage });
    if (error !== undefined) return error;
    profile.recent[Number(profile.requests % 8n)] = inboxAt(opening.writer, opening.index);
    profile.requests++;
    return undefined;
  }

  openInbox(opening: Opening, reader: Address): string | undefined {
    return reader === NOBODY ? "NotReader" : this.#open(opening, { state: "open", recipient: NOBODY, reader, postage: 0n });
  }

  post(writer: Address, at: Address, seq: number, payload: Uint8Array): string | undefined {
    const inbox = this.inboxes.get(at);
    if (inbox === undefined) return MISSING;
    if (writer !== inbox.writer) return "NotWriter";
    if (seq !== inbox.ring.next) return "SequenceMismatch";
    return inbox.state === "declined" ? "Declined" : inbox.ring.post(payload, this.time);
  }

  acknowledge(reader: Address, at: Address, upto: number): string | undefined {
    const inbox = this.inboxes.get(at);
    if (inbox === undefined) return MISSING;
    if (inbox.state !== "open") return "NotOpen";
    return reader === inbox.reader ? inbox.ring.acknowledge(upto) : "NotReader";
  }

  /** A refusal, when there is no reader and no reply. */
  answer(signer: Address, of: Address, at: Address, wallet: Address, taken?: { readonly reader: Address; readonly reply: Uint8Array }): string | undefined {
    const profile = this.profiles.get(profileAt(of));
    if (profile === undefined) return this.money.of(profileAt(of)) === 0n ? "UninitializedAccount" : "IllegalOwner";
    const inbox = this.inboxes.get(at);
    if (inbox === undefined) return MISSING;
    if (inbox.recipient !== profile.wallet || (signer !== profile.wallet && signer !== profile.delegate)) return "NotRecipient";
    if (inbox.state !== "request") return "NotARequest";
    if (wallet !== profile.wallet) return "WrongAddress";
    if (taken?.reader === NOBODY) return "NotReader";
    const error = this.money.move([{ from: at, to: wallet, lamports: inbox.postage }]);
    if (error !== undefined) return error;
    Object.assign(inbox, { ...taken, postage: 0n, state: taken === undefined ? "declined" : "open" });
    inbox.ring.open = taken !== undefined;
    return undefined;
  }

  resize(payer: Address, writer: Address, at: Address, refund: Address, capacity: number, expectedNext: number): string | undefined {
    const inbox = this.inboxes.get(at);
    if (inbox === undefined) return MISSING;
    if (writer !== inbox.writer) return "NotWriter";
    if (refund !== inbox.refund) return "WrongRefund";
    if (expectedNext !== inbox.ring.next) return "SequenceMismatch";
    if (inbox.state === "declined") return "Declined";
    const ring = inbox.ring.copy();
    const required = rent(INBOX_SPACE + capacity) + inbox.postage;
    const beyond = this.money.of(at) - required;
    const grows = capacity > ring.capacity;
    const refused = ring.resize(capacity);
    if (refused !== undefined) return refused;
    const moves = grows ? (beyond < 0n ? [{ from: payer, to: at, lamports: -beyond }] : []) : [{ from: at, to: refund, lamports: beyond }];
    const error = this.money.move(moves);
    if (error === undefined) inbox.ring = ring;
    return error;
  }

  closeInbox(closer: Address, at: Address, refund: Address, expectedNext: number): string | undefined {
    const inbox = this.inboxes.get(at);
    if (inbox === undefined) return MISSING;
    if (refund !== inbox.refund) return "WrongRefund";
    if (expectedNext !== inbox.ring.next) return "SequenceMismatch";
    if (inbox.state !== "declined") {
      if (closer !== inbox.writer && closer !== inbox.refund) return "NotWriter";
      const read = inbox.ring.acknowledged === inbox.ring.next;
      const may = inbox.state === "open" ? read || this.time - inbox.ring.lastTime >= 30 * DAY : this.time - inbox.openedTime >= 14 * DAY;
      if (!may) return "CloseTooEarly";
    }
    const error = this.money.move([{ from: at, to: refund, lamports: this.money.of(at) }]);
    if (error === undefined) this.inboxes.delete(at);
    return error;
  }

  #open(opening: Opening, kind: Pick<InboxModel, "state" | "recipient" | "reader" | "postage">): string | undefined {
    const { payer, writer, index, capacity, flags, openSalt, ownerBox, refund } = opening;
    if (capacity < 256 || capacity > 10_240 - INBOX_SPACE) return "BadCapacity";
    if (flags > 1) return "BadFlags";
    const at = inboxAt(writer, index);
    const moves = this.#create(at, INBOX_SPACE + capacity, payer, refund);
    if (typeof moves === "string") return moves;
    const error = this.money.move([...moves, { from: payer, to: at, lamports: kind.postage }]);
    if (error !== undefined) return error;
    const ring = new RingModel({ address: at, openSalt, overwrite: flags === 1, capacity }, kind.state === "open", this.time);
    const opened = { openedTime: this.time, openedSlot: this.slot };
    this.inboxes.set(at, { writer, index, flags, refund, openSalt, ownerBox, ...kind, ...opened, reply: new Uint8Array(60), ring });
    return undefined;
  }

  /** What the payer adds to what lies there already, or the error. */
  #create(at: Address, space: number, payer: Address, refund: Address): Move[] | string {
    if (refund === NOBODY || refund === PROGRAM_ADDRESS || refund === at) return "WrongRefund";
    const missing = rent(space) - this.money.of(at);
    if (missing > this.money.of(payer)) return TOO_POOR;
    if (this.profiles.has(at) || this.bundles.has(at) || this.inboxes.has(at)) return TAKEN;
    return missing > 0n ? [{ from: payer, to: at, lamports: missing }] : [];
  }
}

function fieldError({ delegate, rootNumber, rootKind, policy }: ProfileFields): string | undefined {
  if (delegate === NOBODY) return "NotDelegate";
  if (rootNumber === 0 || rootKind === 0 || (rootKind ?? 1) > 3) return "BadRoot";
  return (policy ?? 0) > 2 ? "BadPolicy" : undefined;
}
