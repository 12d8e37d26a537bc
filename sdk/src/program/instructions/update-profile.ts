import { POLICY_CODE, ROOT_KIND_CODE, type ContactPolicy, type RootKind } from "../accounts/profile.js";
import { profileAddress, type Address } from "../address.js";
import { DataWriter, signer, writable, type Instruction } from "../instruction.js";
import { DISCRIMINATOR } from "./discriminators.js";

/** Changes what is given. The delegate may change the policy; delegate and root are the wallet's alone. */
export function updateProfile(input: {
  program: Address;
  /** The wallet or its delegate. */
  signer: Address;
  wallet: Address;
  delegate?: Address;
  root?: { number: number; kind: RootKind };
  policy?: ContactPolicy;
}): Instruction {
  const postage = input.policy === undefined ? undefined : input.policy.kind === "postage" ? input.policy.lamports : 0n;
  return {
    programAddress: input.program,
    accounts: [signer(input.signer), writable(profileAddress(input.wallet, input.program))],
    data: new DataWriter(DISCRIMINATOR.updateProfile)
      .option(input.delegate, (data, delegate) => data.address(delegate))
      .option(input.root?.number, (data, number) => data.u32(number, "root.number"))
      .option(input.root?.kind, (data, kind) => data.u8(ROOT_KIND_CODE[kind], "root.kind"))
      .option(input.policy?.kind, (data, kind) => data.u8(POLICY_CODE[kind], "policy"))
      .option(postage, (data, lamports) => data.u64(lamports, "policy.lamports"))
      .finish(),
  };
}
