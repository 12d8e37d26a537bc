/** Every kind of value that suite 1 computes, from the inputs beside it. All bytes are hexadecimal. */
import { PublicKey } from "@solana/web3.js";
import * as c from "../../../sdk/src/crypto/index.js";
import { sealVault } from "../../../sdk/src/crypto/vault.js";
import { D, type Party, alice, bob, cluster, fill, hex, openThread } from "../fixture.js";

const { programId, genesisHash, scope } = cluster;

export function inboxAddress(writer: Uint8Array, index = 0): Uint8Array {
  return PublicKey.findProgramAddressSync([c.utf8("inbox"), writer, c.u32(index)], new PublicKey(programId))[0].toBytes();
}

function generation(from: Party, k: number) {
  const secret = c.generationSecret(D, from.root, k);
  const { identity, kem, delegate, owner } = c.generationKeys(D, secret);
  const inbox = inboxAddress(alice.keys.delegate.publicKey);
  return {
    generation: k, secret: hex(secret), identitySecret: hex(identity.secret), identity: hex(identity.publicKey), xWingSeed: hex(kem.seed), xWing: hex(kem.publicKey),
    delegateSeed: hex(delegate.seed), delegate: hex(delegate.publicKey), owner: hex(owner), writerSeeds: [0, 1].map((i) => hex(c.writerSeed(D, secret, i))),
    readerInbox: hex(inbox), readerSeed: hex(c.readerSeed(D, secret, inbox)),
  };
}

function partyVectors(from: Party) {
  const { wallet, walletSeed, card } = from;
  const rootText = c.rootText({ wallet, programId, genesisHash, scope, rootNumber: 1 });
  const roots = (["vault", "given"] as const).map((kind) => {
    const source = { kind, rootNumber: 2, wallet, scope, ikm: fill(5) };
    return { kind, rootNumber: 2, ikm: hex(source.ikm), root: hex(c.deriveRoot(D, source)) };
  });
  const signature = c.ed25519Sign(walletSeed, c.utf8(rootText));
  return {
    walletSeed: hex(walletSeed), wallet: hex(wallet), rootText: hex(c.utf8(rootText)),
    roots: [{ kind: "wallet", rootNumber: 1, ikm: hex(signature), root: hex(from.root) }, ...roots],
    generations: [generation(from, 0), generation(from, 1)],
    card: hex(from.bundle.card), validFrom: card.validFrom, validUntil: card.validUntil, bundleHash: hex(from.verified.hash),
    certificateText: hex(c.utf8(c.certificateText({ card, programId, genesisHash, scope, bundleHash: from.verified.hash }))), certificate: hex(from.bundle.certificate),
  };
}

const writer0 = c.ed25519PublicKey(c.writerSeed(D, alice.g, 0));
const privateInbox = inboxAddress(writer0);
export const openings = {
  direct: openThread(alice, bob, inboxAddress(alice.keys.delegate.publicKey)),
  private: openThread(alice, bob, privateInbox, { writer: writer0, reader: c.ed25519PublicKey(c.readerSeed(D, alice.g, privateInbox)) }),
  toOneself: openThread(alice, alice, inboxAddress(alice.keys.delegate.publicKey, 1)),
  crossing: openThread(bob, alice, inboxAddress(bob.keys.delegate.publicKey)),
};

function handshakeVectors() {
  return Object.entries(openings).map(([name, opening]) => {
    const { inbox, writer, openSalt, reader, handshake, thread, from, to } = opening;
    const ownerBox = c.sealOwnerBox(from.keys.owner, { ...opening, role: 0, peerGeneration: 0, peerWallet: to.wallet, link: to.verified.hash });
    return {
      name, from: from === alice ? "A" : "B", to: to === alice ? "A" : "B", r32: hex(fill(7)), inbox: hex(inbox), writer: hex(writer), reader: hex(reader),
      openSalt: hex(openSalt), ownerBox: hex(ownerBox), handshake: hex(handshake), thread: hex(thread), confirm: hex(handshake.subarray(1378)), inboxKey: hex(c.inboxKey(D, thread, { ...opening, role: 0 })),
    };
  });
}

