import type { Address } from "../address.js";
import { DataWriter, signer, writable, type Instruction } from "../instruction.js";
import { DISCRIMINATOR } from "./discriminators.js";

/** Closes an inbox; all its lamports go to the recorded refund address. `expectedNext` is the inbox's next frame number. */
export function closeInbox(input: { program: Address; closer: Address; refund: Address; inbox: Address; expectedNext: number }): Instruction {
  return {
    programAddress: input.program,
    accounts: [signer(input.closer), writable(input.refund), writable(input.inbox)],
    data: new DataWriter(DISCRIMINATOR.closeInbox).u32(input.expectedNext, "expectedNext").finish(),
  };
}
