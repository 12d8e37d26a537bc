import { keyBundleAddress, profileAddress, type Address } from "../address.js";
import { DataWriter, readonly, signer, writable, type Instruction } from "../instruction.js";
import { DISCRIMINATOR } from "./discriminators.js";

/**
 * Closes a wallet's profile and, where there is one, its current key bundle. Every other bundle must be closed before.
 * `refund` and `current.refund` are the recorded ones.
 */
export function closeProfile(input: {
  program: Address; wallet: Address; refund: Address; current?: { generation: number; refund: Address };
}): Instruction {
  const bundle = input.current === undefined
    ? [readonly(input.program), readonly(input.program)]
    : [writable(keyBundleAddress(input.wallet, input.current.generation, input.program)), writable(input.current.refund)];
  return {
    programAddress: input.program,
    accounts: [signer(input.wallet), writable(profileAddress(input.wallet, input.program)), writable(input.refund), ...bundle],
    data: new DataWriter(DISCRIMINATOR.closeProfile).finish(),
  };
}
