/** A handshake as an attacker makes it: section 5 of the protocol once more, with every part free to be wrong. */
import {
  bundleHash, concat, expand, extract, hash, kem, seal, u32, u8, type Cluster, type InboxIdentity, type VerifiedBundle,
} from "@postern/sdk/crypto";

const NOTHING = new Uint8Array(0);

export type Forgery = {
  readonly cluster: Cluster;
  readonly to: VerifiedBundle;
  readonly identity: InboxIdentity;
  /** The card in the sender box, and its certificate. */
  readonly card: Uint8Array;
  readonly certificate: Uint8Array;
  /** What the forger claims the static key agreement gave. */
  readonly shared: Uint8Array;
  readonly reader: Uint8Array;
  readonly flags?: number;
  readonly generation?: number;
};

/** 1,410 bytes; with honest parts, those of an honest sender. */
export function forgeHandshake({ cluster, to, identity: { inbox, writer, openSalt }, card, certificate, shared, reader, flags = 0, generation }: Forgery): Uint8Array {
  const j = u32(generation ?? to.card.generation);
  const { ciphertext, secret } = kem.encapsulate(to.xWing, new Uint8Array(64).fill(0xc0));
  const t1 = hash("handshake", cluster.domain, inbox, writer, openSalt, to.card.wallet, j, to.hash, ciphertext);
  const p1 = extract(t1, secret);
  const box = seal(expand(p1, "sender box", NOTHING, 32), concat(u8(flags), card.subarray(1), certificate, reader));
  const t2 = hash("handshake 2", t1, box, bundleHash(cluster.domain, card));
  const p2 = extract(t2, concat(expand(p1, "chain", NOTHING, 64), shared));
  return concat(j, ciphertext, box, expand(p2, "confirm", NOTHING, 32));
}
