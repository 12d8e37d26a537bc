/** The shape of every instruction that this room builds, and the little-endian writer that its data is made with. */
import { PosternError } from "../errors.js";
import { addressBytes, type Address } from "./address.js";

export type AccountRole = { readonly address: Address; readonly signer: boolean; readonly writable: boolean };

/** Plain data; one line makes a web3.js or Kit instruction of it. */
export type Instruction = { readonly programAddress: Address; readonly accounts: readonly AccountRole[]; readonly data: Uint8Array };

export const signer = (address: Address): AccountRole => ({ address, signer: true, writable: false });
export const writableSigner = (address: Address): AccountRole => ({ address, signer: true, writable: true });
export const writable = (address: Address): AccountRole => ({ address, signer: false, writable: true });
export const readonly = (address: Address): AccountRole => ({ address, signer: false, writable: false });

function integer(value: number, max: number, name: string): number {
  if (!Number.isInteger(value) || value < 0 || value > max) {
    throw new PosternError("INVALID_ARGUMENT", `${name} must be a whole number from 0 to ${max}.`);
  }
  return value;
}

/** Builds instruction data: one byte of discriminator, then arguments as Anchor 2 reads them. */
export class DataWriter {
  readonly #parts: Uint8Array[] = [];

  constructor(discriminator: number) {
    this.u8(discriminator, "discriminator");
  }

  u8(value: number, name: string): this {
    this.#parts.push(Uint8Array.of(integer(value, 0xff, name)));
    return this;
  }

  u16(value: number, name: string): this {
    const bytes = new Uint8Array(2);
    new DataView(bytes.buffer).setUint16(0, integer(value, 0xffff, name), true);
    this.#parts.push(bytes);
    return this;
  }

  u32(value: number, name: string): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, integer(value, 0xffff_ffff, name), true);
    this.#parts.push(bytes);
    return this;
  }

  u64(value: bigint, name: string): this {
    if (typeof value !== "bigint" || value < 0n || value > 0xffff_ffff_ffff_ffffn) {
      throw new PosternError("INVALID_ARGUMENT", `${name} must be a bigint from 0 to 2^64 - 1.`);
    }
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, value, true);
    this.#parts.push(bytes);
    return this;
  }

  /** A fixed array: raw bytes, their number checked. */
  array(bytes: Uint8Array, length: number, name: string): this {
    if (bytes.length !== length) throw new PosternError("INVALID_ARGUMENT", `${name} must have ${length} bytes.`);
    this.#parts.push(bytes);
    return this;
  }

  address(address: Address): this {
    this.#parts.push(addressBytes(address));
    return this;
  }

  /** A byte string: u32 length, then the bytes. */
  bytes(bytes: Uint8Array, name: string): this {
    return this.u32(bytes.length, name).array(bytes, bytes.length, name);
  }

  /** An optional argument: 0, or 1 and the value that `write` appends. */
  option<T>(value: T | undefined, write: (writer: this, value: T) => void): this {
    this.#parts.push(Uint8Array.of(value === undefined ? 0 : 1));
    if (value !== undefined) write(this, value);
    return this;
  }

  finish(): Uint8Array {
    const data = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      data.set(part, at);
      at += part.length;
    }
    return data;
  }
}
