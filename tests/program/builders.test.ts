import { BN, BorshInstructionCoder, type Idl } from "@anchor-lang/core";
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import fc from "fast-check";
import idl from "../../sdk/artifacts/postern.json";
import { isPosternError } from "../../sdk/src/errors.js";
import * as p from "../../sdk/src/program/index.js";

const CODER = new BorshInstructionCoder(idl as Idl);
const program = p.PROGRAM_ADDRESS;

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const address = bytes(32).map(p.toAddress);
const u32 = fc.nat(0xffff_ffff);
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const policy: fc.Arbitrary<p.ContactPolicy> = fc.oneof(
  fc.constant({ kind: "open" } as const), fc.constant({ kind: "closed" } as const), u64.map((lamports) => ({ kind: "postage", lamports }) as const),
);
const rootKind = fc.constantFrom("wallet" as const, "vault" as const, "given" as const);

const key = (value: string): PublicKey => new PublicKey(value);
const number = (value: bigint): BN => new BN(value.toString());
const POLICY = { open: 0, postage: 1, closed: 2 };
const ROOT = { wallet: 1, vault: 2, given: 3 };
const postageOf = (value: p.ContactPolicy): BN => number(value.kind === "postage" ? value.lamports : 0n);

type Case = { readonly built: p.Instruction; readonly args: Record<string, unknown> };
const build = <T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }, of: (input: T) => Case): fc.Arbitrary<Case> => fc.record(fields).map((input) => of(input as T));

const opening = { payer: address, writer: address, index: u32, capacity: u32, overwrite: fc.boolean(), openSalt: bytes(16), refund: address, ownerBox: bytes(120) };
type Opening = { payer: string; writer: string; index: number; capacity: number; overwrite: boolean; openSalt: Uint8Array; refund: string; ownerBox: Uint8Array };
const openingArgs = (i: Opening) => ({ index: i.index, capacity: i.capacity, flags: i.overwrite ? 1 : 0, open_salt: [...i.openSalt], refund: key(i.refund), owner_box: [...i.ownerBox] });
const generation = { wallet: address, generation: u32 };
type Generation = { wallet: string; generation: number };

