/**
 * What the program says of each argument: for the scenario of its instruction, a function from the argument's bytes to the error,
 * or undefined when it is taken. Written from the rules, with the numbers of the scenarios.
 */
import { PROGRAM_ADDRESS, SYSTEM_PROGRAM, addressBytes, toAddress, type Address, type Instruction } from "../../../../sdk/src/program/index.js";
import { u32 } from "../bytes.js";
import { cardOf, type CardFields } from "../card.js";
import { argumentBytes } from "./argument-bytes.js";
import type { Change } from "./effects.js";
import type { Trial } from "./trial.js";
import { numberOf } from "./values.js";

export type ArgumentRule = {
  readonly error: (bytes: Uint8Array, trial: Trial) => string | undefined;
  /** Where something turns: numbers, or whole values. */
  readonly at?: readonly bigint[] | ((trial: Trial) => readonly Uint8Array[]);
  /** All that a value may change of what the instruction makes otherwise; nothing, when it only has to be right. */
  readonly changes?: readonly Change[];
};

const TO_THE_END = Number.POSITIVE_INFINITY;
const ANYTHING: ArgumentRule = { error: () => undefined };
/** Bytes of the account in `slot` that an argument is for. */
const bytes = (slot: number, from: number, to: number): Change => ({ slot, bytes: [from, to] });
const lamports = (slot: number): Change => ({ slot, lamports: true });
const into = (rule: ArgumentRule, ...changes: readonly Change[]): ArgumentRule => ({ ...rule, changes });
const unless = (holds: (value: bigint) => boolean, error: string, ...at: readonly bigint[]): ArgumentRule => ({
  error: (bytes) => (holds(numberOf(bytes)) ? undefined : error),
  at,
});
const exactly = (value: bigint, error: string): ArgumentRule => unless((found) => found === value, error);
const within = (min: bigint, max: bigint, error: string): ArgumentRule => unless((value) => value >= min && value <= max, error, min, max);
const notZero = (error: string): ArgumentRule => ({ error: (bytes) => (bytes.every((byte) => byte === 0) ? error : undefined) });
/** As it is in the instruction, or the address derived from it is another. */
const same = (name: string, error: string): ArgumentRule => ({
  error: (bytes, { instruction }) => (Buffer.compare(bytes, argumentBytes(instruction, name)) === 0 ? undefined : error),
});
/** Neither nobody, nor the program, nor what stands in one of `slots`: the account itself, and what closes with it. */
const refund = (...slots: readonly number[]): ArgumentRule => ({
  error: (bytes, { instruction }) => {
    const lost: readonly Address[] = [SYSTEM_PROGRAM, PROGRAM_ADDRESS, ...slots.map((slot) => instruction.accounts[slot]!.address)];
    return lost.includes(toAddress(bytes)) ? "WrongRefund" : undefined;
  },
  at: ({ instruction }) => instruction.accounts.map(({ address }) => addressBytes(address)),
});
const option = (rule: ArgumentRule, given?: string): ArgumentRule => ({
  ...rule,
  error: (bytes, trial) => (bytes[0] === 0 ? undefined : (given ?? rule.error(bytes.subarray(1), trial))),
});

const OPENING = {
  index: same("index", "WrongAddress"),
  capacity: into(within(256n, 9_796n, "BadCapacity"), bytes(2, 440, TO_THE_END), lamports(2), lamports(0)),
  flags: into(within(0n, 1n, "BadFlags"), bytes(2, 10, 11)),
  open_salt: into(ANYTHING, bytes(2, 280, 296), bytes(2, 16, 48)),
  refund: into(refund(2), bytes(2, 188, 220)),
  owner_box: into(ANYTHING, bytes(2, 296, 416)),
};
const profileIn = (slot: number) => ({
  delegate: into(notZero("NotDelegate"), bytes(slot, 80, 112)),
  root_number: into(unless((number) => number >= 1n, "BadRoot"), bytes(slot, 12, 16)),
  root_kind: into(within(1n, 3n, "BadRoot"), bytes(slot, 10, 11)),
  policy: into(within(0n, 2n, "BadPolicy"), bytes(slot, 9, 10)),
  postage: into(ANYTHING, bytes(slot, 40, 48)),
});
const UPDATE = Object.fromEntries(Object.entries(profileIn(1)).map(([name, rule]) => [name, option(rule)]));