const Y = { inbox: inboxAddress(bob.keys.delegate.publicKey), writer: bob.keys.delegate.publicKey };
const saltY = c.openSalt(bob.keys.owner, { ...Y, r32: fill(8), role: 1, peerWallet: alice.wallet, peerGeneration: 0, link: openings.direct.inbox, extra: openings.direct.thread });
export const answer = { ...Y, openSalt: saltY, thread: openings.direct.thread };
export const answerBox = c.sealOwnerBox(bob.keys.owner, { ...answer, role: 1, peerGeneration: 0, peerWallet: alice.wallet, link: openings.direct.inbox });
export const pointerFields = { inboxX: openings.direct.inbox, readerR: bob.keys.delegate.publicKey, inboxY: Y.inbox, r32: fill(5) };
export const pointer = c.sealReplyPointer(D, answer.thread, pointerFields);

export const keyX = c.inboxKey(D, openings.direct.thread, { ...openings.direct, role: 0 });
const lengths = c.BUCKETS.flatMap((bucket, i) => [i === 0 ? 0 : c.BUCKETS[i - 1]! - 10, bucket - 11]);

function messageVectors() {
  const body = (length: number) => Uint8Array.from({ length }, (_, i) => i % 251);
  const make = (seq: number, inner: c.Inner) => ({
    seq, kind: inner.kind, sent: inner.sent, seen: inner.seen, body: hex(inner.body), r32: hex(fill(9)), frame: hex(c.sealMessage(keyX, { seq, inner, r32: fill(9) })),
  });
  const published = make(2, { kind: 0, sent: 1_795_392_100, seen: 0, body: c.utf8("gm") });
  return [published, ...lengths.map((length) => make(3, { kind: 0, sent: 1, seen: 2, body: body(length) })), make(0, { kind: 255, sent: 0, seen: 2 ** 32 - 1, body: body(1) }), make(2 ** 32 - 2, { kind: 1, sent: 2 ** 32 - 1, seen: 0, body: fill(3) })];
}

function logVectors() {
  const { inbox, openSalt } = openings.direct;
  const posts = [0, 1, 2].map((seq) => ({ seq, time: 1_795_392_000 + seq, payload: fill(seq, 5 * seq) }));
  let head = c.logHead0(inbox, openSalt);
  const heads = [head, ...posts.map(({ seq, time, payload }) => (head = c.nextLogHead(head, seq, time, payload)))];
  return { inbox: hex(inbox), openSalt: hex(openSalt), posts: posts.map((post) => ({ ...post, payload: hex(post.payload) })), heads: heads.map(hex) };
}

export const vaultFields = { ikm: fill(0x1a), passphrase: "cafe\u0301 de flore", salt: fill(2, 16), log2N: 15 };

export async function validVectors() {
  return {
    deployment: { programId: hex(programId), genesisHash: hex(genesisHash), scope, domain: hex(D) },
    parties: { A: partyVectors(alice), B: partyVectors(bob) },
    handshakes: handshakeVectors(),
    splits: [462, 624, 948].map((n) => ({ handshake: "direct", n, frames: c.splitHandshake(openings.direct.handshake, n).map(hex) })),
    answer: {
      handshake: "direct", r32: hex(fill(8)), inbox: hex(Y.inbox), writer: hex(Y.writer), openSalt: hex(saltY), ownerBox: hex(answerBox),
      inboxKey: hex(c.inboxKey(D, answer.thread, { ...answer, role: 1 })), pointerReader: hex(pointerFields.readerR), pointerR32: hex(pointerFields.r32), pointer: hex(pointer),
    },
    messages: { inboxKey: hex(keyX), frames: messageVectors() },
    log: logVectors(),
    safetyNumber: c.safetyNumber({ wallet: alice.wallet, hash: alice.verified.hash }, { wallet: bob.wallet, hash: bob.verified.hash }),
    vault: { ...vaultFields, ikm: hex(vaultFields.ikm), salt: hex(vaultFields.salt), vault: hex(await sealVault(vaultFields)) },
  };
}
