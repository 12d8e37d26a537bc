import { PosternError } from "../errors.js";
import { assertBytes, utf8 } from "./bytes.js";

// With the u flag a surrogate matches only where it has no partner.
const UNPAIRED_SURROGATE = /\p{Surrogate}/u;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * UTF-8 of a text, byte for byte: neither trimmed nor normalised.
 *
 * @throws INVALID_TEXT for an unpaired surrogate, which UTF-8 cannot hold and an encoder would replace silently
 */
export function encodeText(text: string): Uint8Array {
  if (typeof text !== "string" || UNPAIRED_SURROGATE.test(text)) {
    throw new PosternError("INVALID_TEXT", "Pass a string without unpaired surrogates: this one may have been cut within a character.");
  }
  return utf8(text);
}

/** The text of UTF-8 bytes; a byte order mark stays. Throws INVALID_TEXT for anything that is not well-formed UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  assertBytes(bytes, "bytes");
  try {
    return decoder.decode(bytes);
  } catch {
    throw new PosternError("INVALID_TEXT", "This message is not a text in UTF-8. It cannot be shown; read the next.");
  }
}