/** The scenario's wallet, from the card that it publishes. */
const cardFields = ({ data }: Instruction): Pick<CardFields, "generation" | "wallet" | "delegate"> => {
  const card = data.subarray(1, 143);
  return { generation: 1, wallet: toAddress(card.subarray(14, 46)), delegate: toAddress(card.subarray(46, 78)) };
};
const CARD: ArgumentRule = {
  error: (card, { instruction }) => {
    const number = (at: number): bigint => numberOf(card.subarray(at, at + 4));
    const { wallet } = cardFields(instruction);
    const delegated = card.subarray(46, 78).some((byte) => byte !== 0);
    if (card[0] !== 1 || ![0, 2].includes(card[1]!) || number(6) >= number(10) || toAddress(card.subarray(14, 46)) !== wallet || !delegated) return "BadCard";
    return number(2) === 1n ? undefined : "WrongGeneration";
  },
  at: ({ instruction }) => {
    const fields = cardFields(instruction);
    const nobody = toAddress(new Uint8Array(32));
    const changes: Partial<CardFields>[] = [
      ...[0, 2, 255].map((suite) => ({ suite })),
      ...[1, 2, 3, 255].map((certificateKind) => ({ certificateKind })),
      ...[0, 2, 65_535, 65_536, 0xffff_ffff].map((generation) => ({ generation })),
      ...[[0, 0], [0, 1], [1, 1], [2, 1], [0xffff_ffff, 0xffff_ffff], [0xffff_fffe, 0xffff_ffff], [0, 0xffff_ffff]].map(([validFrom, validUntil]) => ({ validFrom: validFrom!, validUntil: validUntil! })),
      { wallet: nobody },
      { wallet: fields.delegate },
      { delegate: nobody },
      { delegate: fields.wallet },
    ];
    return changes.map((change) => cardOf({ ...fields, ...change }));
  },
};

const bytesOfLength = (...lengths: readonly number[]) => lengths.map((length) => Uint8Array.from([...u32(length), ...new Uint8Array(length)]));

export const ARGUMENT_RULES: Readonly<Record<string, Readonly<Record<string, ArgumentRule>>>> = {
  // Two frames of 100 bytes in a ring of 1,024, unread: 812 bytes are free, 6 of them for the frame's head.
  post: {
    expected_seq: exactly(2n, "SequenceMismatch"),
    payload: {
      error: ({ length }) => (length - 4 > 1_018 ? "PayloadTooLarge" : length - 4 > 806 ? "InboxFull" : undefined),
      at: () => bytesOfLength(805, 806, 807),
      changes: [bytes(1, 16, 48), bytes(1, 68, 72), bytes(1, 444 + 212, 444 + 1_024)],
    },
  },
  acknowledge: { upto: into(within(1n, 2n, "BadAcknowledge"), bytes(1, 60, 64)) },
  open_request: { ...OPENING, max_postage: unless((most) => most >= 900_000n, "PostageTooHigh", 900_000n) },
  open_inbox: { ...OPENING, reader: into(notZero("NotReader"), bytes(2, 124, 156)) },
  accept: { reader: into(notZero("NotReader"), bytes(2, 124, 156)), reply: into(ANYTHING, bytes(2, 220, 280)) },
  decline: {},
  // From 1,024 bytes, 212 of them used and none acknowledged.
  resize_inbox: {
    capacity: into(within(256n, 1_024n + 10_240n, "BadCapacity"), bytes(2, 440, 444), bytes(2, 444 + 212, TO_THE_END), lamports(2), lamports(0), lamports(3)),
    expected_next: exactly(2n, "SequenceMismatch"),
  },
  close_inbox: { expected_next: exactly(2n, "SequenceMismatch") },
  create_profile: { ...profileIn(2), refund: into(refund(2), bytes(2, 112, 144)) },
  update_profile: UPDATE,
  close_profile: {},
  create_key_bundle: { card: into(CARD, bytes(3, 14, 156)), certificate: into(ANYTHING, bytes(3, 156, 220)), refund: into(refund(2, 3), bytes(3, 220, 252)) },
  // 608 of 1,216 bytes are written.
  write_key_bundle: {
    offset: exactly(608n, "ChunkOutOfOrder"),
    chunk: {
      error: ({ length }) => (length - 4 > 608 ? "ChunkTooLong" : undefined),
      at: () => bytesOfLength(607, 608, 609, 700),
      changes: [bytes(1, 12, 14), bytes(1, 252 + 608, 252 + 1_216)],
    },
  },
  activate_key_bundle: {},
  close_key_bundle: {},
};

/** The same for the further variants, where they differ. */
export const VARIANT_RULES: typeof ARGUMENT_RULES = {
  "resize_inbox that grows": { ...ARGUMENT_RULES["resize_inbox"], expected_next: exactly(1n, "SequenceMismatch") },
  "close_inbox after a refusal": { expected_next: exactly(0n, "SequenceMismatch") },
  "update_profile by the delegate": {
    ...UPDATE,
    ...Object.fromEntries(["delegate", "root_number", "root_kind"].map((name) => [name, option(ANYTHING, "NotOwner")])),
  },
};
