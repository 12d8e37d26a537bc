/** Bytes, signatures and accounts of version 0 transactions, without compute-budget instructions unless they are named. */
import { ComputeBudgetProgram } from "@solana/web3.js";
import { compileTransaction } from "../sdk/src/net/transaction.js";
import {
  accept, acknowledge, activateKeyBundle, closeInbox, closeKeyBundle, closeProfile, createKeyBundle, createProfile, decline, inboxAddress, openInbox,
  openRequest, post, PROGRAM_ADDRESS as program, resizeInbox, SYSTEM_PROGRAM, transfer, updateProfile, writeKeyBundle, X_WING_KEY_BYTES,
  type Address, type Instruction,
} from "../sdk/src/program/index.js";
import { personOf } from "../tests/program/support/person.js";
import type { Figures } from "./figures.js";

const PAYLOAD_BYTES = 256;
/** Of the X-Wing key, in the first of two uploads. */
const CHUNK_BYTES = 900;

const named = (name: string): Address => personOf(name).address;
const wallet = named("wallet");
const delegate = named("delegate");
const sponsor = named("sponsor");
const peer = named("peer's wallet");
const peerDelegate = named("peer's delegate");
const inbox = inboxAddress(delegate, 0, program);
const request = inboxAddress(peerDelegate, 0, program);
const generation = 0;

const zeros = (length: number): Uint8Array => new Uint8Array(length);
const opening = { program, writer: delegate, index: 0, capacity: 2_048, openSalt: zeros(16), ownerBox: zeros(120) };
const direct = { ...opening, payer: delegate, refund: wallet };
const sponsored = { ...opening, payer: sponsor, refund: sponsor };

const posting = post({ program, writer: delegate, inbox, expectedSeq: 0, payload: zeros(PAYLOAD_BYTES) });
const acknowledging = acknowledge({ program, reader: delegate, inbox: request, upto: 1 });
const asking = openRequest({ ...direct, recipient: peer, maxPostageLamports: 0n });
const answering = openInbox({ ...direct, reader: peerDelegate });
const answer = { program, signer: delegate, wallet, inbox: request };
const accepting = accept({ ...answer, reader: delegate, reply: zeros(60) });
const profile = createProfile({ program, payer: wallet, wallet, delegate, rootNumber: 1, rootKind: "wallet", policy: { kind: "open" }, refund: wallet });
const bundle = createKeyBundle({ program, payer: wallet, wallet, generation, card: zeros(142), certificate: zeros(64), refund: wallet });
const chunk = (offset: number, length: number): Instruction => writeKeyBundle({ program, wallet, generation, delegate, offset, chunk: zeros(length) });
const activating = activateKeyBundle({ program, wallet, generation, delegate });
const resizing = resizeInbox({ program, payer: delegate, writer: delegate, inbox, refund: wallet, capacity: 4_096, expectedNext: 0 });
const budget = [ComputeBudgetProgram.setComputeUnitLimit({ units: 1_000 }), ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 1_000 })]
  .map((instruction): Instruction => ({ programAddress: instruction.programId.toBase58(), accounts: [], data: instruction.data }));

export function measureWire(): Figures {
  return {
    post: posted([posting]),
    "post, with a compute budget": posted([...budget, posting]),
    "post, a sponsor pays": posted([posting], sponsor),
    "post + acknowledge": posted([posting, acknowledging]),
    acknowledge: sized([acknowledging]),
    open_request: sized([asking]),
    "open_request + post": posted([asking, posting]),
    "open_request, a sponsor pays": sized([openRequest({ ...sponsored, recipient: peer, maxPostageLamports: 0n })], sponsor),
    open_inbox: sized([answering]),
    "open_inbox + post": posted([answering, posting]),
    "open_inbox, a sponsor pays": sized([openInbox({ ...sponsored, reader: peerDelegate })], sponsor),
    accept: sized([accepting]),
    "accept + open_inbox + post": posted([accepting, answering, posting]),
    "accept + open_inbox + post + acknowledge": posted([accepting, answering, posting, acknowledging]),
    decline: sized([decline(answer)]),
    resize_inbox: sized([resizing]),
    "resize_inbox + post": posted([resizing, posting]),
    close_inbox: sized([closeInbox({ program, closer: delegate, refund: wallet, inbox, expectedNext: 0 })]),
    create_profile: sized([profile], wallet),
    create_key_bundle: sized([bundle], wallet),
    "create_profile + create_key_bundle + transfer": sized([profile, bundle, transfer({ from: wallet, to: delegate, lamports: 1n })], wallet),
    [`write_key_bundle, ${CHUNK_BYTES} B`]: sized([chunk(0, CHUNK_BYTES)]),
    "write_key_bundle, the rest + activate_key_bundle": sized([chunk(CHUNK_BYTES, X_WING_KEY_BYTES - CHUNK_BYTES), activating]),
    activate_key_bundle: sized([activating]),
    "update_profile, policy": sized([updateProfile({ program, signer: delegate, wallet, policy: { kind: "postage", lamports: 1n } })]),
    "update_profile, delegate and root": sized([updateProfile({ program, signer: wallet, wallet, delegate, root: { number: 2, kind: "wallet" } })], wallet),
    close_key_bundle: sized([closeKeyBundle({ program, wallet, generation, refund: wallet })], wallet),
    close_profile: sized([closeProfile({ program, wallet, refund: wallet, current: { generation, refund: wallet } })], wallet),
  };
}

/** A transaction with one 256 B payload in it. */
function posted(instructions: readonly Instruction[], feePayer: Address = delegate): Figures {
  const { bytes, ...rest } = sized(instructions, feePayer);
  return { "bytes beyond payload": bytes - PAYLOAD_BYTES, ...rest };
}

function sized(instructions: readonly Instruction[], feePayer: Address = delegate): { bytes: number; signatures: number; accounts: number } {
  const transaction = compileTransaction(instructions, feePayer, SYSTEM_PROGRAM); // any 32 bytes do for a blockhash
  const { header, staticAccountKeys } = transaction.message;
  return { bytes: transaction.serialize().length, signatures: header.numRequiredSignatures, accounts: staticAccountKeys.length };
}
