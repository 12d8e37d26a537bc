/** What only handshakes need: X-Wing, and reading what a peer has sent with it. Loaded when there is one to read or keys to check. */
import { respond } from "../crypto/index.js";
import { PosternError } from "../errors.js";

export { joinHandshake, kem } from "../crypto/index.js";

/**
 * As `respond`, for an inbox that the delegate writes which the sender's wallet has certified: the ledger has its signature. The lesser proof, a
 * shared secret, is one that whoever has stolen the recipient's keys can make in anybody's name (key-compromise impersonation).
 * @throws PosternError HANDSHAKE_UNSUPPORTED for the lesser proof, and the codes of `respond`
 */
export function respondToDelegate(options: Parameters<typeof respond>[0]): ReturnType<typeof respond> {
  const response = respond(options);
  if (response.proof === "delegate") return response;
  throw new PosternError("HANDSHAKE_UNSUPPORTED", "The key that wrote this request is not the delegate of the wallet that it names, as in private mode, which this version does not take. Do not trust the name; ask its owner to write directly.");
}