/** For every instruction of the IDL: what the builder makes of any input, and the arguments as Anchor's coder takes them. */
const CASES: Readonly<Record<string, fc.Arbitrary<Case>>> = {
  post: build<{ writer: string; inbox: string; expectedSeq: number; payload: Uint8Array }>({ writer: address, inbox: address, expectedSeq: u32, payload: fc.uint8Array({ maxLength: 900 }) },
    (i) => ({ built: p.post({ program, ...i }), args: { expected_seq: i.expectedSeq, payload: Buffer.from(i.payload) } })),
  acknowledge: build<{ reader: string; inbox: string; upto: number }>({ reader: address, inbox: address, upto: u32 }, (i) => ({ built: p.acknowledge({ program, ...i }), args: { upto: i.upto } })),
  open_request: build<Opening & { recipient: string; maxPostageLamports: bigint }>({ ...opening, recipient: address, maxPostageLamports: u64 },
    (i) => ({ built: p.openRequest({ program, ...i }), args: { ...openingArgs(i), max_postage: number(i.maxPostageLamports) } })),
  open_inbox: build<Opening & { reader: string }>({ ...opening, reader: address }, (i) => ({ built: p.openInbox({ program, ...i }), args: { ...openingArgs(i), reader: key(i.reader) } })),
  accept: build<{ signer: string; wallet: string; inbox: string; reader: string; reply: Uint8Array }>({ signer: address, wallet: address, inbox: address, reader: address, reply: bytes(60) },
    (i) => ({ built: p.accept({ program, ...i }), args: { reader: key(i.reader), reply: [...i.reply] } })),
  decline: build<{ signer: string; wallet: string; inbox: string }>({ signer: address, wallet: address, inbox: address }, (i) => ({ built: p.decline({ program, ...i }), args: {} })),
  resize_inbox: build<{ payer: string; writer: string; inbox: string; refund: string; capacity: number; expectedNext: number }>(
    { payer: address, writer: address, inbox: address, refund: address, capacity: u32, expectedNext: u32 },
    (i) => ({ built: p.resizeInbox({ program, ...i }), args: { capacity: i.capacity, expected_next: i.expectedNext } })),
  close_inbox: build<{ closer: string; refund: string; inbox: string; expectedNext: number }>({ closer: address, refund: address, inbox: address, expectedNext: u32 },
    (i) => ({ built: p.closeInbox({ program, ...i }), args: { expected_next: i.expectedNext } })),
  create_profile: build<{ payer: string; wallet: string; delegate: string; rootNumber: number; rootKind: p.RootKind; policy: p.ContactPolicy; refund: string }>(
    { payer: address, wallet: address, delegate: address, rootNumber: u32, rootKind, policy, refund: address },
    (i) => ({ built: p.createProfile({ program, ...i }), args: { delegate: key(i.delegate), root_number: i.rootNumber, root_kind: ROOT[i.rootKind], policy: POLICY[i.policy.kind], postage: postageOf(i.policy), refund: key(i.refund) } })),
  update_profile: build<{ signer: string; wallet: string; delegate: string | undefined; root: { number: number; kind: p.RootKind } | undefined; policy: p.ContactPolicy | undefined }>(
    { signer: address, wallet: address, delegate: fc.option(address, { nil: undefined }), root: fc.option(fc.record({ number: u32, kind: rootKind }), { nil: undefined }), policy: fc.option(policy, { nil: undefined }) },
    ({ signer, wallet, delegate, root, policy: chosen }) => ({
      built: p.updateProfile({ program, signer, wallet, ...(delegate === undefined ? {} : { delegate }), ...(root === undefined ? {} : { root }), ...(chosen === undefined ? {} : { policy: chosen }) }),
      args: {
        delegate: delegate === undefined ? null : key(delegate), root_number: root?.number ?? null, root_kind: root === undefined ? null : ROOT[root.kind],
        policy: chosen === undefined ? null : POLICY[chosen.kind], postage: chosen === undefined ? null : postageOf(chosen),
      },
    })),
  close_profile: build<{ wallet: string; refund: string; current: { generation: number; refund: string } | undefined }>(
    { wallet: address, refund: address, current: fc.option(fc.record({ generation: u32, refund: address }), { nil: undefined }) },
    ({ wallet, refund, current }) => ({ built: p.closeProfile({ program, wallet, refund, ...(current === undefined ? {} : { current }) }), args: {} })),
  create_key_bundle: build<Generation & { payer: string; card: Uint8Array; certificate: Uint8Array; refund: string }>({ ...generation, payer: address, card: bytes(142), certificate: bytes(64), refund: address },
    (i) => ({ built: p.createKeyBundle({ program, ...i }), args: { card: [...i.card], certificate: [...i.certificate], refund: key(i.refund) } })),
  write_key_bundle: build<Generation & { delegate: string; offset: number; chunk: Uint8Array }>({ ...generation, delegate: address, offset: fc.nat(0xffff), chunk: fc.uint8Array({ maxLength: 900 }) },
    (i) => ({ built: p.writeKeyBundle({ program, ...i }), args: { offset: i.offset, chunk: Buffer.from(i.chunk) } })),
  activate_key_bundle: build<Generation & { delegate: string }>({ ...generation, delegate: address }, (i) => ({ built: p.activateKeyBundle({ program, ...i }), args: {} })),
  close_key_bundle: build<Generation & { refund: string }>({ ...generation, refund: address }, (i) => ({ built: p.closeKeyBundle({ program, ...i }), args: {} })),
};

const RUNS = { numRuns: 40 };

