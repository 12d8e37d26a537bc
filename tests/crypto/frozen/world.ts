/** The parties, inboxes and messages of the vectors: everything follows from two wallet seeds, a deployment and fixed random bytes. */
import * as c from "../../../sdk/src/crypto/index.js";
import { addressBytes, inboxAddress as derivedAddress, toAddress } from "../../../sdk/src/program/index.js";
import { D, type Opening, type Party, VALID_FROM, alice, bob, certify, cluster, fill, openThread } from "../fixture.js";
import { type Draft, type Results, toValues } from "./format.js";
import type { FunctionName } from "./functions/index.js";

export const take = (name: string, call: FunctionName, inputs: Results): Draft => ({ name, function: call, inputs: toValues(inputs) });
export const refuse = (error: string, name: string, call: FunctionName, inputs: Results): Draft => ({ ...take(name, call, inputs), error });

/** Refusals of one function that differ from `base` in what they change. */
export const refusals = (call: FunctionName, base: Results, cases: readonly (readonly [error: string, name: string, change: Results])[]): Draft[] =>
  cases.map(([error, name, change]) => refuse(error, name, call, { ...base, ...change }));

export const deployment = { programId: cluster.programId, genesisHash: cluster.genesisHash, scope: cluster.scope };
export const elsewhere = [["program", { programId: fill(9) }], ["network", { genesisHash: fill(9) }], ["scope", { scope: "other" }]] as const;
export const inboxAddress = (writer: Uint8Array, index = 0): Uint8Array => addressBytes(derivedAddress(toAddress(writer), index, toAddress(cluster.programId)));

/** The second generation of a party, valid 90 days after the first. */
export function rotated(from: Party, days = 90): Party {
  const g = c.generationSecret(D, from.root, 1);
  const keys = c.generationKeys(D, g);
  const validFrom = VALID_FROM + days * 86_400;
  const card: c.Card = {
    certificateKind: from.card.certificateKind, generation: 1, validFrom, validUntil: validFrom + c.DEFAULT_LIFETIME_SECONDS, wallet: from.wallet,
    delegate: keys.delegate.publicKey, identity: keys.identity.publicKey, keyHash: c.keyHash(keys.kem.publicKey),
  };
  const bundle = { card: c.encodeCard(card), certificate: certify(from.walletSeed, card), xWing: keys.kem.publicKey };
  const verified = c.verifyBundle(cluster, bundle, { wallet: from.wallet, generation: 1 });
  const held = (k: number) => (k === 1 ? { keys, bundleHash: verified.hash } : undefined);
  return { walletSeed: from.walletSeed, wallet: from.wallet, root: from.root, g, keys, card, bundle, verified, held };
}

export const alice1 = rotated(alice);
export const bob1 = rotated(bob, 91);

export const writer0 = c.ed25519PublicKey(c.writerSeed(D, alice.g, 0));
const privateInbox = inboxAddress(writer0);
export const openings = {
  direct: openThread(alice, bob, inboxAddress(alice.keys.delegate.publicKey)),
  private: openThread(alice, bob, privateInbox, { writer: writer0, reader: c.ed25519PublicKey(c.readerSeed(D, alice.g, privateInbox)) }),
  toOneself: openThread(alice, alice, inboxAddress(alice.keys.delegate.publicKey, 1)),
  crossing: openThread(bob, alice, inboxAddress(bob.keys.delegate.publicKey)),
  rotatedSender: openThread(alice1, bob, inboxAddress(alice1.keys.delegate.publicKey)),
  rotatedRecipient: openThread(alice, bob1, inboxAddress(alice.keys.delegate.publicKey, 2)),
  rotatedBoth: openThread(alice1, bob1, inboxAddress(alice1.keys.delegate.publicKey, 1)),
} satisfies Record<string, Opening>;

/** What `initiate` takes to make the handshake of an opening again. */
export const openingInputs = (opening: Opening) => ({
  ...deployment, inbox: opening.inbox, writer: opening.writer, openSalt: opening.openSalt, generationSecret: opening.from.g,
  ownCard: opening.from.bundle.card, ownCertificate: opening.from.bundle.certificate,
  peerCard: opening.to.bundle.card, peerCertificate: opening.to.bundle.certificate, peerXWing: opening.to.bundle.xWing, reader: opening.reader,
});
export const heldOf = ({ card, g, verified }: Party) => ({ generation: card.generation, generationSecret: g, bundleHash: verified.hash });

/** Bob's answer to the direct opening, at his first address. */
const place = { inbox: inboxAddress(bob.keys.delegate.publicKey), writer: bob.keys.delegate.publicKey };
export const answerBox = { role: 1 as const, peerGeneration: 0, peerWallet: alice.wallet, link: openings.direct.inbox };
export const answer = {
  ...place, thread: openings.direct.thread,
  openSalt: c.openSalt(bob.keys.owner, { ...place, ...answerBox, r32: fill(8), extra: openings.direct.thread }),
};
export const pointerFields = { inboxX: openings.direct.inbox, readerR: bob.keys.delegate.publicKey, inboxY: answer.inbox, r32: fill(5) };

export const keyX = c.inboxKey(D, openings.direct.thread, { ...openings.direct, role: 0 });
export const keyY = c.inboxKey(D, answer.thread, { ...answer, role: 1 });
export const sealed = (key: Uint8Array, seq: number, body: Uint8Array | string, kind = 0): Uint8Array =>
  c.sealMessage(key, { seq, inner: { kind, sent: 1_795_392_100 + seq, seen: 0, body: typeof body === "string" ? c.utf8(body) : body }, r32: fill(9) });
