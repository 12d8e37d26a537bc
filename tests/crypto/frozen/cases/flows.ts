/** Cases of moving to a new inbox after a rotation, and of restoring everything from a wallet and the chain. */
import * as c from "../../../../sdk/src/crypto/index.js";
import { flip } from "../../expect-code.js";
import { D, type Opening, type Party, alice, bob, fill, openThread, party } from "../../fixture.js";
import type { Draft, Results } from "../format.js";
import { alice1, answer, answerBox, bob1, deployment, heldOf, inboxAddress, keyX, keyY, openings, refusals, sealed, take } from "../world.js";

const ZERO_POINTER = fill(0, 60);

/** A follows her rotation: a last message in the old inbox names the new one, whose handshake owes nothing to the old thread. */
export function rekeyCases(): Draft[] {
  const moved = (inbox: Uint8Array, kind = 1): Uint8Array => sealed(keyX, 7, inbox, kind);
  const follow = (opening: Opening, index: number, recipient: Uint8Array): Results => {
    const [frame0, frame1] = c.splitHandshake(opening.handshake);
    return {
      ...deployment, wallet: bob.wallet, held: [heldOf(bob), heldOf(bob1)], peerWallet: alice.wallet, oldInboxKey: keyX, seq: 7, frame: moved(opening.inbox),
      inbox: opening.inbox, writer: opening.writer, openSalt: opening.openSalt, index, recipient, frame0, frame1,
    };
  };
  const request = follow(openings.rotatedSender, 0, bob.wallet);
  const unaddressed = follow(openings.rotatedSender, 0, fill(0));
  const mallory = party(0xee);
  const foreign = openThread(mallory, bob, inboxAddress(mallory.card.delegate));
  return [
    take("the sender has rotated, as a request", "followMove", request),
    take("the sender has rotated, recipient zero", "followMove", unaddressed),
    take("the recipient has rotated, as a request", "followMove", follow(openings.rotatedRecipient, 2, bob.wallet)),
    take("both have rotated, recipient zero", "followMove", follow(openings.rotatedBoth, 1, fill(0))),
    ...refusals("followMove", unaddressed, [
      ["KEY_MISMATCH", "read at another number", { seq: 8 }],
      ["CONTENT_UNKNOWN", "a text, not a move", { frame: moved(openings.rotatedSender.inbox, 0) }],
      ["CONTENT_UNKNOWN", "a move of 31 bytes", { frame: moved(fill(1, 31)) }],
      ["CONTENT_UNKNOWN", "a move of 33 bytes", { frame: moved(fill(1, 33)) }],
      ["ANSWER_INVALID", "the move names another inbox", { frame: moved(fill(9)) }],
      ["ANSWER_INVALID", "not at the address of its writer and index", { index: 1 }],
      ["ANSWER_INVALID", "addressed to another wallet", { recipient: mallory.wallet }],
      ["ANSWER_INVALID", "the new inbox is another wallet's", { ...follow(foreign, 0, fill(0)) }],
      ["HANDSHAKE_NOT_FOR_ME", "the handshake of another inbox", follow({ ...openings.rotatedSender, handshake: openings.direct.handshake }, 0, fill(0))],
      ["SENDER_NOT_AUTHENTIC", "bit flip in confirm", { frame1: flip(c.splitHandshake(openings.rotatedSender.handshake)[1], 787 * 8) }],
      ["GENERATION_UNKNOWN", "the recipient's keys are wiped", { held: [heldOf(bob1)] }],
      ["HANDSHAKE_MALFORMED", "messages where the handshake should be", { frame0: sealed(keyX, 0, "gm"), frame1: sealed(keyX, 1, "gm") }],
    ]),
  ];
}

const bundlesOf = (...parties: readonly Party[]): Results[] => parties.map(({ bundle }) => ({ card: bundle.card, certificate: bundle.certificate }));
const signatureOf = ({ walletSeed, wallet }: Party): Uint8Array => c.ed25519Sign(walletSeed, c.utf8(c.rootText({ ...deployment, wallet, rootNumber: 1 })));

/** An inbox of role 0 as the chain keeps it. */
function opened(opening: Opening, index: number, rest: Results, texts: readonly string[]): Results {
  const key = c.inboxKey(D, opening.thread, { ...opening, role: 0 });
  const box = { role: 0 as const, peerGeneration: opening.to.card.generation, peerWallet: opening.to.wallet, link: opening.to.verified.hash };
  return {
    inbox: opening.inbox, writer: opening.writer, index, recipient: opening.to.wallet, reader: fill(0), state: "request", openSalt: opening.openSalt,
    ownerBox: c.sealOwnerBox(opening.from.keys.owner, { ...opening, ...box }), reply: ZERO_POINTER,
    frames: [...c.splitHandshake(opening.handshake), ...texts.map((text, at) => sealed(key, 2 + at, text))], ...rest,
  };
}

/** What the recipient's acceptance adds to an inbox: its reader, and a pointer to its own inbox. */
function accepted({ inbox, thread }: Opening, reader: Uint8Array, inboxY: Uint8Array): Results {
  return { state: "open", reader, reply: c.sealReplyPointer(D, thread, { inboxX: inbox, readerR: reader, inboxY, r32: fill(5) }) };
}

