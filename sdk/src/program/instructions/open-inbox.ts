import type { Address } from "../address.js";
import { DataWriter, type Instruction } from "../instruction.js";
import { DISCRIMINATOR } from "./discriminators.js";
import { openingAccounts, writeOpening, type OpeningInput } from "./opening.js";

/** Opens an inbox that nobody has to accept: its reader was agreed in a handshake, and a reply pointer names it. */
export function openInbox(input: OpeningInput & { reader: Address }): Instruction {
  return {
    programAddress: input.program,
    accounts: openingAccounts(input, []),
    data: writeOpening(new DataWriter(DISCRIMINATOR.openInbox), input).address(input.reader).array(input.ownerBox, 120, "ownerBox").finish(),
  };
}
