/** Who and what the tests are about, and the instructions in which they appear. */
import * as p from "../../../sdk/src/program/index.js";
import { fill } from "./bytes.js";
import { CERTIFICATE, cardOf, xWingKey, type CardFields } from "./card.js";
import type { Person } from "./person.js";

const program = p.PROGRAM_ADDRESS;

/** A wallet with a profile. */
export type Member = {
  readonly wallet: Person;
  readonly delegate: Person;
  /** Gets the profile's rent back. */
  readonly refund: p.Address;
  /** Gets the key bundles' rent back. */
  readonly bundleRefund: p.Address;
  readonly profile: p.Address;
};

/** An inbox and everybody around it; they are all different people unless a test says otherwise. */
export type Chat = {
  readonly address: p.Address;
  readonly index: number;
  readonly payer: Person;
  readonly writer: Person;
  /** Acknowledges; in a request, once its recipient has accepted. */
  readonly reader: Person;
  readonly refund: p.Address;
  readonly capacity: number;
  readonly overwrite: boolean;
  readonly openSalt: Uint8Array;
};

export const OWNER_BOX = fill(120, 0x0b);
export const REPLY = fill(60, 0x4e);

const opening = (chat: Chat) => ({ ...chat, program, payer: chat.payer.address, writer: chat.writer.address, ownerBox: OWNER_BOX });

export const openInbox = (chat: Chat): p.Instruction => p.openInbox({ ...opening(chat), reader: chat.reader.address });

export const openRequest = (chat: Chat, recipient: Member, maxPostageLamports = 0n): p.Instruction =>
  p.openRequest({ ...opening(chat), recipient: recipient.wallet.address, maxPostageLamports });

export const post = (chat: Chat, expectedSeq: number, payload: Uint8Array, writer = chat.writer): p.Instruction =>
  p.post({ program, writer: writer.address, inbox: chat.address, expectedSeq, payload });

export const acknowledge = (chat: Chat, upto: number, reader = chat.reader): p.Instruction =>
  p.acknowledge({ program, reader: reader.address, inbox: chat.address, upto });

export const accept = (chat: Chat, recipient: Member, signer = recipient.delegate, reader = chat.reader.address): p.Instruction =>
  p.accept({ program, signer: signer.address, wallet: recipient.wallet.address, inbox: chat.address, reader, reply: REPLY });

export const decline = (chat: Chat, recipient: Member, signer = recipient.delegate): p.Instruction =>
  p.decline({ program, signer: signer.address, wallet: recipient.wallet.address, inbox: chat.address });

export const resize = (
  chat: Chat,
  capacity: number,
  expectedNext: number,
  over: { payer?: Person; writer?: Person; refund?: p.Address } = {},
): p.Instruction => {
  const { payer, writer, refund } = { ...chat, ...over };
  return p.resizeInbox({ program, payer: payer.address, writer: writer.address, inbox: chat.address, refund, capacity, expectedNext });
};

export const close = (chat: Chat, expectedNext: number, closer = chat.writer, refund = chat.refund): p.Instruction =>
  p.closeInbox({ program, closer: closer.address, refund, inbox: chat.address, expectedNext });

type ProfileChoices = { readonly policy: p.ContactPolicy; readonly rootNumber: number; readonly rootKind: p.RootKind };
export const DEFAULT_PROFILE: ProfileChoices = { policy: { kind: "open" }, rootNumber: 1, rootKind: "wallet" };

export const createProfile = (member: Member, payer = member.wallet, choices: Partial<ProfileChoices> = {}): p.Instruction =>
  p.createProfile({
    program,
    payer: payer.address,
    wallet: member.wallet.address,
    delegate: member.delegate.address,
    refund: member.refund,
    ...DEFAULT_PROFILE,
    ...choices,
  });

export const updateProfile = (
  member: Member,
  signer: Person,
  changes: { delegate?: p.Address; root?: { number: number; kind: p.RootKind }; policy?: p.ContactPolicy },
): p.Instruction => p.updateProfile({ program, signer: signer.address, wallet: member.wallet.address, ...changes });

/** `generation` is the current one, undefined when there is none. */
export const closeProfile = (member: Member, generation: number | undefined, refund = member.refund, bundleRefund = member.bundleRefund): p.Instruction =>
  p.closeProfile({ program, wallet: member.wallet.address, refund, ...(generation === undefined ? {} : { current: { generation, refund: bundleRefund } }) });

const bundle = (member: Member, generation: number) => ({ program, wallet: member.wallet.address, generation });
export const bundleAddress = (member: Member, generation: number): p.Address => p.keyBundleAddress(member.wallet.address, generation, program);

export const createBundle = (member: Member, generation: number, card: Partial<CardFields> = {}, payer = member.wallet): p.Instruction =>
  p.createKeyBundle({
    ...bundle(member, generation),
    payer: payer.address,
    certificate: CERTIFICATE,
    refund: member.bundleRefund,
    card: cardOf({ generation, wallet: member.wallet.address, delegate: member.delegate.address, ...card }),
  });

export const writeBundle = (member: Member, generation: number, offset: number, chunk: Uint8Array, delegate = member.delegate): p.Instruction =>
  p.writeKeyBundle({ ...bundle(member, generation), delegate: delegate.address, offset, chunk });

/** The two instructions that upload a whole key; they need a transaction each. */
export const writeWholeBundle = (member: Member, generation: number, delegate = member.delegate, key = xWingKey(generation)): p.Instruction[] =>
  [0, 900].map((from) => writeBundle(member, generation, from, key.subarray(from, from + 900), delegate));

export const activateBundle = (member: Member, generation: number, delegate = member.delegate): p.Instruction =>
  p.activateKeyBundle({ ...bundle(member, generation), delegate: delegate.address });

export const closeBundle = (member: Member, generation: number, refund = member.bundleRefund): p.Instruction =>
  p.closeKeyBundle({ ...bundle(member, generation), refund });
