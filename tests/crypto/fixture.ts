/** The wallets, deployment and times that the protocol's published values are computed with. */
import { createHash } from "node:crypto";
import * as c from "../../sdk/src/crypto/index.js";

export const hex = c.toHex;
export const fill = (byte: number, length = 32): Uint8Array => new Uint8Array(length).fill(byte);
/** Independent of the code under test. */
export const sha256 = (...parts: readonly (Uint8Array | string)[]): Uint8Array => {
  const state = createHash("sha256");
  for (const part of parts) state.update(part);
  return new Uint8Array(state.digest());
};

export const VALID_FROM = 1_795_392_000;
export const VALID_UNTIL = VALID_FROM + c.DEFAULT_LIFETIME_SECONDS;
export const cluster = c.cluster({ programId: sha256("test program"), genesisHash: sha256("test genesis"), scope: "global" });
export const D = cluster.domain;

export type Party = {
  readonly walletSeed: Uint8Array;
  readonly wallet: Uint8Array;
  readonly root: Uint8Array;
  readonly g: Uint8Array;
  readonly keys: c.GenerationKeys;
  readonly card: c.Card;
  readonly bundle: c.KeyBundle;
  readonly verified: c.VerifiedBundle;
  readonly held: (generation: number) => { keys: c.GenerationKeys; bundleHash: Uint8Array } | undefined;
};

/** Signs a card's certificate as its wallet (or as whoever holds `walletSeed`) would. */
export function certify(walletSeed: Uint8Array, card: c.Card, at: c.Cluster = cluster): Uint8Array {
  const bundleHash = c.bundleHash(at.domain, c.encodeCard(card));
  return c.ed25519Sign(walletSeed, c.certificateMessage({ card, programId: at.programId, genesisHash: at.genesisHash, scope: at.scope, bundleHash }));
}

/** A wallet whose seed repeats one byte, with one published generation. */
export function party(byte: number, generation = 0, at: c.Cluster = cluster, certificateKind: c.CertificateKind = c.CERTIFICATE_KIND.text): Party {
  const walletSeed = fill(byte);
  const wallet = c.ed25519PublicKey(walletSeed);
  const text = c.rootText({ wallet, programId: at.programId, genesisHash: at.genesisHash, scope: at.scope, rootNumber: 1 });
  const ikm = c.ed25519Sign(walletSeed, c.utf8(text));
  const root = c.deriveRoot(at.domain, { kind: "wallet", rootNumber: 1, wallet, scope: at.scope, ikm });
  const g = c.generationSecret(at.domain, root, generation);
  const keys = c.generationKeys(at.domain, g);
  const card: c.Card = {
    certificateKind,
    generation,
    validFrom: VALID_FROM,
    validUntil: VALID_UNTIL,
    wallet,
    delegate: keys.delegate.publicKey,
    identity: keys.identity.publicKey,
    keyHash: c.keyHash(keys.kem.publicKey),
  };
  const bundle = { card: c.encodeCard(card), certificate: certify(walletSeed, card, at), xWing: keys.kem.publicKey };
  const verified = c.verifyBundle(at, bundle, { wallet, generation });
  const held = (k: number) => (k === generation ? { keys, bundleHash: verified.hash } : undefined);
  return { walletSeed, wallet, root, g, keys, card, bundle, verified, held };
}

export const alice = party(0xa1);
export const bob = party(0xb2);

/** An inbox that is being opened: who writes to whom, and what they must send. */
export type Opening = c.InboxIdentity & c.Initiation & { readonly from: Party; readonly to: Party; readonly reader: Uint8Array };

/** Opens an inbox from one party to another, as a client would: salt first, then the handshake. */
export function openThread(
  from: Party,
  to: Party,
  inbox: Uint8Array,
  options: { readonly writer?: Uint8Array; readonly reader?: Uint8Array; readonly r32?: Uint8Array; readonly at?: c.Cluster } = {},
): Opening {
  const { writer = from.keys.delegate.publicKey, reader = from.keys.delegate.publicKey, r32 = fill(7), at = cluster } = options;
  const openSalt = c.openSalt(from.keys.owner, {
    r32, role: 0, inbox, writer, peerWallet: to.wallet, peerGeneration: to.card.generation, link: to.verified.hash, extra: from.verified.hash,
  });
  const initiation = c.initiate({
    cluster: at, inbox, writer, openSalt, owner: from.keys.owner, identitySecret: from.keys.identity.secret,
    ownCard: from.bundle.card, ownCertificate: from.bundle.certificate, peer: to.verified, reader,
  });
  return { ...initiation, inbox, writer, openSalt, from, to, reader };
}
