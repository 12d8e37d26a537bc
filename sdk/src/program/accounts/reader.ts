/** Reads fixed-layout account data that anyone may have forged: every access is inside checked bounds. */
import { PosternError } from "../../errors.js";
import { toAddress, type Address } from "../address.js";

/** An account as the network shows it. */
export type AccountData = { readonly owner: Address; readonly lamports: bigint; readonly data: Uint8Array };

export function invalidAccount(kind: string, problem: string): PosternError {
  return new PosternError("ACCOUNT_INVALID", `This is no ${kind} of the program: ${problem}. Ask another RPC endpoint.`);
}

/**
 * Checks what all accounts of the program share and returns a view of the data.
 * @throws PosternError ACCOUNT_INVALID for another owner, type, version, or fewer than `minBytes` bytes.
 */
export function openAccount(account: AccountData, kind: string, discriminator: Uint8Array, minBytes: number, program: Address): AccountReader {
  if (account.owner !== program) throw invalidAccount(kind, "another program owns it");
  if (account.data.length < minBytes) throw invalidAccount(kind, "it is too short");
  if (!discriminator.every((byte, i) => account.data[i] === byte)) throw invalidAccount(kind, "it has another type");
  if (account.data[8] !== 1) throw invalidAccount(kind, "its version is unknown");
  return new AccountReader(account.data);
}

export class AccountReader {
  readonly #data: Uint8Array;
  readonly #view: DataView;

  constructor(data: Uint8Array) {
    this.#data = data;
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  u8 = (at: number): number => this.#view.getUint8(at);
  u16 = (at: number): number => this.#view.getUint16(at, true);
  u32 = (at: number): number => this.#view.getUint32(at, true);
  u64 = (at: number): bigint => this.#view.getBigUint64(at, true);
  bytes = (at: number, length: number): Uint8Array => this.#data.slice(at, at + length);
  address = (at: number): Address => toAddress(this.#data.subarray(at, at + 32));
}
