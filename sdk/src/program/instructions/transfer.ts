import { SYSTEM_PROGRAM, type Address } from "../address.js";
import { writable, writableSigner, type Instruction } from "../instruction.js";

/** `Transfer` of the System program: discriminator u32 2, lamports u64. */
export function transfer(input: { from: Address; to: Address; lamports: bigint }): Instruction {
  const data = new Uint8Array(12);
  const view = new DataView(data.buffer);
  view.setUint32(0, 2, true);
  view.setBigUint64(4, input.lamports, true);
  return { programAddress: SYSTEM_PROGRAM, accounts: [writableSigner(input.from), writable(input.to)], data };
}
