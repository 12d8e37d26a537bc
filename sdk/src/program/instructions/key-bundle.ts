/** A generation's life: created by the wallet, uploaded and activated by the card's delegate, closed by the wallet. */
import { keyBundleAddress, profileAddress, SYSTEM_PROGRAM, type Address } from "../address.js";
import { DataWriter, readonly, signer, writable, writableSigner, type Instruction } from "../instruction.js";
import { DISCRIMINATOR } from "./discriminators.js";

type BundleInput = { readonly program: Address; readonly wallet: Address; readonly generation: number };

const bundleOf = (input: BundleInput): Address => keyBundleAddress(input.wallet, input.generation, input.program);
const profileOf = (input: BundleInput): Address => profileAddress(input.wallet, input.program);

/** Publishes a card (142 bytes) with the wallet's certificate (64 bytes) at the profile's next generation. Signed by the wallet. */
export function createKeyBundle(
  input: BundleInput & { payer: Address; card: Uint8Array; certificate: Uint8Array; refund: Address },
): Instruction {
  return {
    programAddress: input.program,
    accounts: [
      writableSigner(input.payer), signer(input.wallet), writable(profileOf(input)), writable(bundleOf(input)), readonly(SYSTEM_PROGRAM),
    ],
    data: new DataWriter(DISCRIMINATOR.createKeyBundle)
      .array(input.card, 142, "card")
      .array(input.certificate, 64, "certificate")
      .address(input.refund)
      .finish(),
  };
}

/** Uploads the next bytes of the X-Wing key; `offset` must be where the last chunk ended. Signed by the card's delegate. */
export function writeKeyBundle(input: BundleInput & { delegate: Address; offset: number; chunk: Uint8Array }): Instruction {
  return {
    programAddress: input.program,
    accounts: [signer(input.delegate), writable(bundleOf(input))],
    data: new DataWriter(DISCRIMINATOR.writeKeyBundle).u16(input.offset, "offset").bytes(input.chunk, "chunk").finish(),
  };
}

/** Makes a complete bundle the profile's current generation and its delegate the profile's. Signed by the card's delegate. */
export function activateKeyBundle(input: BundleInput & { delegate: Address }): Instruction {
  return {
    programAddress: input.program,
    accounts: [signer(input.delegate), writable(profileOf(input)), writable(bundleOf(input))],
    data: new DataWriter(DISCRIMINATOR.activateKeyBundle).finish(),
  };
}

/** Closes a bundle that is not the current one. Signed by the wallet; `refund` is the recorded address. */
export function closeKeyBundle(input: BundleInput & { refund: Address }): Instruction {
  return {
    programAddress: input.program,
    accounts: [signer(input.wallet), writable(profileOf(input)), writable(bundleOf(input)), writable(input.refund)],
    data: new DataWriter(DISCRIMINATOR.closeKeyBundle).finish(),
  };
}
