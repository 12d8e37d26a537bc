/** The attacks on key agreement that have names, each with what the attacker holds and what it gets. */
import { expect } from "chai";
import * as c from "../../sdk/src/crypto/index.js";
import { forge } from "../crypto/attacker.js";
import { expectCode, outcome } from "../crypto/expect-code.js";
import { D, type Opening, type Party, alice, bob, certify, cluster, fill, hex, openThread, party } from "../crypto/fixture.js";

const mallory = party(0xee);
const opening = openThread(alice, bob, fill(0x1b));
const read = (o: c.InboxIdentity & { readonly handshake: Uint8Array }, by: Party = bob, change: Partial<Parameters<typeof c.respond>[0]> = {}) =>
  c.respond({ cluster, inbox: o.inbox, writer: o.writer, openSalt: o.openSalt, wallet: by.wallet, handshake: o.handshake, generationKeys: by.held, ...change });
const keyOf = (o: Opening, role: c.Role = 0): Uint8Array => c.inboxKey(D, o.thread, { ...o, role });
const say = (K: Uint8Array, seq: number, text: string): Uint8Array => c.sealMessage(K, { seq, inner: { kind: 0, sent: 1, seen: 0, body: c.utf8(text) }, r32: fill(seq) });

/** A handshake to Bob that claims to be Alice's, from an inbox that is not hers; `shared` is the static secret that its maker has. */
const asAlice = (identity: c.InboxIdentity, shared: Uint8Array) => ({ ...identity, handshake: forge({ to: bob, identity, card: alice.bundle.card, certificate: alice.bundle.certificate, shared }) });

describe("key-compromise impersonation: a thief of Bob's keys", () => {
  const thiefInbox = { inbox: fill(0x31), writer: mallory.card.delegate, openSalt: fill(5, 16) };
  const stolen = c.dh(bob.keys.identity.secret, alice.card.identity); // the same as Alice's secret with Bob's public key

  it("writes to Bob as Alice only with the lesser proof: the ledger never saw her delegate sign", () => {
    expect(read(asAlice(thiefInbox, stolen))).to.deep.include({ proof: "shared secret" }).and.have.nested.property("sender.card.wallet").that.deep.equals(alice.wallet);
    for (const writer of [mallory.card.delegate, bob.card.delegate, bob.wallet, fill(9)]) expect(read(asAlice({ ...thiefInbox, writer }, stolen)).proof).to.equal("shared secret");
  });

  it("gets the better proof in no inbox but one that Alice's own delegate writes", () => {
    expect(read(asAlice({ ...thiefInbox, writer: alice.card.delegate }, stolen)).proof).to.equal("delegate");
    const rebound = asAlice(thiefInbox, stolen);
    expectCode(() => read({ ...rebound, writer: alice.card.delegate }), "HANDSHAKE_NOT_FOR_ME");
  });

  it("reads nothing that Alice writes to others, and writes to nobody else as Alice", () => {
    const carol = party(0xc3);
    const toCarol = openThread(alice, carol, fill(0x1d));
    expectCode(() => read(toCarol, bob), "HANDSHAKE_NOT_FOR_ME");
    const claim = (shared: Uint8Array) => ({ ...thiefInbox, handshake: forge({ to: carol, identity: thiefInbox, card: alice.bundle.card, certificate: alice.bundle.certificate, shared }) });
    for (const shared of [stolen, c.dh(bob.keys.identity.secret, carol.card.identity), c.dh(mallory.keys.identity.secret, carol.card.identity)]) {
      expectCode(() => read(claim(shared), carol), "SENDER_NOT_AUTHENTIC");
    }
  });

  it("certifies no keys of Bob's: that takes his wallet", () => {
    const card = { ...bob.card, generation: 1, delegate: mallory.card.delegate };
    for (const seed of [bob.keys.delegate.seed, bob.keys.identity.secret, bob.keys.kem.seed, bob.g]) {
      expectCode(() => c.verifyCard(cluster, { card: c.encodeCard(card), certificate: certify(seed, card) }), "CERTIFICATE_INVALID");
    }
  });
});

describe("reflection", () => {
  it("of a handshake to its maker opens nothing, under the maker's own name or the reader's", () => {
    expectCode(() => read(opening, alice), "HANDSHAKE_NOT_FOR_ME");
    expectCode(() => read(opening, alice, { wallet: bob.wallet }), "HANDSHAKE_NOT_FOR_ME");
    expectCode(() => read({ ...opening, writer: bob.card.delegate }, alice), "HANDSHAKE_NOT_FOR_ME");
  });

  it("of a message into the other inbox of the thread opens nothing, with either inbox's role, writer and salt", () => {
    const Y = { inbox: fill(0x2b), writer: bob.card.delegate, openSalt: fill(6, 16) };
    const frame = say(keyOf(opening), 2, "gm");
    for (const role of [0, 1] as const) {
      for (const identity of [Y, { ...opening, inbox: Y.inbox }, { ...opening, writer: Y.writer }, { ...opening, openSalt: Y.openSalt }]) {
        expectCode(() => c.openMessage(c.inboxKey(D, opening.thread, { ...identity, role }), 2, frame), "KEY_MISMATCH");
      }
    }
  });

  it("of a thread: when both have opened one, neither side's messages open as the other's", () => {
    const back = openThread(bob, alice, fill(0x2b));
    expect(hex(back.thread)).not.to.equal(hex(opening.thread));
    expectCode(() => c.openMessage(keyOf(back), 2, say(keyOf(opening), 2, "gm")), "KEY_MISMATCH");
    expectCode(() => c.openReplyPointer(D, back.thread, {
      inboxX: opening.inbox, readerR: bob.card.delegate,
      pointer: c.sealReplyPointer(D, opening.thread, { inboxX: opening.inbox, readerR: bob.card.delegate, inboxY: back.inbox, r32: fill(1) }),
    }), "REPLY_POINTER_INVALID");
  });
});

