import { BorshInstructionCoder, type Idl } from "@anchor-lang/core";
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import fc from "fast-check";
import idl from "../../sdk/artifacts/postern.json";
import { isPosternError } from "../../sdk/src/errors.js";
import * as p from "../../sdk/src/program/index.js";
import { BUILDER_CASES, address, bytes, key, u32 } from "./support/builder-cases.js";

const CODER = new BorshInstructionCoder(idl as Idl);
const program = p.PROGRAM_ADDRESS;
const RUNS = { numRuns: 40 };

describe("Instruction builders", () => {
  it("there is one for every instruction of the program", () => {
    expect(Object.keys(BUILDER_CASES).sort()).to.deep.equal(idl.instructions.map(({ name }) => name).sort());
    expect(Object.values(p.DISCRIMINATOR)).to.have.length(idl.instructions.length);
  });

  for (const { name, accounts } of idl.instructions) {
    it(`${name} is encoded as Anchor encodes it, and names the accounts of the IDL with their flags`, () => {
      fc.assert(
        fc.property(BUILDER_CASES[name]!, ({ built, args }) => {
          expect(built.programAddress).to.equal(program);
          expect(Buffer.from(built.data).toString("hex")).to.equal(CODER.encode(name, args).toString("hex"));
          expect(built.accounts).to.have.length(accounts.length);
          built.accounts.forEach((account, i) => {
            const wanted: { signer?: boolean; writable?: boolean; optional?: boolean; address?: string } = accounts[i]!;
            // An optional account that is missing is the program itself, read-only.
            const missing = wanted.optional === true && account.address === program;
            expect({ signer: account.signer, writable: account.writable }).to.deep.equal({
              signer: wanted.signer ?? false,
              writable: missing ? false : (wanted.writable ?? false),
            });
            if (wanted.address !== undefined) expect(account.address).to.equal(wanted.address);
          });
        }),
        RUNS,
      );
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
    for (const expectedSeq of [-1, 0.5, NaN, Infinity, 2 ** 32])
      expect(refused(() => p.post({ program, writer, inbox, expectedSeq, payload: new Uint8Array() }))).to.equal(true);
    for (const length of [0, 59, 61])
      expect(refused(() => p.accept({ program, signer: writer, wallet: writer, inbox, reader: writer, reply: new Uint8Array(length) }))).to.equal(true);
    for (const offset of [-1, 65_536])
      expect(refused(() => p.writeKeyBundle({ program, wallet: writer, generation: 0, delegate: writer, offset, chunk: new Uint8Array() }))).to.equal(true);
    for (const lamports of [-1n, 2n ** 64n])
      expect(refused(() => p.updateProfile({ program, signer: writer, wallet: writer, policy: { kind: "postage", lamports } }))).to.equal(true);
  });
});

describe("Addresses", () => {
  const seeds = fc.array(fc.uint8Array({ maxLength: 32 }), { maxLength: 15 });

  it("findAddress finds what web3.js finds", () => {
    fc.assert(
      fc.property(seeds, address, (parts, owner) => {
        const [expected, bump] = PublicKey.findProgramAddressSync(parts, new PublicKey(owner));
        expect(p.findAddress(parts, owner)).to.deep.equal({ address: expected.toBase58(), bump });
      }),
    );
  });

  it("inboxes, profiles and key bundles are where the program's seeds say", () => {
    const le = (value: number): Buffer => {
      const buffer = Buffer.alloc(4);
      buffer.writeUInt32LE(value);
      return buffer;
    };
    fc.assert(
      fc.property(address, u32, (owner, index) => {
        const find = (...parts: (string | Buffer)[]): string =>
          PublicKey.findProgramAddressSync(
            [Buffer.from(parts[0] as string), key(owner).toBuffer(), ...(parts.slice(1) as Buffer[])],
            key(program),
          )[0].toBase58();
        expect(p.inboxAddress(owner, index, program)).to.equal(find("inbox", le(index)));
        expect(p.profileAddress(owner, program)).to.equal(find("profile"));
        expect(p.keyBundleAddress(owner, index, program)).to.equal(find("keys", le(index)));
      }),
      RUNS,
    );
  });

  it("isOnCurve says what web3.js says", () => {
    fc.assert(
      fc.property(bytes(32), (point) => {
        expect(p.isOnCurve(point)).to.equal(PublicKey.isOnCurve(point));
      }),
    );
  });
});
