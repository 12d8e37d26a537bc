import { SYSTEM_PROGRAM, type Address } from "../address.js";
import { DataWriter, readonly, signer, writable, writableSigner, type Instruction } from "../instruction.js";
import { DISCRIMINATOR } from "./discriminators.js";

/**
 * Gives an inbox a ring of `capacity` bytes: at most 10,240 more than it has, at the payer's cost, or less by dropping
 * acknowledged frames, which frees rent to the recorded refund address. `expectedNext` is the inbox's next frame number.
 */
export function resizeInbox(input: {
  program: Address; payer: Address; writer: Address; inbox: Address; refund: Address; capacity: number; expectedNext: number;
}): Instruction {
  return {
    programAddress: input.program,
    accounts: [writableSigner(input.payer), signer(input.writer), writable(input.inbox), writable(input.refund), readonly(SYSTEM_PROGRAM)],
    data: new DataWriter(DISCRIMINATOR.resizeInbox).u32(input.capacity, "capacity").u32(input.expectedNext, "expectedNext").finish(),
  };
}
