/**
 * A handshake as an attacker makes it: the protocol's section 5 written out a second time, with every part free to be
 * wrong. With honest parts it must give the honest bytes, which shows that the two readings of the text agree.
 */
import * as c from "../../sdk/src/crypto/index.js";
import { type Party, cluster, fill } from "./fixture.js";

const NOTHING = new Uint8Array(0);

export type Attack = {
  readonly to: Party;
  readonly identity: c.InboxIdentity;
  /** The card inside, and what is hashed as its bundle. */
  readonly card: Uint8Array;
  readonly certificate: Uint8Array;
  /** The result of the static DH that the attacker claims. */
  readonly shared: Uint8Array;
  readonly reader?: Uint8Array;
  readonly flags?: number;
  readonly coins?: Uint8Array;
};

export function forge({ to, identity, card, certificate, shared, reader = fill(0x4e), flags = 0, coins = fill(0xc0, 64) }: Attack): Uint8Array {
  const { inbox, writer, openSalt } = identity;
  const j = c.u32(to.card.generation);
  const { ciphertext, secret } = c.kem.encapsulate(to.bundle.xWing, coins);
  const t1 = c.hash("handshake", cluster.domain, inbox, writer, openSalt, to.wallet, j, to.verified.hash, ciphertext);
  const p1 = c.extract(t1, secret);
  const box = c.seal(c.expand(p1, "sender box", NOTHING, 32), c.concat(c.u8(flags), card.subarray(1), certificate, reader));
  const t2 = c.hash("handshake 2", t1, box, c.bundleHash(cluster.domain, card));
  const p2 = c.extract(t2, c.concat(c.expand(p1, "chain", NOTHING, 64), shared));
  return c.concat(j, ciphertext, box, c.expand(p2, "confirm", NOTHING, 32));
}
