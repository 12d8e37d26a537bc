/** Small programs in LLVM IR: built by tools/sbpf, run in a local virtual machine. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  address,
  appendTransactionMessageInstruction,
  createTransactionMessage,
  generateKeyPairSigner,
  lamports,
  pipe,
  setTransactionMessageFeePayerSigner,
  signTransactionMessageWithSigners,
} from "@solana/kit";
import { FailedTransactionMetadata, LiteSVM } from "litesvm";

export const TOOLS = join(__dirname, "..", "..", "tools");
export const VERSIONS = ["v0", "v3"] as const;
export type Version = (typeof VERSIONS)[number];

const PROGRAM = address("PswPdae8L9VqJMjRAAdEocq2tgvNboQ9xZpce3EFv1W");

/** What the entry point gets when an instruction names no accounts: 0 as u64, then the data's length as u64, then the data. */
export const DATA_OFFSET = 16;

const PRELUDE = `
target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpfel"
declare void @sol_set_return_data(ptr, i64)
`;

export interface Outcome {
  /** The logged reason of a failure; undefined when the program returned 0. */
  readonly failure: string | undefined;
  readonly returned: Buffer;
}

/** Runs tools' own Python; its standard output and standard error. */
export function python(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync("python3", ["-B", ...args], { cwd: TOOLS, encoding: "utf8" });
}

/** Links a module of LLVM IR. The text needs no target lines, and `sol_set_return_data` is declared. */
export function link(ir: string): { programs: Record<Version, Buffer> } | { refusal: string } {
  const folder = mkdtempSync(join(tmpdir(), "postern-tools-"));
  try {
    const source = join(folder, "program.ll");
    writeFileSync(source, PRELUDE + ir);
    const { status, stderr } = python("-m", "sbpf", source, folder);
    if (status !== 0) return { refusal: stderr };
    return { programs: { v0: readFileSync(join(folder, "v0.so")), v3: readFileSync(join(folder, "v3.so")) } };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Links a module that must link. */
export function build(ir: string): Record<Version, Buffer> {
  const linked = link(ir);
  if ("refusal" in linked) throw new Error(linked.refusal);
  return linked.programs;
}

/** Why a module does not link. */
export function refusalOf(ir: string): string {
  const linked = link(ir);
  if ("programs" in linked) throw new Error("it linked");
  return linked.refusal;
}

/** Deploys a program; the function returned calls it with instruction data. */
export async function deploy(program: Buffer): Promise<(data: Uint8Array) => Promise<Outcome>> {
  const machine = new LiteSVM();
  const payer = await generateKeyPairSigner();
  machine.airdrop(payer.address, lamports(1_000_000_000n));
  machine.addProgram(PROGRAM, program);
  return async (data) => {
    const transaction = await pipe(
      createTransactionMessage({ version: 0 }),
      (message) => setTransactionMessageFeePayerSigner(payer, message),
      (message) => machine.setTransactionMessageLifetimeUsingLatestBlockhash(message),
      (message) => appendTransactionMessageInstruction({ programAddress: PROGRAM, data }, message),
      (message) => signTransactionMessageWithSigners(message),
    );
    const result = machine.sendTransaction(transaction);
    machine.expireBlockhash();
    const failed = result instanceof FailedTransactionMetadata;
    const meta = failed ? result.meta() : result;
    return { failure: failed ? meta.logs().join("\n") : undefined, returned: Buffer.from(meta.returnData().data()) };
  };
}

export function u64(...values: bigint[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  values.forEach((value, index) => bytes.writeBigUInt64LE(value, 8 * index));
  return bytes;
}
