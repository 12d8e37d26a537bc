import { POLICY_CODE, ROOT_KIND_CODE, type ContactPolicy, type RootKind } from "../accounts/profile.js";
import { profileAddress, SYSTEM_PROGRAM, type Address } from "../address.js";
import { DataWriter, readonly, signer, writable, writableSigner, type Instruction } from "../instruction.js";
import { DISCRIMINATOR } from "./discriminators.js";

/** Creates a wallet's profile, which names its delegate, the root of its keys and who may ask for contact. */
export function createProfile(input: {
  program: Address; payer: Address; wallet: Address; delegate: Address; rootNumber: number; rootKind: RootKind; policy: ContactPolicy; refund: Address;
}): Instruction {
  return {
    programAddress: input.program,
    accounts: [writableSigner(input.payer), signer(input.wallet), writable(profileAddress(input.wallet, input.program)), readonly(SYSTEM_PROGRAM)],
    data: new DataWriter(DISCRIMINATOR.createProfile)
      .address(input.delegate)
      .u32(input.rootNumber, "rootNumber")
      .u8(ROOT_KIND_CODE[input.rootKind], "rootKind")
      .u8(POLICY_CODE[input.policy.kind], "policy")
      .u64(input.policy.kind === "postage" ? input.policy.lamports : 0n, "postageLamports")
      .address(input.refund)
      .finish(),
  };
}
