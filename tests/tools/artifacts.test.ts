import { expect } from "chai";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { convertIdlToCamelCase, type Idl } from "@coral-xyz/anchor/dist/cjs/idl.js";
import { PROGRAM_ADDRESS } from "../../sdk/src/program/generated/address.js";
import { PROGRAM_ERRORS } from "../../sdk/src/program/generated/errors.js";
import { IDL } from "../../sdk/src/program/generated/idl.js";

const SDK = join(__dirname, "..", "..", "sdk");
const artifact = (name: string) => readFileSync(join(SDK, "artifacts", name));
const json = (name: string) => JSON.parse(artifact(name).toString()) as unknown;

interface BuildRecord {
  readonly address: string;
  readonly artifacts: Record<string, { readonly sha256: string; readonly bytes: number }>;
}
const record = json("build.json") as BuildRecord;
const idl = json("postern.json") as Idl;

interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: bigint;
  readonly size: number;
}

/** The file header and the program headers of a 64-bit little-endian ELF file. */
function parse(elf: Buffer) {
  expect(elf.subarray(0, 7).toString("hex")).to.equal("7f454c46020101");
  const at = Number(elf.readBigUInt64LE(32));
  const segments = Array.from({ length: elf.readUInt16LE(56) }, (_, i): Segment => {
    const header = elf.subarray(at + 56 * i, at + 56 * (i + 1));
    return {
      type: header.readUInt32LE(0),
      flags: header.readUInt32LE(4),
      offset: Number(header.readBigUInt64LE(8)),
      address: header.readBigUInt64LE(16),
      size: Number(header.readBigUInt64LE(32)),
    };
  });
  const [type, machine] = [elf.readUInt16LE(16), elf.readUInt16LE(18)];
  return { type, machine, entry: elf.readBigUInt64LE(24), flags: elf.readUInt32LE(48), sections: elf.readUInt16LE(60), segments };
}

const SHARED_OBJECT = 3;
const BPF = 247;
const [EXECUTE, READ] = [1, 4];

describe("the committed program", () => {
  it("is built with overflow checks and with Anchor's guardrails", () => {
    const manifest = (...path: string[]): string => readFileSync(join(SDK, "..", ...path, "Cargo.toml"), "utf8");
    const [, release = ""] = /^\[profile\.release\]\n([^[]*)/mu.exec(manifest()) ?? [];
    expect(release).to.match(/^overflow-checks = true$/mu);
    // Guardrails are a default feature of Anchor's: they go when its defaults do.
    const [, dependencies = ""] = /^\[dependencies\]\n([^[]*)/mu.exec(manifest("programs", "postern")) ?? [];
    expect(dependencies).to.match(/^anchor-lang = "=[\w.-]+"$/mu);
  });

  it("is what its build record says, file by file", () => {
    expect(Object.keys(record.artifacts)).to.have.members(["postern.v0.so", "postern.v3.so", "postern.json"]);
    for (const [name, { sha256, bytes }] of Object.entries(record.artifacts)) {
      const data = artifact(name);
      expect(createHash("sha256").update(data).digest("hex"), name).to.equal(sha256);
      expect(data.length, name).to.equal(bytes);
    }
  });

  it("is an sBPF v0 shared object whose addresses are its file offsets", () => {
    const elf = artifact("postern.v0.so");
    const { type, machine, entry, flags, sections, segments } = parse(elf);
    expect({ type, machine, flags, sections }).to.deep.equal({ type: SHARED_OBJECT, machine: BPF, flags: 0, sections: 8 });
    expect(segments).to.have.length(3);
    for (const { offset, address, size } of segments) {
      expect(address).to.equal(BigInt(offset));
      expect(offset + size).to.be.at.most(elf.length);
    }
    const code = segments[0];
    expect(code?.flags).to.equal(READ | EXECUTE);
    expect(Number(entry)).to.be.within(code?.offset ?? 0, (code?.offset ?? 0) + (code?.size ?? 0) - 8);
  });

  it("is an sBPF v3 program of read-only data at 0 and code at 1 << 32, and nothing else", () => {
    const elf = artifact("postern.v3.so");
    const { type, machine, entry, flags, sections, segments } = parse(elf);
    expect({ type, machine, flags, sections }).to.deep.equal({ type: SHARED_OBJECT, machine: BPF, flags: 3, sections: 0 });
    expect(segments.map(({ flags, address }) => [flags, address])).to.deep.equal([
      [READ, 0n],
      [EXECUTE, 1n << 32n],
    ]);
    const [data, code] = segments;
    expect(data?.offset).to.equal(64 + 2 * 56);
    expect(code?.offset).to.equal((data?.offset ?? 0) + (data?.size ?? 0));
    expect(elf.length).to.equal((code?.offset ?? 0) + (code?.size ?? 0));
    expect(Number(entry - (1n << 32n))).to.be.within(0, (code?.size ?? 0) - 8);
    expect(entry % 8n).to.equal(0n);
  });

  it("carries the contact for security researchers in both forms", () => {
    for (const name of ["postern.v0.so", "postern.v3.so"]) {
      expect(artifact(name).toString("latin1"), name).to.match(/=======BEGIN SECURITY\.TXT V1=======\0[^]*contacts\0[^]*=======END SECURITY\.TXT V1=======\0/);
    }
  });
});

describe("the types made from the IDL", () => {
  it("hold the IDL itself, unchanged", () => {
    expect(IDL).to.deep.equal(idl);
  });

  it("name things as Anchor's client does", () => {
    const source = readFileSync(join(SDK, "src/program/generated/idl.ts"), "utf8");
    const type = /export type Postern = (\{[^]*?\n\});/.exec(source)?.[1] ?? "";
    const withoutDocs = JSON.stringify(convertIdlToCamelCase(idl), (key, value: unknown) => (key === "docs" ? undefined : value));
    expect(JSON.parse(type)).to.deep.equal(JSON.parse(withoutDocs));
  });

  it("have the program's address in one place", () => {
    expect([PROGRAM_ADDRESS, record.address]).to.deep.equal([idl.address, idl.address]);
  });

  it("list every error of the program by its number, with a code of its own", () => {
    const listed = Object.entries(PROGRAM_ERRORS).map(([code, { name, message }]) => ({ code: Number(code), name, msg: message }));
    expect(listed).to.deep.equal(idl.errors);
    const codes = Object.values(PROGRAM_ERRORS).map(({ code }) => code);
    expect(new Set(codes).size).to.equal(codes.length);
    for (const { name, code } of Object.values(PROGRAM_ERRORS)) {
      expect(code).to.match(/^[A-Z]+(_[A-Z]+)*$/);
      expect(code.replaceAll("_", "").toLowerCase()).to.equal(name.toLowerCase());
    }
    expect(PROGRAM_ERRORS[6009]).to.include({ name: "NotARequest", code: "NOT_A_REQUEST" });
  });
});
