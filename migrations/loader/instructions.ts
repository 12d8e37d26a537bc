/**
 * Instructions and accounts of Solana's upgradeable loader (BPFLoaderUpgradeab1e…): what `solana program deploy` sends, so
 * that a deployment needs nothing but Node. Encoding: bincode, i.e. u32 variant, then fields, little-endian.
 */
import { PublicKey, SystemProgram, SYSVAR_CLOCK_PUBKEY, SYSVAR_RENT_PUBKEY, TransactionInstruction } from "@solana/web3.js";

export const LOADER = new PublicKey("BPFLoaderUpgradeab1e11111111111111111111111");

/** Bytes before the program in a buffer: variant u32, authority Option<32>. */
export const BUFFER_HEADER_BYTES = 37;
/** Bytes before the program in its data account: variant u32, slot u64, authority Option<32>. */
export const PROGRAM_DATA_HEADER_BYTES = 45;
/** A program account: variant u32, address of the data account. */
export const PROGRAM_BYTES = 36;

const VARIANT = { initializeBuffer: 0, write: 1, deploy: 2, upgrade: 3 } as const;
const STATE = { buffer: 1, program: 2, programData: 3 } as const;

const readonly = (pubkey: PublicKey, isSigner = false) => ({ pubkey, isSigner, isWritable: false });
const writable = (pubkey: PublicKey, isSigner = false) => ({ pubkey, isSigner, isWritable: true });

function instruction(keys: TransactionInstruction["keys"], ...parts: Buffer[]): TransactionInstruction {
  return new TransactionInstruction({ programId: LOADER, keys, data: Buffer.concat(parts) });
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

/** Where a program's code and upgrade authority are kept. */
export function programDataAddress(program: PublicKey): PublicKey {
  return PublicKey.findProgramAddressSync([program.toBytes()], LOADER)[0];
}

export function initializeBuffer(buffer: PublicKey, authority: PublicKey): TransactionInstruction {
  return instruction([writable(buffer), readonly(authority)], u32(VARIANT.initializeBuffer));
}

export function writeBuffer(buffer: PublicKey, authority: PublicKey, offset: number, bytes: Uint8Array): TransactionInstruction {
  return instruction([writable(buffer), readonly(authority, true)], u32(VARIANT.write), u32(offset), u64(bytes.length), Buffer.from(bytes));
}

/** The buffer becomes a program that can grow to `maxBytes`; its lamports go to the payer. */
export function deployFromBuffer(accounts: { payer: PublicKey; program: PublicKey; buffer: PublicKey; authority: PublicKey }, maxBytes: number): TransactionInstruction {
  const { payer, program, buffer, authority } = accounts;
  return instruction(
    [
      writable(payer, true), writable(programDataAddress(program)), writable(program), writable(buffer),
      readonly(SYSVAR_RENT_PUBKEY), readonly(SYSVAR_CLOCK_PUBKEY), readonly(SystemProgram.programId), readonly(authority, true),
    ],
    u32(VARIANT.deploy), u64(maxBytes),
  );
}

/** The buffer replaces the program's code; its lamports go to `spill`. */
export function upgradeFromBuffer(accounts: { program: PublicKey; buffer: PublicKey; spill: PublicKey; authority: PublicKey }): TransactionInstruction {
  const { program, buffer, spill, authority } = accounts;
  return instruction(
    [
      writable(programDataAddress(program)), writable(program), writable(buffer), writable(spill),
      readonly(SYSVAR_RENT_PUBKEY), readonly(SYSVAR_CLOCK_PUBKEY), readonly(authority, true),
    ],
    u32(VARIANT.upgrade),
  );
}

export type BufferState = { readonly authority: PublicKey | null; readonly code: Uint8Array };
export type ProgramDataState = BufferState & { readonly slot: bigint };

/** What a buffer holds; undefined for anything else. */
export function decodeBuffer(data: Uint8Array): BufferState | undefined {
  const bytes = Buffer.from(data);
  if (bytes.length < BUFFER_HEADER_BYTES || bytes.readUInt32LE(0) !== STATE.buffer) return undefined;
  return { authority: authorityAt(bytes, 4), code: bytes.subarray(BUFFER_HEADER_BYTES) };
}

/** What a program's data account holds; undefined for anything else. */
export function decodeProgramData(data: Uint8Array): ProgramDataState | undefined {
  const bytes = Buffer.from(data);
  if (bytes.length < PROGRAM_DATA_HEADER_BYTES || bytes.readUInt32LE(0) !== STATE.programData) return undefined;
  return { slot: bytes.readBigUInt64LE(4), authority: authorityAt(bytes, 12), code: bytes.subarray(PROGRAM_DATA_HEADER_BYTES) };
}

function authorityAt(bytes: Buffer, at: number): PublicKey | null {
  return bytes[at] === 1 ? new PublicKey(bytes.subarray(at + 1, at + 33)) : null;
}
