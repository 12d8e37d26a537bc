/** In private mode nobody but the recipient learns who wrote: not from the ledger, and not with all keys of everybody else. */
import { expect } from "chai";
import fc from "fast-check";
import * as c from "../../sdk/src/crypto/index.js";
import * as p from "../../sdk/src/program/index.js";
import { outcome } from "../crypto/expect-code.js";
import { D, type Opening, type Party, alice, bob, cluster, fill, hex, openThread, party } from "../crypto/fixture.js";
import { onEachBuild } from "../program/support/builds.js";
import { SOL } from "../program/support/ledger.js";
import { post } from "../program/support/parties.js";

/** Everything that tells who somebody is, or that follows from who they are alone. */
function marksOf(person: Party): [name: string, bytes: Uint8Array][] {
  const { wallet, root, g, keys, card, bundle, verified } = person;
  return [
    ["wallet", wallet], ["delegate", card.delegate], ["identity", card.identity], ["key hash", card.keyHash], ["bundle hash", verified.hash], ["card", bundle.card.subarray(1)],
    ["certificate", bundle.certificate], ["X-Wing key", bundle.xWing.subarray(0, 64)], ["root", root], ["generation secret", g], ["owner key", keys.owner], ["identity secret", keys.identity.secret],
  ];
}

/** A private opening: writer and reader are keys of this inbox alone. */
function openPrivately(from: Party, to: Party, inbox: Uint8Array, i = 0): Opening {
  const writer = c.ed25519PublicKey(c.writerSeed(D, from.g, i));
  return openThread(from, to, inbox, { writer, reader: c.ed25519PublicKey(c.readerSeed(D, from.g, inbox)) });
}
const ownerBoxOf = (opening: Opening): Uint8Array =>
  c.sealOwnerBox(opening.from.keys.owner, { ...opening, role: 0, peerGeneration: opening.to.card.generation, peerWallet: opening.to.wallet, link: opening.to.verified.hash });
const readBy = (opening: Opening, by: Party): string =>
  outcome(() => c.respond({ ...opening, cluster, wallet: by.wallet, generationKeys: (generation) => (generation === opening.to.card.generation ? { keys: by.keys, bundleHash: by.verified.hash } : undefined) }));

describe("the sender of a private request", () => {
  it("is in no byte of handshake, owner box, salt and message, as bytes, hexadecimal, base58 or reversed", () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(9), (inbox, i) => {
      const opening = openPrivately(alice, bob, inbox, i);
      const K = c.inboxKey(D, opening.thread, { role: 0, ...opening });
      const frame = c.sealMessage(K, { seq: 2, inner: { kind: 0, sent: 1, seen: 0, body: alice.wallet }, r32: fill(9) });
      const seen = c.concat(opening.handshake, ownerBoxOf(opening), opening.openSalt, opening.writer, frame);
      const spelled = [hex(seen), Buffer.from(seen).toString("latin1")];
      for (const [name, bytes] of marksOf(alice)) {
        for (const mark of [hex(bytes), hex(Uint8Array.from(bytes).reverse())]) expect(spelled[0], name).not.to.include(mark);
        for (const mark of [hex(bytes), Buffer.from(bytes).toString("base64")]) expect(spelled[1], name).not.to.include(mark);
        if (bytes.length === 32) expect(spelled[1], name).not.to.include(c.toBase58(bytes));
      }
    }), { numRuns: 15 });
  });

  it("is found by the recipient's keys of that generation, and by nobody else's: not the sender's, not another generation's", () => {
    const opening = openPrivately(alice, bob, fill(1));
    expect(readBy(opening, bob)).to.equal("opened");
    for (const other of [alice, party(0xb2, 1), party(0xb3), party(0xa1, 1)]) expect(readBy(opening, other)).to.equal("HANDSHAKE_NOT_FOR_ME");
  });

  it("is found by nobody who lacks either secret of the recipient: the X-Wing seed opens the box, and nothing else does", () => {
    const opening = openPrivately(alice, bob, fill(1));
    const stranger = party(0xee);
    const without: Party = { ...bob, keys: { ...bob.keys, kem: stranger.keys.kem } };
    expect(readBy(opening, without)).to.equal("HANDSHAKE_NOT_FOR_ME");
    expect(readBy(opening, { ...bob, keys: { ...bob.keys, identity: stranger.keys.identity } })).to.equal("SENDER_NOT_AUTHENTIC");
  });

  it("cannot be told by trying candidates: every candidate's own keys give another handshake for the same inbox", () => {
    const opening = openPrivately(alice, bob, fill(1));
    const candidates = [party(0xa2), party(0xa3), bob, party(0xa1, 1)];
    for (const candidate of candidates) {
      const guess = openThread(candidate, bob, fill(1), { writer: opening.writer, reader: opening.reader });
      expect(hex(guess.handshake.subarray(4, 1_124))).not.to.equal(hex(opening.handshake.subarray(4, 1_124)));
    }
  });
});

onEachBuild("On the ledger, the sender of a private request", (test) => {
  test("is in no account and no instruction: a sponsor pays, a fresh key writes", (world) => {
    const recipient = world.member();
    const [sponsor, writer] = [world.person(), world.person()];
    const address = p.inboxAddress(writer.address, 0, p.PROGRAM_ADDRESS);
    const opening = openThread(alice, bob, p.addressBytes(address), { writer: p.addressBytes(writer.address), reader: c.ed25519PublicKey(c.readerSeed(D, alice.g, p.addressBytes(address))) });
    const open = p.openRequest({
      program: p.PROGRAM_ADDRESS, payer: sponsor.address, writer: writer.address, index: 0, capacity: 2_048, overwrite: false, openSalt: opening.openSalt, refund: sponsor.address,
      ownerBox: ownerBoxOf(opening), recipient: recipient.wallet.address, maxPostageLamports: SOL,
    });
    const chat = { address, index: 0, payer: sponsor, writer, reader: writer, refund: sponsor.address, capacity: 2_048, overwrite: false, openSalt: opening.openSalt };
    const frames = c.splitHandshake(opening.handshake, c.SPLIT_SPONSORED);
    const instructions = [open, ...frames.map((frame, seq) => post(chat, seq, frame))];
    for (const instruction of instructions) world.does(instruction);
    const stored = world.account(address);
    expect(world.inbox(chat).frames.map(({ payload }) => hex(payload))).to.deep.equal(frames.map(hex));
    const told = hex(c.concat(stored!.data, ...instructions.map(({ data }) => data), ...instructions.flatMap(({ accounts }) => accounts.map((account) => p.addressBytes(account.address)))));
    for (const [name, bytes] of marksOf(alice)) expect(told, name).not.to.include(hex(bytes));
  });
});
