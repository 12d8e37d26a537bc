/** The key bundle: the public keys of one generation of a wallet, with the wallet's certificate. */
import { sha256 } from "@noble/hashes/sha2.js";
import { invalidAccount, openAccount, type AccountData } from "./reader.js";
import type { Address } from "../address.js";

export const KEY_BUNDLE_BYTES = 1_488;
export const KEY_BUNDLE_DISCRIMINATOR = sha256(new TextEncoder().encode("account:KeyBundle")).slice(0, 8);
/** Length of an X-Wing public key. */
export const X_WING_KEY_BYTES = 1_216;

/** What the account holds; whether the keys are the wallet's is for `verifyBundle` of the crypto room to say. */
export type KeyBundleAccount = {
  readonly activated: boolean;
  /** Bytes of the X-Wing key uploaded so far. */
  readonly written: number;
  /** 142 bytes. */
  readonly card: Uint8Array;
  /** 64 bytes. */
  readonly certificate: Uint8Array;
  readonly refund: Address;
  /** 1,216 bytes; zero where not yet written. */
  readonly xWing: Uint8Array;
};

/**
 * Decodes a key bundle.
 * @throws PosternError ACCOUNT_INVALID for anything that the program cannot have written.
 */
export function decodeKeyBundle(account: AccountData, program: Address): KeyBundleAccount {
  const read = openAccount(account, "key bundle", KEY_BUNDLE_DISCRIMINATOR, KEY_BUNDLE_BYTES, program);
  const state = read.u8(9);
  const written = read.u16(12);
  if (state > 1 || written > X_WING_KEY_BYTES || (state === 1 && written !== X_WING_KEY_BYTES)) {
    throw invalidAccount("key bundle", "its upload state is impossible");
  }
  return {
    activated: state === 1,
    written,
    card: read.bytes(14, 142),
    certificate: read.bytes(156, 64),
    refund: read.address(220),
    xWing: read.bytes(252, X_WING_KEY_BYTES),
  };
}
