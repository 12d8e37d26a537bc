/** Cases of owner boxes, handshakes and reply pointers. */
import * as c from "../../../../sdk/src/crypto/index.js";
import { forge } from "../../attacker.js";
import { flip } from "../../expect-code.js";
import { D, type Opening, alice, bob, certify, fill, party } from "../../fixture.js";
import { X25519_LOW_ORDER } from "../../points.js";
import type { Draft, Results } from "../format.js";
import { alice1, answer, answerBox, bob1, deployment, elsewhere, heldOf, openingInputs, openings, pointerFields, refusals, refuse, take } from "../world.js";

const bit = (bytes: Uint8Array, at: number): Uint8Array => flip(bytes, at * 8);
const boxOf = ({ to }: Opening) => ({ role: 0 as const, peerGeneration: to.card.generation, peerWallet: to.wallet, link: to.verified.hash });
const saltInputs = (opening: Opening) => ({ owner: opening.from.keys.owner, r32: fill(7), inbox: opening.inbox, writer: opening.writer, ...boxOf(opening), extra: opening.from.verified.hash });
const answerSalt = { owner: bob.keys.owner, r32: fill(8), inbox: answer.inbox, writer: answer.writer, ...answerBox, extra: answer.thread };
const identityOf = ({ inbox, writer, openSalt }: c.InboxIdentity) => ({ inbox, writer, openSalt });

export function ownerBoxCases(): Draft[] {
  const direct = openings.direct;
  const sealedDirect = c.sealOwnerBox(alice.keys.owner, { ...direct, ...boxOf(direct) });
  const sealedAnswer = c.sealOwnerBox(bob.keys.owner, { ...answer, ...answerBox });
  const base = { owner: bob.keys.owner, ...identityOf(answer), ownerBox: sealedAnswer };
  const key = c.expand(bob.keys.owner, "owner box", c.concat(answer.inbox, answer.writer, answer.openSalt), 32);
  const plain = (...head: number[]): Uint8Array => c.seal(key, c.concat(Uint8Array.from(head), fill(0, 100)));
  return [
    ...Object.entries(openings).map(([name, opening]) => take(`role 0, ${name}`, "openSalt", saltInputs(opening))),
    take("role 1, the answer", "openSalt", answerSalt),
    take("role 0, other random bytes", "openSalt", { ...saltInputs(direct), r32: fill(8) }),
    take("role 0, the same random bytes, another peer generation", "openSalt", { ...saltInputs(direct), peerGeneration: 1 }),
    refuse("INVALID_ARGUMENT", "role 2", "openSalt", { ...answerSalt, role: 2 }),
    ...Object.entries(openings).map(([name, opening]) => take(`role 0, ${name}`, "sealOwnerBox", { owner: opening.from.keys.owner, ...identityOf(opening), ...boxOf(opening), thread: opening.thread })),
    take("role 1, the answer", "sealOwnerBox", { owner: bob.keys.owner, ...identityOf(answer), ...answerBox, thread: answer.thread }),
    refuse("INVALID_ARGUMENT", "role 2", "sealOwnerBox", { owner: bob.keys.owner, ...identityOf(answer), ...answerBox, role: 2, thread: answer.thread }),
    take("role 0, direct", "openOwnerBox", { owner: alice.keys.owner, ...identityOf(direct), ownerBox: sealedDirect }),
    take("role 1, the answer", "openOwnerBox", base),
    ...refusals("openOwnerBox", base, [
      ["OWNER_BOX_INVALID", "box of another inbox", { inbox: fill(9) }],
      ["OWNER_BOX_INVALID", "box of another writer", { writer: fill(9) }],
      ["OWNER_BOX_INVALID", "box of another life", { openSalt: fill(9, 16) }],
      ["OWNER_BOX_INVALID", "box of another owner", { owner: alice.keys.owner }],
      ["OWNER_BOX_INVALID", "the same wallet's other generation", { owner: bob1.keys.owner }],
      ["OWNER_BOX_INVALID", "bit flip in the tag", { ownerBox: bit(sealedAnswer, 0) }],
      ["OWNER_BOX_INVALID", "bit flip in the thread", { ownerBox: bit(sealedAnswer, 119) }],
      ["OWNER_BOX_INVALID", "a byte short", { ownerBox: sealedAnswer.subarray(0, 119) }],
      ["OWNER_BOX_INVALID", "role 2", { ownerBox: plain(2, 0, 0, 0) }],
      ["OWNER_BOX_INVALID", "first reserved byte set", { ownerBox: plain(1, 1, 0, 0) }],
      ["OWNER_BOX_INVALID", "last reserved byte set", { ownerBox: plain(1, 0, 0, 1) }],
    ]),
  ];
}

