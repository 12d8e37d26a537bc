import { type Address32, assertBytes, u32 } from "./bytes.js";
import { OPEN_SALT_BYTES } from "./owner-box.js";
import { hash, sha256 } from "./suite.js";

/** `head₀ = Hash("log", inbox, open salt)`: where the program starts the log of a new inbox. Throws INVALID_ARGUMENT. */
export function logHead0(inbox: Address32, openSalt: Uint8Array): Uint8Array {
  assertBytes(inbox, "inbox", 32);
  assertBytes(openSalt, "open salt", OPEN_SALT_BYTES);
  return hash("log", inbox, openSalt);
}

/** `head_{n+1} = SHA-256(head_n ‖ n u32 ‖ time u32 ‖ payload)`, as the program advances it with every post. Throws INVALID_ARGUMENT. */
export function nextLogHead(head: Uint8Array, seq: number, time: number, payload: Uint8Array): Uint8Array {
  assertBytes(head, "head", 32);
  assertBytes(payload, "payload");
  return sha256(head, u32(seq), u32(time), payload);
}
