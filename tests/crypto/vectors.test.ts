import { expect } from "chai";
import { PublicKey } from "@solana/web3.js";
import * as c from "../../sdk/src/crypto/index.js";
import { D, alice, bob, cluster, fill, hex, openThread, sha256 } from "./fixture.js";

describe("the protocol's published values", () => {
  const writer = alice.keys.delegate.publicKey;
  const inbox = PublicKey.findProgramAddressSync([c.utf8("inbox"), writer, c.u32(0)], new PublicKey(cluster.programId))[0].toBytes();
  const opening = openThread(alice, bob, inbox);
  const K = c.inboxKey(D, opening.thread, { role: 0, ...opening });
  const frame = c.sealMessage(K, { seq: 2, inner: { kind: 0, sent: 1_795_392_100, seen: 0, body: c.encodeText("gm") }, r32: fill(9) });

  const values: [string, () => Uint8Array, string][] = [
    ["D", () => D, "9a7b3b4837363e4331462870c3f38df8bcddb43dc6473649f7971855150ef53d"],
    ["root A", () => alice.root, "8e094d341861628d896525831f9ac660901e8fb50b49eca0bb5c92070d597531"],
    ["g0 A", () => alice.g, "a1cb32ef729e92b2c2a98cfd56616f3cf4fcdaf8413df109dd49f0d4ff82c8ab"],
    ["IK A", () => alice.card.identity, "45aca416bd620d269390e1a6e6aa0e8a5f5fea6963e18d7d157a33fc799b022c"],
    ["SHA-256(EK A)", () => sha256(alice.bundle.xWing), "a38e7069e8471f494cbceae9aaaf054cf026ebba4ccaea73fc112624b839505c"],
    ["delegate A", () => writer, "646ca3d51e334fb7aed615e557e1c0761974cceac314d54ce47c24766bf61e8f"],
    ["bundle A", () => alice.verified.hash, "3d25dfe66b383a9760969223a9f17ff2ee34c96dae17ac9f2c8e666f3988cf83"],
    ["bundle B", () => bob.verified.hash, "94d3cbfcb4656166745e826dd68e181fdba752432f7919caba07593dcf1031c9"],
    ["inbox", () => inbox, "860200db6bc664980e4f51edf5a3e4c00de0398332c86d556f27c7b2592d4dc0"],
    ["open salt", () => opening.openSalt, "ab6721408146cd725ded980e17b12d6c"],
    ["SHA-256(ct)", () => sha256(opening.handshake.subarray(4, 1124)), "dc4c38f906f529007321d1c65ba0def72235a66b733067e7acfd93fe5a64d754"],
    ["SHA-256(H)", () => sha256(opening.handshake), "14bba460527c19de8aa8540578dc5db161b4197a3860a20ff33fb19de598969c"],
    ["thread", () => opening.thread, "eafbfc50bd1b4ad93dc2371e1e5397bc6a834c6adf554fd74742cf706b73ead0"],
    ["confirm", () => opening.handshake.subarray(1378), "d4d2cc3241fbfad2db2d75a43e12f6229bbe00390ecc746ca3c7361684623480"],
    ["K, first 32", () => K.subarray(0, 32), "41eb639059b512bed280e86554b406064639ee714f266989e9c689fdd1a47a09"],
    ["SHA-256(message frame)", () => sha256(frame), "9026c6e9182a3c2d995e7d779930a03f662e72d920c23630ef0b2f6bce35166e"],
    ["head 0", () => c.logHead0(inbox, opening.openSalt), "0c26bd87f9ce88c29ef6b8b81409734a5317333ed238c8bfda7966f6ed687792"],
  ];
  for (const [name, actual, expected] of values) it(`${name} is reproduced`, () => expect(hex(actual())).to.equal(expected));

  it("the message frame has 142 bytes", () => expect(frame).to.have.length(142));
});