/** Handshakes that only an attacker makes, by another writing of section 5. */
function forgeries(): readonly (readonly [string, string, Results])[] {
  const honest = { to: bob, identity: openings.direct, card: alice.bundle.card, certificate: alice.bundle.certificate, shared: c.dh(alice.keys.identity.secret, bob.card.identity) };
  const forged = (change: Partial<Parameters<typeof forge>[0]>): Results => ({ handshake: forge({ ...honest, ...change }) });
  const mallory = party(0xee);
  const claimed = { ...mallory.card, wallet: alice.wallet };
  const expired = { ...alice.card, validUntil: alice.card.validFrom };
  return [
    ["HANDSHAKE_UNSUPPORTED", "flags 1", forged({ flags: 1 })],
    ["HANDSHAKE_UNSUPPORTED", "flags 128", forged({ flags: 128 })],
    ["HANDSHAKE_MALFORMED", "a reader of zeros", forged({ reader: fill(0) })],
    ["BUNDLE_UNSUPPORTED", "card of certificate kind 1", forged({ card: Uint8Array.from(alice.bundle.card, (byte, at) => (at === 1 ? 1 : byte)) })],
    ["BUNDLE_INVALID", "card without a lifetime", forged({ card: c.encodeCard(expired), certificate: certify(alice.walletSeed, expired) })],
    ["CERTIFICATE_INVALID", "card of another wallet, certified by the sender", forged({ card: c.encodeCard(claimed), certificate: certify(mallory.walletSeed, claimed) })],
    ["SENDER_NOT_AUTHENTIC", "card of another wallet, certified by it (impersonation)", forged({ shared: c.dh(mallory.keys.identity.secret, bob.card.identity) })],
    ...X25519_LOW_ORDER.map((identity, n) => {
      const card = { ...alice.card, identity };
      return ["LOW_ORDER_POINT", `certified identity key of small order, encoding ${n}`, forged({ card: c.encodeCard(card), certificate: certify(alice.walletSeed, card), shared: fill(0) })] as const;
    }),
  ];
}

function responses(): Draft[] {
  const inputs = (opening: Opening): Results => ({ ...deployment, ...identityOf(opening), wallet: opening.to.wallet, held: [heldOf(opening.to)], handshake: opening.handshake });
  const base = inputs(openings.direct);
  const h = openings.direct.handshake;
  const part = (name: string, at: number, code = "HANDSHAKE_NOT_FOR_ME"): readonly [string, string, Results] => [code, `bit flip in ${name}`, { handshake: bit(h, at) }];
  return [
    ...Object.entries(openings).map(([name, opening]) => take(name, "respond", inputs(opening))),
    take("two generations held, the newer one meant", "respond", { ...inputs(openings.rotatedRecipient), held: [heldOf(bob), heldOf(bob1)] }),
    take("two generations held, the older one meant", "respond", { ...base, held: [heldOf(bob), heldOf(bob1)] }),
    ...refusals("respond", base, [
      ["HANDSHAKE_MALFORMED", "a byte short", { handshake: h.subarray(0, 1409) }],
      ["HANDSHAKE_MALFORMED", "a byte long", { handshake: c.concat(h, fill(0, 1)) }],
      ["GENERATION_UNKNOWN", "for a generation that is not held", { held: [heldOf(bob1)] }],
      ["GENERATION_UNKNOWN", "generation 65,536", { handshake: c.concat(c.u32(65_536), h.subarray(4)) }],
      ["HANDSHAKE_NOT_FOR_ME", "for another generation", { held: [{ ...heldOf(bob1), generation: 1 }], handshake: c.concat(c.u32(1), h.subarray(4)) }],
      ["HANDSHAKE_NOT_FOR_ME", "for another wallet's keys", { held: [heldOf(alice)] }],
      ["HANDSHAKE_NOT_FOR_ME", "ciphertext with an all-zero X25519 part", { handshake: c.concat(h.subarray(0, 1092), fill(0), h.subarray(1124)) }],
      part("the ML-KEM part", 4), part("the X25519 part", 1092), part("the sender box's tag", 1124), part("the sender box", 1377), part("confirm", 1378, "SENDER_NOT_AUTHENTIC"), part("the end of confirm", 1409, "SENDER_NOT_AUTHENTIC"),
      ...(["inbox", "writer", "wallet"] as const).map((field) => ["HANDSHAKE_NOT_FOR_ME", `moved to another ${field}`, { [field]: fill(9) }] as const),
      ["HANDSHAKE_NOT_FOR_ME", "moved to another life of the inbox", { openSalt: fill(9, 16) }],
      ...elsewhere.map(([name, change]) => [name === "scope" ? "CERTIFICATE_INVALID" : "HANDSHAKE_NOT_FOR_ME", `moved to another ${name}`, change] as const),
      ["HANDSHAKE_NOT_FOR_ME", "own keys under another's bundle (unknown key share)", { held: [{ ...heldOf(bob), bundleHash: party(0xee).verified.hash }] }],
      ...forgeries(),
    ]),
  ];
}

