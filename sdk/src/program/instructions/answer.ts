import { profileAddress, type Address } from "../address.js";
import { DataWriter, readonly, signer, writable, type AccountRole, type Instruction } from "../instruction.js";
import { DISCRIMINATOR } from "./discriminators.js";

type AnswerInput = {
  readonly program: Address;
  /** The recipient's wallet or its delegate. */
  readonly signer: Address;
  /** The recipient's wallet; held postage goes to it. */
  readonly wallet: Address;
  readonly inbox: Address;
};

const answerAccounts = (input: AnswerInput): AccountRole[] => [
  signer(input.signer),
  readonly(profileAddress(input.wallet, input.program)),
  writable(input.inbox),
  writable(input.wallet),
];

/** Accepts a request: `reader` will acknowledge it, and the sealed 60-byte `reply` names the inbox that answers. */
export function accept(input: AnswerInput & { reader: Address; reply: Uint8Array }): Instruction {
  return {
    programAddress: input.program,
    accounts: answerAccounts(input),
    data: new DataWriter(DISCRIMINATOR.accept).address(input.reader).array(input.reply, 60, "reply").finish(),
  };
}

/** Declines a request. Its inbox takes no more posts and anyone may close it; the rent returns to its refund address. */
export function decline(input: AnswerInput): Instruction {
  return { programAddress: input.program, accounts: answerAccounts(input), data: new DataWriter(DISCRIMINATOR.decline).finish() };
}
