/** What only handshakes need: X-Wing, and reading what a peer has sent with it. Loaded when there is one to read or keys to check. */
export { joinHandshake, kem, respond } from "../crypto/index.js";
