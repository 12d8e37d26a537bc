/** Cards and X-Wing keys that the program takes; whether the certificate is good is for clients to say. */
import { addressBytes, type Address } from "../../../sdk/src/program/index.js";
import { fill, noise, sha256, u32 } from "./bytes.js";

export type CardFields = {
  readonly suite: number;
  readonly certificateKind: number;
  readonly generation: number;
  readonly validFrom: number;
  readonly validUntil: number;
  readonly wallet: Address;
  readonly delegate: Address;
  readonly xWing: Uint8Array;
};

export const xWingKey = (generation: number): Uint8Array => noise(1_216, `x-wing ${generation}`);
export const CERTIFICATE = fill(64, 0xce);

/** The 142 bytes of a card. */
export function cardOf(fields: Partial<CardFields> & Pick<CardFields, "generation" | "wallet" | "delegate">): Uint8Array {
  const { suite = 1, certificateKind = 0, validFrom = 1, validUntil = 2, xWing = xWingKey(fields.generation) } = fields;
  return Uint8Array.from([
    suite,
    certificateKind,
    ...u32(fields.generation),
    ...u32(validFrom),
    ...u32(validUntil),
    ...addressBytes(fields.wallet),
    ...addressBytes(fields.delegate),
    ...fill(32, 0x1d),
    ...sha256("postern/1 x-wing key\0", xWing),
  ]);
}