/** A conversation, what it moved to, and a request that nobody has answered. */
function chain(): Results[] {
  const direct = opened(openings.direct, 0, accepted(openings.direct, bob.card.delegate, answer.inbox), ["gm", "still there?"]);
  const carol = party(0xca);
  return [
    { ...direct, frames: [...(direct.frames as Uint8Array[]), sealed(keyX, 4, openings.rotatedSender.inbox, 1)] },
    {
      inbox: answer.inbox, writer: answer.writer, index: 0, recipient: fill(0), reader: alice.card.delegate, state: "open", openSalt: answer.openSalt,
      ownerBox: c.sealOwnerBox(bob.keys.owner, { ...answer, ...answerBox }), reply: ZERO_POINTER, frames: [sealed(keyY, 0, "yes"), sealed(keyY, 1, "gm \u{1f44b}")],
    },
    opened(openings.rotatedSender, 0, {}, ["from my new keys"]),
    opened(openThread(carol, alice, inboxAddress(carol.card.delegate)), 0, {}, ["hello from C"]),
  ];
}

export function restoreCases(): Draft[] {
  const inboxes = chain();
  const base = { ...deployment, rootNumber: 1, inboxes };
  const ofA = { ...base, wallet: alice.wallet, signature: signatureOf(alice), bundles: bundlesOf(alice, alice1) };
  return [
    take("A, who opened, rotated and has a request", "restore", ofA),
    take("B, who answered", "restore", { ...base, wallet: bob.wallet, signature: signatureOf(bob), bundles: bundlesOf(bob) }),
    take("a wallet with nothing on the chain", "restore", { ...base, wallet: party(0xdd).wallet, signature: signatureOf(party(0xdd)), bundles: [] }),
    ...refusals("restore", ofA, [
      ["OWNER_BOX_INVALID", "an endpoint that alters an owner box", { inboxes: inboxes.map((inbox, at) => (at === 0 ? { ...inbox, ownerBox: fill(0, 120) } : inbox)) }],
      ["REPLY_POINTER_INVALID", "an endpoint that alters a reply pointer", { inboxes: inboxes.map((inbox, at) => (at === 0 ? { ...inbox, reply: ZERO_POINTER } : inbox)) }],
      ["CERTIFICATE_INVALID", "an endpoint that alters a certificate", { bundles: [{ card: alice.bundle.card, certificate: bob.bundle.certificate }] }],
    ]),
  ];
}

/** Requests that crossed: each inbox is accepted with a pointer to the other, and each has a thread of its own. */
function crossed(): Results[] {
  const { direct, crossing } = openings;
  return [
    opened(direct, 0, accepted(direct, bob.card.delegate, crossing.inbox), ["gm", "you wrote at the same time"]),
    opened(crossing, 0, accepted(crossing, alice.card.delegate, direct.inbox), ["hi"]),
  ];
}

/** Private mode: writers and readers of their own on both sides. */
function pseudonymous(): Results[] {
  const opening = openings.private;
  const readerB = c.ed25519PublicKey(c.readerSeed(D, bob.g, opening.inbox));
  const writer = c.ed25519PublicKey(c.writerSeed(D, bob.g, 3));
  const place = { inbox: inboxAddress(writer), writer };
  const box = { role: 1 as const, peerGeneration: 0, peerWallet: alice.wallet, link: opening.inbox };
  const Y = { ...place, openSalt: c.openSalt(bob.keys.owner, { ...place, ...box, r32: fill(8), extra: opening.thread }) };
  const key = c.inboxKey(D, opening.thread, { ...Y, role: 1 });
  return [
    opened(opening, 0, accepted(opening, readerB, Y.inbox), ["nobody sees who asks"]),
    {
      ...Y, index: 0, recipient: fill(0), reader: opening.reader, state: "open", ownerBox: c.sealOwnerBox(bob.keys.owner, { ...Y, ...box, thread: opening.thread }),
      reply: ZERO_POINTER, frames: [sealed(key, 0, "nor who answers")],
    },
  ];
}

export function restorePathCases(): Draft[] {
  const of = (party: Party, inboxes: Results[]): Results => ({ ...deployment, rootNumber: 1, wallet: party.wallet, signature: signatureOf(party), bundles: bundlesOf(party), inboxes });
  const [x, y] = crossed() as [Results, Results];
  const frames = y.frames as Uint8Array[];
  return [
    take("crossed requests, A", "restore", of(alice, [x, y])),
    take("crossed requests, B", "restore", of(bob, [x, y])),
    take("private mode, A, who opened", "restore", of(alice, pseudonymous())),
    take("private mode, B, who answered", "restore", of(bob, pseudonymous())),
    ...refusals("restore", of(alice, [x, y]), [
      ["SENDER_NOT_AUTHENTIC", "a handshake altered in the inbox that crossed", { inboxes: [x, { ...y, frames: [frames[0]!, flip(frames[1]!, 787 * 8), ...frames.slice(2)] }] }],
      ["HANDSHAKE_NOT_FOR_ME", "the inbox that crossed in another life", { inboxes: [x, { ...y, openSalt: fill(9, 16) }] }],
      ["KEY_MISMATCH", "its messages from another inbox", { inboxes: [x, { ...y, frames: [...frames.slice(0, 2), (x.frames as Uint8Array[])[2]!] }] }],
    ]),
  ];
}
