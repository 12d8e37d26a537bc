/** Instructions from the IDL alone, without the SDK's builders. */
import { PROGRAM_ADDRESS, SYSTEM_PROGRAM, addressBytes, type Address, type Instruction } from "../../../../sdk/src/program/index.js";
import { u32 } from "../bytes.js";
import { instructionNamed, type IdlType } from "../idl.js";
import { u16, u64 } from "../raw-accounts.js";

export type Argument = number | bigint | Uint8Array | Address | undefined;

/** `accounts` but the System program, in their order; undefined for an optional one that is not given. */
export function build(name: string, accounts: readonly (Address | undefined)[], args: readonly Argument[] = []): Instruction {
  const idl = instructionNamed(name);
  const roles = idl.accounts.map((account, at) => {
    const address = account.name === "system_program" ? SYSTEM_PROGRAM : (accounts[at] ?? PROGRAM_ADDRESS);
    return { address, signer: account.signer === true, writable: account.writable === true && address !== PROGRAM_ADDRESS };
  });
  const data = Uint8Array.from([...idl.discriminator, ...idl.args.flatMap(({ type }, at) => [...encoded(type, args[at])])]);
  return { programAddress: PROGRAM_ADDRESS, accounts: roles, data };
}

function encoded(type: IdlType, value: Argument): Iterable<number> {
  if (typeof type === "object" && "option" in type) return value === undefined ? [0] : [1, ...encoded(type.option, value)];
  if (type === "pubkey" && typeof value === "string") return addressBytes(value);
  if (type === "u64" && typeof value === "bigint") return u64(value);
  if (value instanceof Uint8Array) return type === "bytes" ? [...u32(value.length), ...value] : value;
  if (typeof value === "number" && type === "u32") return u32(value);
  if (typeof value === "number" && type === "u16") return u16(value);
  if (typeof value === "number" && type === "u8") return [value];
  throw new Error(`${String(value)} is no ${JSON.stringify(type)}.`);
}
