import { expect } from "chai";
import fc from "fast-check";
import * as c from "../../sdk/src/crypto/index.js";
import { forge } from "./attacker.js";
import { expectCode, flip, outcome } from "./expect-code.js";
import { D, type Opening, type Party, alice, bob, certify, cluster, fill, hex, openThread, party } from "./fixture.js";
import { X25519_LOW_ORDER } from "./points.js";

const inbox = fill(0x1b);
const opening = openThread(alice, bob, inbox);
const read = (o: Opening, by: Party = bob, change: Partial<Parameters<typeof c.respond>[0]> = {}) =>
  c.respond({ cluster, inbox: o.inbox, writer: o.writer, openSalt: o.openSalt, wallet: by.wallet, handshake: o.handshake, generationKeys: by.held, ...change });

describe("handshake between honest parties", () => {
  it("both sides have the same thread, and the reader knows who wrote", () => {
    const response = read(opening);
    expect(opening.handshake).to.have.length(1410);
    expect(response).to.deep.equal({
      generation: 0, thread: opening.thread, reader: alice.keys.delegate.publicKey, proof: "delegate",
      sender: { card: alice.card, cardBytes: alice.bundle.card, certificate: alice.bundle.certificate, hash: alice.verified.hash },
    });
  });

  it("a writer that is not the card's delegate is proven by the shared secret only", () => {
    const writer = c.ed25519PublicKey(c.writerSeed(D, alice.g, 0));
    const reader = c.ed25519PublicKey(c.readerSeed(D, alice.g, inbox));
    const hidden = openThread(alice, bob, inbox, { writer, reader });
    expect(read(hidden)).to.include({ proof: "shared secret" }).and.deep.include({ thread: hidden.thread, reader });
    for (const secret of [alice.wallet, alice.card.delegate, alice.card.identity]) expect(hex(hidden.handshake)).to.not.contain(hex(secret));
  });

  it("one writes to oneself", () => {
    const own = openThread(alice, alice, inbox);
    expect(read(own, alice).thread).to.deep.equal(own.thread);
  });

  it("both open at once: two threads, each readable", () => {
    const back = openThread(bob, alice, fill(0x2b));
    expect(read(back, alice).thread).to.deep.equal(back.thread).and.not.deep.equal(opening.thread);
  });

  it("any later generation on either side works", () => {
    const [a, b] = [party(0xa1, 9), party(0xb2, 65_535)];
    const later = openThread(a, b, inbox);
    expect(read(later, b)).to.deep.include({ generation: 65_535, thread: later.thread });
  });

  it("follows the published text: a second reading of it gives the same bytes", () => {
    const { openSalt, writer } = opening;
    const context = c.concat(inbox, writer, openSalt, bob.wallet, c.u32(0), bob.verified.hash, alice.verified.hash, writer);
    const coins = c.expand(alice.keys.owner, "coins", context, 64);
    const shared = c.dh(alice.keys.identity.secret, bob.card.identity);
    expect(forge({ to: bob, identity: opening, card: alice.bundle.card, certificate: alice.bundle.certificate, shared, reader: writer, coins })).to.deep.equal(opening.handshake);
  });
});

describe("resuming a handshake", () => {
  it("any device of the owner rebuilds the same bytes from what is on chain", () => {
    const salt = { role: 0, peerGeneration: 0, peerWallet: bob.wallet, link: bob.verified.hash, thread: opening.thread } as const;
    const box = c.sealOwnerBox(alice.keys.owner, { ...opening, ...salt });
    const device = party(0xa1);
    const content = c.openOwnerBox(device.keys.owner, { ...opening, box });
    const peer = c.verifyBundle(cluster, bob.bundle, { wallet: content.peerWallet, generation: content.peerGeneration });
    expect(peer.hash).to.deep.equal(content.link);
    const rebuilt = c.initiate({
      cluster, inbox, writer: opening.writer, openSalt: opening.openSalt, owner: device.keys.owner, identitySecret: device.keys.identity.secret,
      ownCard: device.bundle.card, ownCertificate: device.bundle.certificate, peer, reader: device.keys.delegate.publicKey,
    });
    expect(rebuilt).to.deep.equal({ handshake: opening.handshake, thread: opening.thread });
    expect(rebuilt.thread).to.deep.equal(content.thread);
  });

  it("frames split anywhere from 462 to 948 join again", () => {
    for (const n of [462, 463, 600, 624, 947, 948]) {
      const [frame0, frame1] = c.splitHandshake(opening.handshake, n);
      expect([frame0.length, frame1.length]).to.deep.equal([2 + n, 2 + 1410 - n]);
      expect(c.joinHandshake(frame0, frame1)).to.deep.equal(opening.handshake);
      expect(frame0.subarray(2)).to.deep.equal(opening.handshake.subarray(0, n));
    }
    expect(c.splitHandshake(opening.handshake)[0]).to.have.length(626);
    for (const n of [461, 949, 0, 600.5, NaN]) expectCode(() => c.splitHandshake(opening.handshake, n), "INVALID_ARGUMENT");
  });

  it("everything that the handshake depends on changes the ciphertext", () => {
    const others = [
      openThread(alice, bob, fill(0x1c)), openThread(alice, bob, inbox, { writer: fill(3) }), openThread(alice, bob, inbox, { r32: fill(8) }), openThread(alice, bob, inbox, { reader: fill(3) }),
      openThread(alice, party(0xb3), inbox), openThread(alice, party(0xb2, 1), inbox), openThread(party(0xa1, 1), bob, inbox),
    ];
    const ciphertexts = [opening, ...others].map((o) => hex(o.handshake.subarray(4, 1124)));
    expect(new Set(ciphertexts).size).to.equal(8);
    expect(openThread(alice, bob, inbox, { reader: fill(3) }).openSalt).to.deep.equal(opening.openSalt); // only R differs
  });
});

