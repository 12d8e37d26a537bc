import type { Address } from "../address.js";
import { DataWriter, signer, writable, type Instruction } from "../instruction.js";
import { DISCRIMINATOR } from "./discriminators.js";

/** Says that every frame below `upto` has been read, so that the ring may reuse their room. Signed by the inbox's reader. */
export function acknowledge(input: { program: Address; reader: Address; inbox: Address; upto: number }): Instruction {
  return {
    programAddress: input.program,
    accounts: [signer(input.reader), writable(input.inbox)],
    data: new DataWriter(DISCRIMINATOR.acknowledge).u32(input.upto, "upto").finish(),
  };
}
