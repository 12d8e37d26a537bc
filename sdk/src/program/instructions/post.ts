import type { Address } from "../address.js";
import { DataWriter, signer, writable, type Instruction } from "../instruction.js";
import { DISCRIMINATOR } from "./discriminators.js";

/**
 * Appends `payload` to an inbox as frame number `expectedSeq`. Signed by the inbox's writer.
 *
 * The program refuses another number (SEQUENCE_MISMATCH), so nothing posts twice. In a version 0 transaction that the
 * writer pays for, 1,017 bytes of payload fit.
 *
 * @example
 * ```ts
 * import { post, PROGRAM_ADDRESS } from "@postern/sdk/program";
 *
 * const instruction = post({ program: PROGRAM_ADDRESS, writer, inbox, expectedSeq: 2, payload: frame });
 * ```
 */
export function post(input: { program: Address; writer: Address; inbox: Address; expectedSeq: number; payload: Uint8Array }): Instruction {
  return {
    programAddress: input.program,
    accounts: [signer(input.writer), writable(input.inbox)],
    data: new DataWriter(DISCRIMINATOR.post).u32(input.expectedSeq, "expectedSeq").bytes(input.payload, "payload").finish(),
  };
}
