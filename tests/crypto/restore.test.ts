import { expect } from "chai";
import * as c from "../../sdk/src/crypto/index.js";
import { D, alice, bob, cluster, fill, openThread, party } from "./fixture.js";

/** What the chain keeps of an inbox. */
type OnChain = c.InboxIdentity & { readonly ownerBox: Uint8Array; readonly frames: readonly Uint8Array[]; readonly pointer?: Uint8Array };

const say = (K: Uint8Array, seq: number, text: string) => c.sealMessage(K, { seq, inner: { kind: 0, sent: 1, seen: 0, body: c.encodeText(text) }, r32: fill(seq) });

describe("a whole conversation", () => {
  const opening = openThread(alice, bob, fill(0x1b));
  const answer = { inbox: fill(0x2b), writer: bob.keys.delegate.publicKey };
  const answerSalt = c.openSalt(bob.keys.owner, { ...answer, r32: fill(8), role: 1, peerWallet: alice.wallet, peerGeneration: 0, link: opening.inbox, extra: opening.thread });
  const Y = { ...answer, openSalt: answerSalt };
  const KX = c.inboxKey(D, opening.thread, { role: 0, ...opening });
  const KY = c.inboxKey(D, opening.thread, { role: 1, ...Y });
  const chainX: OnChain = {
    inbox: opening.inbox, writer: opening.writer, openSalt: opening.openSalt,
    ownerBox: c.sealOwnerBox(alice.keys.owner, { ...opening, role: 0, peerGeneration: 0, peerWallet: bob.wallet, link: bob.verified.hash, thread: opening.thread }),
    frames: [...c.splitHandshake(opening.handshake), say(KX, 2, "gm"), say(KX, 3, "still there?")],
    pointer: c.sealReplyPointer(D, opening.thread, { inboxX: opening.inbox, readerR: bob.keys.delegate.publicKey, inboxY: Y.inbox, r32: fill(5) }),
  };
  const chainY: OnChain = {
    ...Y,
    ownerBox: c.sealOwnerBox(bob.keys.owner, { ...Y, role: 1, peerGeneration: 0, peerWallet: alice.wallet, link: opening.inbox, thread: opening.thread }),
    frames: [say(KY, 0, "yes"), say(KY, 1, "gm")],
  };
  const texts = (K: Uint8Array, frames: readonly Uint8Array[], first: number) => frames.slice(first).map((frame, i) => c.decodeText(c.openMessage(K, first + i, frame).body));

  it("comes back from the opener's wallet seed and the chain alone", () => {
    const device = party(0xa1);
    const own = c.openOwnerBox(device.keys.owner, { ...chainX, box: chainX.ownerBox });
    const inboxY = c.openReplyPointer(D, own.thread, { inboxX: chainX.inbox, readerR: bob.keys.delegate.publicKey, pointer: chainX.pointer! });
    expect(inboxY).to.deep.equal(chainY.inbox);
    expect(texts(c.inboxKey(D, own.thread, { role: own.role, ...chainX }), chainX.frames, 2)).to.deep.equal(["gm", "still there?"]);
    expect(texts(c.inboxKey(D, own.thread, { role: 1, ...chainY }), chainY.frames, 0)).to.deep.equal(["yes", "gm"]);
  });

  it("comes back from the answerer's wallet seed and the chain alone", () => {
    const device = party(0xb2);
    const own = c.openOwnerBox(device.keys.owner, { ...chainY, box: chainY.ownerBox });
    expect(own).to.deep.include({ role: 1, link: chainX.inbox, peerWallet: alice.wallet });
    expect(texts(c.inboxKey(D, own.thread, { role: 1, ...chainY }), chainY.frames, 0)).to.deep.equal(["yes", "gm"]);
    const request = c.respond({ cluster, ...chainX, wallet: device.wallet, handshake: c.joinHandshake(chainX.frames[0]!, chainX.frames[1]!), generationKeys: device.held });
    expect(request.thread).to.deep.equal(own.thread);
    expect(texts(c.inboxKey(D, own.thread, { role: 0, ...chainX }), chainX.frames, 2)).to.deep.equal(["gm", "still there?"]);
  });
});