describe("replay", () => {
  it("of a message at any other number of its own inbox opens nothing", () => {
    const K = keyOf(opening);
    const frames = Array.from({ length: 12 }, (_, seq) => say(K, seq, "pay 1 SOL"));
    frames.forEach((frame, made) => frames.forEach((_, at) => expect(outcome(() => c.openMessage(K, at, frame))).to.equal(at === made ? "opened" : "KEY_MISMATCH")));
  });

  it("of a handshake by whoever copied it gives no thread, in any inbox that the copier can write", () => {
    for (const writer of [mallory.card.delegate, bob.card.delegate]) {
      for (const openSalt of [opening.openSalt, fill(9, 16)]) expectCode(() => read({ ...opening, inbox: fill(0x66), writer, openSalt }), "HANDSHAKE_NOT_FOR_ME");
    }
  });

  it("of a whole inbox in a later life of its address opens neither handshake nor message nor pointer nor owner box", () => {
    const later = openThread(alice, bob, opening.inbox, { r32: fill(8) });
    expect(hex(later.openSalt)).not.to.equal(hex(opening.openSalt));
    expectCode(() => read({ ...later, handshake: opening.handshake }), "HANDSHAKE_NOT_FOR_ME");
    expectCode(() => c.openMessage(keyOf(later), 2, say(keyOf(opening), 2, "gm")), "KEY_MISMATCH");
    const named = { inboxX: opening.inbox, readerR: bob.card.delegate };
    const pointer = c.sealReplyPointer(D, opening.thread, { ...named, inboxY: fill(0x2b), r32: fill(1) });
    expectCode(() => c.openReplyPointer(D, later.thread, { ...named, pointer }), "REPLY_POINTER_INVALID");
    const box = c.sealOwnerBox(alice.keys.owner, { ...opening, role: 0, peerGeneration: 0, peerWallet: bob.wallet, link: bob.verified.hash });
    expectCode(() => c.openOwnerBox(alice.keys.owner, { ...later, box }), "OWNER_BOX_INVALID");
    expect(hex(c.logHead0(later.inbox, later.openSalt))).not.to.equal(hex(c.logHead0(opening.inbox, opening.openSalt)));
  });

  it("of a key bundle that was replaced is a rollback, however high a generation it claims", () => {
    const replaced = party(0xb2, 3).verified;
    const pin = { validFrom: bob.card.validFrom + 1, generation: 1, hash: fill(1) };
    for (const { card, hash } of [bob.verified, replaced]) expectCode(() => c.checkPin(pin, { validFrom: card.validFrom, generation: card.generation, hash }), "KEYS_ROLLED_BACK");
  });
});

describe("unknown key share", () => {
  /** Alice's public keys under Mallory's wallet: the card that Mallory may certify and publish. */
  const borrowed = (of: Party): Party => {
    const card = { ...of.card, wallet: mallory.wallet };
    const bundle = { card: c.encodeCard(card), certificate: certify(mallory.walletSeed, card), xWing: of.bundle.xWing };
    return { ...mallory, card, bundle, verified: c.verifyBundle(cluster, bundle, { wallet: mallory.wallet }) };
  };

  it("with the sender's keys: Mallory cannot make Bob take Alice's messages for hers", () => {
    const hers = borrowed(alice);
    const identity = { ...opening, writer: alice.card.delegate };
    for (const shared of [c.dh(mallory.keys.identity.secret, bob.card.identity), fill(0)]) {
      expectCode(() => read({ ...identity, handshake: forge({ to: bob, identity, card: hers.bundle.card, certificate: hers.bundle.certificate, shared }) }), "SENDER_NOT_AUTHENTIC");
    }
    expect(read(opening).sender.card.wallet).to.deep.equal(alice.wallet);
  });

  it("with the recipient's keys: what Alice writes to Mallory tells Bob nothing, and Alice knows it went to Mallory", () => {
    const his = borrowed(bob);
    const toMallory = openThread(alice, his, fill(0x1e));
    expectCode(() => read(toMallory, bob), "HANDSHAKE_NOT_FOR_ME");
    const box = c.sealOwnerBox(alice.keys.owner, { ...toMallory, role: 0, peerGeneration: 0, peerWallet: his.wallet, link: his.verified.hash });
    expect(c.openOwnerBox(alice.keys.owner, { ...toMallory, box }).peerWallet).to.deep.equal(mallory.wallet);
  });

  it("shows in the safety number: two people who hold different views of who is there read different digits", () => {
    const side = ({ wallet, verified }: Party): c.SafetySide => ({ wallet, hash: verified.hash });
    const honest = c.safetyNumber(side(alice), side(bob));
    for (const [a, b] of [[borrowed(alice), bob], [alice, borrowed(bob)], [mallory, bob], [alice, mallory]] as const) expect(c.safetyNumber(side(a), side(b))).not.to.equal(honest);
  });
});
