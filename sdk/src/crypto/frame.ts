/** What a frame is, by its first two bytes: the suite, then the type (PROTOCOL.md, section 6). */
import { SUITE } from "./suite.js";

/** True for a first frame that a handshake may begin with, `01 00`: those of an inbox that answers start `01 02`. */
export function beginsHandshake(frame0: Uint8Array): boolean {
  return frame0[0] === SUITE && frame0[1] === 0;
}