describe("handshake frames", () => {
  const [frame0, frame1] = c.splitHandshake(opening.handshake);

  it("anything but 01 00 and 01 01 with 1,410 bytes is malformed", () => {
    const bad: [Uint8Array, Uint8Array][] = [
      [frame1, frame0], [frame0, frame0], [frame0, frame1.subarray(0, -1)], [frame0, c.concat(frame1, fill(0, 1))], [frame0.subarray(1), frame1], [fill(0, 0), fill(0, 0)], [frame0.subarray(0, 1), frame1],
      [flip(frame0, 0), frame1], [flip(frame0, 8), frame1], [frame0, flip(frame1, 0)], [frame0, flip(frame1, 9)],
    ];
    for (const [first, second] of bad) expectCode(() => c.joinHandshake(first, second), "HANDSHAKE_MALFORMED");
    for (const length of [0, 1409, 1411]) expectCode(() => read(opening, bob, { handshake: fill(0, length) }), "HANDSHAKE_MALFORMED");
  });
});

describe("handshake under attack", () => {
  it("moved to another inbox, writer, salt, wallet, bundle, program or cluster it is not for me", () => {
    const changes: Partial<Parameters<typeof c.respond>[0]>[] = [
      { inbox: fill(9) }, { writer: fill(9) }, { openSalt: fill(9, 16) }, { wallet: alice.wallet }, { generationKeys: () => ({ keys: bob.keys, bundleHash: fill(9) }) },
      { generationKeys: alice.held }, { cluster: c.cluster({ ...cluster, programId: fill(9) }) }, { cluster: c.cluster({ ...cluster, genesisHash: fill(9) }) },
    ];
    for (const change of changes) expectCode(() => read(opening, bob, change), "HANDSHAKE_NOT_FOR_ME");
  });

  it("in another scope the sender's certificate does not hold", () => {
    expectCode(() => read(opening, bob, { cluster: c.cluster({ ...cluster, scope: "other" }) }), "CERTIFICATE_INVALID");
  });

  it("for a generation that is not held it says so, also for impossible numbers", () => {
    expectCode(() => read(opening, party(0xb2, 1)), "GENERATION_UNKNOWN");
    const asked: number[] = [];
    for (const j of [1, 65_536, 2 ** 32 - 1]) {
      const handshake = c.concat(c.u32(j), opening.handshake.subarray(4));
      expectCode(() => read(opening, bob, { handshake, generationKeys: (k) => void asked.push(k) as undefined }), "GENERATION_UNKNOWN");
    }
    expect(asked).to.deep.equal([1]);
    const renumbered = c.concat(c.u32(1), opening.handshake.subarray(4));
    expectCode(() => read(opening, bob, { handshake: renumbered, generationKeys: () => ({ keys: bob.keys, bundleHash: bob.verified.hash }) }), "HANDSHAKE_NOT_FOR_ME");
  });

  it("any single flipped bit is refused, each field with its own code", function () {
    this.timeout(60_000);
    const expected = (bit: number) => (bit < 32 ? "GENERATION_UNKNOWN" : bit < 1378 * 8 ? "HANDSHAKE_NOT_FOR_ME" : "SENDER_NOT_AUTHENTIC");
    const check = (bit: number) => expectCode(() => read(opening, bob, { handshake: flip(opening.handshake, bit) }), expected(bit));
    for (const at of [0, 3, 4, 1091, 1092, 1123, 1124, 1140, 1377, 1378, 1409]) for (const bit of [0, 7]) check(at * 8 + bit);
    fc.assert(fc.property(fc.nat(1410 * 8 - 1), check), { numRuns: 200 });
  });

  it("random bytes of the right length are refused with a code", () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 1410, maxLength: 1410 }), (noise) => {
      noise.set([0, 0, 0, 0]);
      expect(outcome(() => read(opening, bob, { handshake: noise }))).to.equal("HANDSHAKE_NOT_FOR_ME");
    }), { numRuns: 30 });
  });

  it("a small-order X25519 part of the ciphertext is not for me", () => {
    for (const point of X25519_LOW_ORDER) {
      const handshake = new Uint8Array(opening.handshake);
      handshake.set(point, 1092);
      expectCode(() => read(opening, bob, { handshake }), "HANDSHAKE_NOT_FOR_ME");
    }
  });

  const honest = { to: bob, identity: opening, card: alice.bundle.card, certificate: alice.bundle.certificate };
  const forged = (attack: Partial<Parameters<typeof forge>[0]>) => read(opening, bob, { handshake: forge({ ...honest, shared: fill(0), ...attack }) });

  it("flags that are set are unsupported", () => {
    const shared = c.dh(alice.keys.identity.secret, bob.card.identity);
    expect(forged({ shared }).sender.card).to.deep.equal(alice.card);
    for (const flags of [1, 2, 128]) expectCode(() => forged({ shared, flags }), "HANDSHAKE_UNSUPPORTED");
  });

  it("nobody writes under another wallet's card without its secret (impersonation)", () => {
    const mallory = party(0xee);
    expectCode(() => forged({ shared: c.dh(mallory.keys.identity.secret, bob.card.identity) }), "SENDER_NOT_AUTHENTIC");
    expectCode(() => forged({ shared: fill(0) }), "SENDER_NOT_AUTHENTIC");
    const own = { ...mallory.card, wallet: alice.wallet };
    expectCode(() => forged({ card: c.encodeCard(own), certificate: certify(mallory.walletSeed, own), shared: c.dh(mallory.keys.identity.secret, bob.card.identity) }), "CERTIFICATE_INVALID");
  });

  it("a card that verifies nowhere else verifies in no handshake", () => {
    const long = { ...alice.card, validUntil: alice.card.validFrom + c.MAX_LIFETIME_SECONDS + 1 };
    expectCode(() => forged({ card: c.encodeCard(long), certificate: certify(alice.walletSeed, long) }), "BUNDLE_INVALID");
    const kind = alice.bundle.card.map((byte, i) => (i === 1 ? 1 : byte));
    expectCode(() => forged({ card: kind }), "BUNDLE_UNSUPPORTED");
    expectCode(() => forged({ certificate: bob.bundle.certificate }), "CERTIFICATE_INVALID");
  });

  it("whoever publishes my public keys as theirs makes me believe nothing (unknown key share)", () => {
    const seed = fill(0xee);
    const card = { ...bob.card, wallet: c.ed25519PublicKey(seed) };
    const bundle = { card: c.encodeCard(card), certificate: certify(seed, card), xWing: bob.bundle.xWing };
    const mallory: Party = { ...bob, wallet: card.wallet, card, bundle, verified: c.verifyBundle(cluster, bundle, { wallet: card.wallet }) };
    const toMallory = openThread(alice, mallory, inbox);
    expectCode(() => read(toMallory, bob), "HANDSHAKE_NOT_FOR_ME");
    expectCode(() => read(toMallory, bob, { wallet: mallory.wallet }), "HANDSHAKE_NOT_FOR_ME");
  });

  it("a card whose identity key has a small order is refused on both sides, though its wallet certified it", () => {
    for (const identity of X25519_LOW_ORDER) {
      const card = { ...alice.card, identity };
      const bundle = { ...alice.bundle, card: c.encodeCard(card), certificate: certify(alice.walletSeed, card) };
      expectCode(() => forged({ card: bundle.card, certificate: bundle.certificate, shared: fill(0) }), "LOW_ORDER_POINT");
      const bad: Party = { ...alice, card, bundle, verified: c.verifyBundle(cluster, bundle, {}) };
      expectCode(() => openThread(bob, bad, inbox), "LOW_ORDER_POINT");
    }
  });

  it("an X-Wing key whose X25519 part has a small order is refused by the sender", () => {
    const xWing = c.concat(bob.bundle.xWing.subarray(0, 1184), X25519_LOW_ORDER[0]!);
    const card = { ...bob.card, keyHash: c.keyHash(xWing) };
    const bundle = { card: c.encodeCard(card), certificate: certify(bob.walletSeed, card), xWing };
    expectCode(() => openThread(alice, { ...bob, card, bundle, verified: c.verifyBundle(cluster, bundle, {}) }, inbox), "LOW_ORDER_POINT");
  });

  it("my own handshake sent back to me is not for me, and my own frames read as the peer's do not open (reflection)", () => {
    expectCode(() => read(opening, alice), "HANDSHAKE_NOT_FOR_ME");
    const K = c.inboxKey(D, opening.thread, { role: 0, ...opening });
    const frame = c.sealMessage(K, { seq: 2, inner: { kind: 0, sent: 0, seen: 0, body: c.utf8("gm") }, r32: fill(1) });
    expectCode(() => c.openMessage(c.inboxKey(D, opening.thread, { role: 1, ...opening }), 2, frame), "KEY_MISMATCH");
  });

  it("an own card of another suite is refused before anything is sealed", () => {
    const ownCard = alice.bundle.card.map((byte, i) => (i === 0 ? 2 : byte));
    expectCode(() => openThread({ ...alice, bundle: { ...alice.bundle, card: ownCard } }, bob, inbox), "BUNDLE_UNSUPPORTED");
  });
});
