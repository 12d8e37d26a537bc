/** Somebody with an Ed25519 key. Keys are the same in every run. */
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { toAddress, type Address } from "../../../sdk/src/program/index.js";
import { sha256 } from "./bytes.js";

/** What PKCS #8 puts in front of an Ed25519 seed (RFC 8410, section 7). */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

export type Person = { readonly address: Address; readonly sign: (message: Uint8Array) => Uint8Array };

export function personOf(name: string): Person {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, sha256(name)]), format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
  return { address: toAddress(publicKey), sign: (message) => sign(null, message, key) };
}
