/** For every instruction, any input at all: what the SDK's builder makes of it, and the same arguments as Anchor's coder takes them. */
import { BN } from "@anchor-lang/core";
import { PublicKey } from "@solana/web3.js";
import fc from "fast-check";
import * as p from "../../../sdk/src/program/index.js";

const program = p.PROGRAM_ADDRESS;

export const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
export const address = bytes(32).map(p.toAddress);
export const u32 = fc.nat(0xffff_ffff);
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const policy: fc.Arbitrary<p.ContactPolicy> = fc.oneof(
  fc.constant({ kind: "open" } as const),
  fc.constant({ kind: "closed" } as const),
  u64.map((lamports) => ({ kind: "postage", lamports }) as const),
);
const rootKind = fc.constantFrom("wallet" as const, "vault" as const, "given" as const);

export const key = (value: string): PublicKey => new PublicKey(value);
const number = (value: bigint): BN => new BN(value.toString());
const POLICY = { open: 0, postage: 1, closed: 2 };
const ROOT = { wallet: 1, vault: 2, given: 3 };
const postageOf = (value: p.ContactPolicy): BN => number(value.kind === "postage" ? value.lamports : 0n);

type Case = { readonly built: p.Instruction; readonly args: Record<string, unknown> };

const openingFields = {
  payer: address,
  writer: address,
  index: u32,
  capacity: u32,
  overwrite: fc.boolean(),
  openSalt: bytes(16),
  refund: address,
  ownerBox: bytes(120),
};
const opening = fc.record(openingFields);
type Opening = typeof opening extends fc.Arbitrary<infer Fields> ? Fields : never;
const openingArgs = (i: Opening) => ({
  index: i.index,
  capacity: i.capacity,
  flags: i.overwrite ? 1 : 0,
  open_salt: [...i.openSalt],
  refund: key(i.refund),
  owner_box: [...i.ownerBox],
});
const generation = { wallet: address, generation: u32 };

export const BUILDER_CASES: Readonly<Record<string, fc.Arbitrary<Case>>> = {
  post: fc
    .record({ writer: address, inbox: address, expectedSeq: u32, payload: fc.uint8Array({ maxLength: 900 }) })
    .map((i) => ({ built: p.post({ program, ...i }), args: { expected_seq: i.expectedSeq, payload: Buffer.from(i.payload) } })),
  acknowledge: fc.record({ reader: address, inbox: address, upto: u32 }).map((i) => ({ built: p.acknowledge({ program, ...i }), args: { upto: i.upto } })),
  open_request: fc
    .record({ ...openingFields, recipient: address, maxPostageLamports: u64 })
    .map((i) => ({ built: p.openRequest({ program, ...i }), args: { ...openingArgs(i), max_postage: number(i.maxPostageLamports) } })),
  open_inbox: fc
    .record({ ...openingFields, reader: address })
    .map((i) => ({ built: p.openInbox({ program, ...i }), args: { ...openingArgs(i), reader: key(i.reader) } })),
  accept: fc
    .record({ signer: address, wallet: address, inbox: address, reader: address, reply: bytes(60) })
    .map((i) => ({ built: p.accept({ program, ...i }), args: { reader: key(i.reader), reply: [...i.reply] } })),
  decline: fc.record({ signer: address, wallet: address, inbox: address }).map((i) => ({ built: p.decline({ program, ...i }), args: {} })),
  resize_inbox: fc
    .record({ payer: address, writer: address, inbox: address, refund: address, capacity: u32, expectedNext: u32 })
    .map((i) => ({ built: p.resizeInbox({ program, ...i }), args: { capacity: i.capacity, expected_next: i.expectedNext } })),
  close_inbox: fc
    .record({ closer: address, refund: address, inbox: address, expectedNext: u32 })
    .map((i) => ({ built: p.closeInbox({ program, ...i }), args: { expected_next: i.expectedNext } })),
  create_profile: fc
    .record({ payer: address, wallet: address, delegate: address, rootNumber: u32, rootKind, policy, refund: address })
    .map((i) => ({
      built: p.createProfile({ program, ...i }),
      args: {
        delegate: key(i.delegate),
        root_number: i.rootNumber,
        root_kind: ROOT[i.rootKind],
        policy: POLICY[i.policy.kind],
        postage: postageOf(i.policy),
        refund: key(i.refund),
      },
    })),
  update_profile: fc
    .record({
      signer: address,
      wallet: address,
      delegate: fc.option(address, { nil: undefined }),
      root: fc.option(fc.record({ number: u32, kind: rootKind }), { nil: undefined }),
      policy: fc.option(policy, { nil: undefined }),
    })
    .map(({ signer, wallet, delegate, root, policy: chosen }) => ({
      built: p.updateProfile({
        program,
        signer,
        wallet,
        ...(delegate === undefined ? {} : { delegate }),
        ...(root === undefined ? {} : { root }),
        ...(chosen === undefined ? {} : { policy: chosen }),
      }),
      args: {
        delegate: delegate === undefined ? null : key(delegate),
        root_number: root?.number ?? null,
        root_kind: root === undefined ? null : ROOT[root.kind],
        policy: chosen === undefined ? null : POLICY[chosen.kind],
        postage: chosen === undefined ? null : postageOf(chosen),
      },
    })),
  close_profile: fc
    .record({ wallet: address, refund: address, current: fc.option(fc.record({ generation: u32, refund: address }), { nil: undefined }) })
    .map(({ wallet, refund, current }) => ({ built: p.closeProfile({ program, wallet, refund, ...(current === undefined ? {} : { current }) }), args: {} })),
  create_key_bundle: fc
    .record({ ...generation, payer: address, card: bytes(142), certificate: bytes(64), refund: address })
    .map((i) => ({ built: p.createKeyBundle({ program, ...i }), args: { card: [...i.card], certificate: [...i.certificate], refund: key(i.refund) } })),
  write_key_bundle: fc
    .record({ ...generation, delegate: address, offset: fc.nat(0xffff), chunk: fc.uint8Array({ maxLength: 900 }) })
    .map((i) => ({ built: p.writeKeyBundle({ program, ...i }), args: { offset: i.offset, chunk: Buffer.from(i.chunk) } })),
  activate_key_bundle: fc.record({ ...generation, delegate: address }).map((i) => ({ built: p.activateKeyBundle({ program, ...i }), args: {} })),
  close_key_bundle: fc.record({ ...generation, refund: address }).map((i) => ({ built: p.closeKeyBundle({ program, ...i }), args: {} })),
};