describe("Instruction builders", () => {
  it("there is one for every instruction of the program", () => {
    expect(Object.keys(CASES).sort()).to.deep.equal(idl.instructions.map(({ name }) => name).sort());
    expect(Object.values(p.DISCRIMINATOR)).to.have.length(idl.instructions.length);
  });

  for (const { name, accounts } of idl.instructions) {
    it(`${name} is encoded as Anchor encodes it, and names the accounts of the IDL with their flags`, () => {
      fc.assert(fc.property(CASES[name]!, ({ built, args }) => {
        expect(built.programAddress).to.equal(program);
        expect(Buffer.from(built.data).toString("hex")).to.equal(CODER.encode(name, args).toString("hex"));
        expect(built.accounts).to.have.length(accounts.length);
        built.accounts.forEach((account, i) => {
          const wanted: { signer?: boolean; writable?: boolean; optional?: boolean; address?: string } = accounts[i]!;
          // An optional account that is missing is the program itself, read-only.
          const missing = wanted.optional === true && account.address === program;
          expect({ signer: account.signer, writable: account.writable }).to.deep.equal({ signer: wanted.signer ?? false, writable: missing ? false : (wanted.writable ?? false) });
          if (wanted.address !== undefined) expect(account.address).to.equal(wanted.address);
        });
      }), RUNS);
    });
  }

  it("a number, amount or length that does not fit is refused with INVALID_ARGUMENT, never cut", () => {
    const [writer, inbox] = [p.SYSTEM_PROGRAM, p.SYSTEM_PROGRAM];
    const refused = (act: () => unknown): boolean => {
      try {
        act();
        return false;
      } catch (error) {
        return isPosternError(error, "INVALID_ARGUMENT");
      }
    };
    for (const expectedSeq of [-1, 0.5, NaN, Infinity, 2 ** 32]) expect(refused(() => p.post({ program, writer, inbox, expectedSeq, payload: new Uint8Array() }))).to.equal(true);
    for (const length of [0, 59, 61]) expect(refused(() => p.accept({ program, signer: writer, wallet: writer, inbox, reader: writer, reply: new Uint8Array(length) }))).to.equal(true);
    for (const offset of [-1, 65_536]) expect(refused(() => p.writeKeyBundle({ program, wallet: writer, generation: 0, delegate: writer, offset, chunk: new Uint8Array() }))).to.equal(true);
    for (const lamports of [-1n, 2n ** 64n]) expect(refused(() => p.updateProfile({ program, signer: writer, wallet: writer, policy: { kind: "postage", lamports } }))).to.equal(true);
  });
});

describe("Addresses", () => {
  const seeds = fc.array(fc.uint8Array({ maxLength: 32 }), { maxLength: 15 });

  it("findAddress finds what web3.js finds", () => {
    fc.assert(fc.property(seeds, address, (parts, owner) => {
      const [expected, bump] = PublicKey.findProgramAddressSync(parts, new PublicKey(owner));
      expect(p.findAddress(parts, owner)).to.deep.equal({ address: expected.toBase58(), bump });
    }));
  });

  it("inboxes, profiles and key bundles are where the program's seeds say", () => {
    const le = (value: number): Buffer => { const buffer = Buffer.alloc(4); buffer.writeUInt32LE(value); return buffer; };
    fc.assert(fc.property(address, u32, (owner, index) => {
      const find = (...parts: (string | Buffer)[]): string => PublicKey.findProgramAddressSync([Buffer.from(parts[0] as string), key(owner).toBuffer(), ...(parts.slice(1) as Buffer[])], key(program))[0].toBase58();
      expect(p.inboxAddress(owner, index, program)).to.equal(find("inbox", le(index)));
      expect(p.profileAddress(owner, program)).to.equal(find("profile"));
      expect(p.keyBundleAddress(owner, index, program)).to.equal(find("keys", le(index)));
    }), RUNS);
  });

  it("isOnCurve says what web3.js says", () => {
    fc.assert(fc.property(bytes(32), (point) => { expect(p.isOnCurve(point)).to.equal(PublicKey.isOnCurve(point)); }));
  });
});
