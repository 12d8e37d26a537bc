import { profileAddress, type Address } from "../address.js";
import { DataWriter, writable, type Instruction } from "../instruction.js";
import { DISCRIMINATOR } from "./discriminators.js";
import { openingAccounts, writeOpening, type OpeningInput } from "./opening.js";

/**
 * Opens an inbox addressed to a wallet: a request, until the wallet accepts or declines it. The program checks the
 * recipient's policy, holds the postage (never more than `maxPostageLamports`) and notes the inbox in the recipient's profile.
 */
export function openRequest(input: OpeningInput & { recipient: Address; maxPostageLamports: bigint }): Instruction {
  return {
    programAddress: input.program,
    accounts: openingAccounts(input, [writable(profileAddress(input.recipient, input.program))]),
    data: writeOpening(new DataWriter(DISCRIMINATOR.openRequest), input)
      .u64(input.maxPostageLamports, "maxPostageLamports")
      .array(input.ownerBox, 120, "ownerBox")
      .finish(),
  };
}