export function handshakeCases(): Draft[] {
  const { direct } = openings;
  const [frame0, frame1] = c.splitHandshake(direct.handshake);
  const resuming = { ...openingInputs(direct), ownerBox: c.sealOwnerBox(alice.keys.owner, { ...direct, ...boxOf(direct) }) };
  const frame = (n: number): Uint8Array => c.splitHandshake(direct.handshake, n)[0];
  return [
    ...Object.entries(openings).map(([name, opening]) => take(name, "initiate", openingInputs(opening))),
    take("another reader: another ciphertext", "initiate", { ...openingInputs(direct), reader: fill(0x4e) }),
    ...X25519_LOW_ORDER.slice(0, 4).map((identity, n) => {
      const card = { ...bob.card, identity };
      return refuse("LOW_ORDER_POINT", `peer's certified identity key of small order, encoding ${n}`, "initiate", { ...openingInputs(direct), peerCard: c.encodeCard(card), peerCertificate: certify(bob.walletSeed, card) });
    }),
    ...[462, 624, 948].map((n) => take(`${n} bytes in frame 0`, "splitHandshake", { handshake: direct.handshake, n })),
    ...[461, 949].map((n) => refuse("INVALID_ARGUMENT", `${n} bytes in frame 0`, "splitHandshake", { handshake: direct.handshake, n })),
    ...[462, 600, 624, 948].map((n) => {
      const [first, second] = c.splitHandshake(direct.handshake, n);
      return take(`${n} bytes in frame 0`, "joinHandshake", { frame0: first, frame1: second });
    }),
    ...refusals("joinHandshake", { frame0, frame1 }, [
      ["HANDSHAKE_MALFORMED", "frames swapped", { frame0: frame1, frame1: frame0 }],
      ["HANDSHAKE_MALFORMED", "a byte short", { frame1: frame1.subarray(0, -1) }],
      ["HANDSHAKE_MALFORMED", "a byte long", { frame1: c.concat(frame1, fill(0, 1)) }],
      ["HANDSHAKE_MALFORMED", "suite 2", { frame0: c.concat(Uint8Array.of(2), frame0.subarray(1)) }],
      ["HANDSHAKE_MALFORMED", "a message in frame 1's place", { frame1: c.concat(Uint8Array.of(1, 2), frame1.subarray(2)) }],
      ["HANDSHAKE_MALFORMED", "an empty frame 0", { frame0: fill(0, 0) }],
    ]),
    ...responses(),
    take("nothing posted", "resumeHandshake", { ...resuming, posted: [] }),
    ...[462, 624, 948].map((n) => take(`frame 0 of ${n} bytes posted`, "resumeHandshake", { ...resuming, posted: [frame(n)] })),
    ...refusals("resumeHandshake", { ...resuming, posted: [frame(624)] }, [
      ["CANNOT_RESUME", "the peer has published other keys", { peerCard: bob1.bundle.card, peerCertificate: bob1.bundle.certificate, peerXWing: bob1.bundle.xWing }],
      ["CANNOT_RESUME", "a frame 0 that is not ours", { posted: [bit(frame(624), 300)] }],
      ["CANNOT_RESUME", "another reader than when it was opened", { reader: fill(0x4e) }],
      ["OWNER_BOX_INVALID", "with the keys of another generation", { generationSecret: alice1.g, ownCard: alice1.bundle.card, ownCertificate: alice1.bundle.certificate }],
    ]),
  ];
}

export function replyPointerCases(): Draft[] {
  const pointer = c.sealReplyPointer(D, answer.thread, pointerFields);
  const base = { domain: D, thread: answer.thread, inboxX: pointerFields.inboxX, readerR: pointerFields.readerR, pointer };
  return [
    take("to the answer", "sealReplyPointer", { domain: D, thread: answer.thread, ...pointerFields }),
    take("the same random bytes, another inbox: another salt", "sealReplyPointer", { domain: D, thread: answer.thread, ...pointerFields, inboxY: fill(9) }),
    take("to the answer", "openReplyPointer", base),
    ...refusals("openReplyPointer", base, [
      ["REPLY_POINTER_INVALID", "another reader", { readerR: alice.card.delegate }],
      ["REPLY_POINTER_INVALID", "another inbox", { inboxX: fill(9) }],
      ["REPLY_POINTER_INVALID", "another thread", { thread: fill(9) }],
      ["REPLY_POINTER_INVALID", "another domain", { domain: fill(9) }],
      ["REPLY_POINTER_INVALID", "bit flip in the salt", { pointer: bit(pointer, 0) }],
      ["REPLY_POINTER_INVALID", "bit flip in the tag", { pointer: bit(pointer, 12) }],
      ["REPLY_POINTER_INVALID", "bit flip in the address", { pointer: bit(pointer, 59) }],
      ["REPLY_POINTER_INVALID", "a byte short", { pointer: pointer.subarray(0, 59) }],
      ["REPLY_POINTER_INVALID", "zeros, as in an inbox that nobody accepted", { pointer: fill(0, 60) }],
    ]),
  ];
}
