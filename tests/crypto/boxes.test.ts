import { expect } from "chai";
import * as c from "../../sdk/src/crypto/index.js";
import { openVault, sealVault } from "../../sdk/src/crypto/vault.js";
import { expectCode, expectRejection, flip } from "./expect-code.js";
import { D, alice, bob, fill, hex } from "./fixture.js";

describe("owner box", () => {
  const { owner } = alice.keys;
  const salted = { r32: fill(7), inbox: fill(1), writer: fill(2), peerWallet: bob.wallet, peerGeneration: 3, link: fill(4), extra: fill(5) };

  for (const role of [0, 1] as const) {
    const openSalt = c.openSalt(owner, { ...salted, role });
    const identity = { inbox: salted.inbox, writer: salted.writer, openSalt };
    const content = { role, peerGeneration: 3, peerWallet: bob.wallet, link: fill(4), thread: fill(6) };
    const box = c.sealOwnerBox(owner, { ...identity, ...content });

    it(`role ${role}: has 120 bytes, comes back, and is the same bytes each time`, () => {
      expect(box).to.have.length(120);
      expect(c.openOwnerBox(owner, { ...identity, box })).to.deep.equal(content);
      expect(c.sealOwnerBox(owner, { ...identity, ...content })).to.deep.equal(box);
    });

    it(`role ${role}: opens under no other inbox, writer, salt, wallet or generation, and after no flipped bit`, () => {
      expectCode(() => c.openOwnerBox(owner, { ...identity, inbox: fill(9), box }), "OWNER_BOX_INVALID");
      expectCode(() => c.openOwnerBox(owner, { ...identity, writer: fill(9), box }), "OWNER_BOX_INVALID");
      expectCode(() => c.openOwnerBox(owner, { ...identity, openSalt: fill(9, 16), box }), "OWNER_BOX_INVALID");
      expectCode(() => c.openOwnerBox(bob.keys.owner, { ...identity, box }), "OWNER_BOX_INVALID");
      expectCode(() => c.openOwnerBox(c.generationKeys(D, c.generationSecret(D, alice.root, 1)).owner, { ...identity, box }), "OWNER_BOX_INVALID");
      for (let bit = 0; bit < box.length * 8; bit++) expectCode(() => c.openOwnerBox(owner, { ...identity, box: flip(box, bit) }), "OWNER_BOX_INVALID");
      for (const length of [0, 16, 119, 121]) expectCode(() => c.openOwnerBox(owner, { ...identity, box: fill(0, length) }), "OWNER_BOX_INVALID");
    });
  }

  it("role 2 and reserved bytes that are set are refused, though the box opens", () => {
    const identity = { inbox: fill(1), writer: fill(2), openSalt: fill(3, 16) };
    const key = c.expand(owner, "owner box", c.concat(identity.inbox, identity.writer, identity.openSalt), 32);
    for (const start of [[2, 0, 0, 0], [255, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [1, 0, 0, 1]]) {
      expectCode(() => c.openOwnerBox(owner, { ...identity, box: c.seal(key, c.concat(Uint8Array.from(start), fill(0, 100))) }), "OWNER_BOX_INVALID");
    }
    for (const length of [0, 3, 103, 105]) expectCode(() => c.openOwnerBox(owner, { ...identity, box: c.seal(key, fill(0, length)) }), "OWNER_BOX_INVALID");
    expectCode(() => c.sealOwnerBox(owner, { ...identity, role: 2 as 0, peerGeneration: 0, peerWallet: fill(0), link: fill(0), thread: fill(0) }), "INVALID_ARGUMENT");
    expectCode(() => c.openSalt(owner, { ...salted, role: 2 as 0 }), "INVALID_ARGUMENT");
  });

  it("the salt covers everything that box and handshake depend on", () => {
    const base = { ...salted, role: 0 as c.Role };
    const changes: Partial<typeof base>[] = [{}, { r32: fill(8) }, { role: 1 }, { inbox: fill(9) }, { writer: fill(9) }, { peerWallet: fill(9) }, { peerGeneration: 4 }, { link: fill(9) }, { extra: fill(9) }];
    const salts = changes.map((change) => hex(c.openSalt(owner, { ...base, ...change })));
    expect(new Set(salts).size).to.equal(changes.length);
    expect(c.openSalt(owner, base)).to.deep.equal(c.openSalt(owner, { ...base }));
  });
});

describe("reply pointer", () => {
  const thread = fill(0x7e);
  const fields = { inboxX: fill(1), readerR: fill(2), inboxY: fill(3), r32: fill(4) };
  const pointer = c.sealReplyPointer(D, thread, fields);
  const open = (change: Partial<{ inboxX: Uint8Array; readerR: Uint8Array; pointer: Uint8Array }> = {}, d = D, t = thread) => c.openReplyPointer(d, t, { inboxX: fields.inboxX, readerR: fields.readerR, pointer, ...change });

  it("has 60 bytes and names the inbox", () => {
    expect(pointer).to.have.length(60);
    expect(open()).to.deep.equal(fields.inboxY);
    expect(c.sealReplyPointer(D, thread, fields)).to.deep.equal(pointer);
  });

  it("opens under no other inbox, reader, thread or domain, and after no flipped bit", () => {
    expectCode(() => open({ inboxX: fill(9) }), "REPLY_POINTER_INVALID");
    expectCode(() => open({ readerR: fill(9) }), "REPLY_POINTER_INVALID");
    expectCode(() => open({}, D, fill(9)), "REPLY_POINTER_INVALID");
    expectCode(() => open({}, fill(9)), "REPLY_POINTER_INVALID");
    for (let bit = 0; bit < 480; bit++) expectCode(() => open({ pointer: flip(pointer, bit) }), "REPLY_POINTER_INVALID");
    for (const length of [0, 11, 12, 59, 61]) expectCode(() => open({ pointer: fill(0, length) }), "REPLY_POINTER_INVALID");
  });

  it("a peer cannot seal a target of another length", () => {
    const salt = fill(6, 12);
    const key = c.expand(c.extract(D, thread), "reply", c.concat(fields.inboxX, fields.readerR, salt), 32);
    expect(open({ pointer: c.concat(salt, c.seal(key, fill(3))) })).to.deep.equal(fill(3));
    for (const length of [0, 31, 33]) expectCode(() => open({ pointer: c.concat(salt, c.seal(key, fill(3, length))) }), "REPLY_POINTER_INVALID");
  });

  it("a repeated random value gives no key two targets", () => {
    const other = c.sealReplyPointer(D, thread, { ...fields, inboxY: fill(5) });
    expect(hex(other.subarray(0, 12))).to.not.equal(hex(pointer.subarray(0, 12)));
  });
});

describe("vault", function () {
  this.timeout(60_000);
  const fields = { ikm: fill(0x1a), passphrase: "correct horse", salt: fill(2, 16), log2N: 15 };
  let vault: Uint8Array;
  before(async () => {
    vault = await sealVault(fields);
  });
  const set = (at: number, value: number) => vault.map((byte, i) => (i === at ? value : byte));

  it("has 98 bytes and opens with the passphrase, however it was composed", async () => {
    expect(vault).to.have.length(98);
    expect(await openVault({ vault, passphrase: "correct horse" })).to.deep.equal(fields.ikm);
    const composed = await sealVault({ ...fields, passphrase: "caf\u00e9" });
    expect(await openVault({ vault: composed, passphrase: "cafe\u0301" })).to.deep.equal(fields.ikm);
  });

  it("is scrypt as OpenSSL computes it, under the vault's label", async () => {
    const { scryptSync } = await import("node:crypto");
    const stretched = scryptSync("correct horse", Buffer.concat([Buffer.from("postern/1 vault\0"), fields.salt]), 64, { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 26 });
    expect(hex(vault.subarray(18, 50))).to.equal(stretched.toString("hex", 32));
    expect(c.open(new Uint8Array(stretched.subarray(0, 32)), vault.subarray(50))).to.deep.equal(fields.ikm);
  });

  it("each refusal has its code", async () => {
    await expectRejection(openVault({ vault, passphrase: "Correct horse" }), "PASSPHRASE_WRONG");
    await expectRejection(openVault({ vault: flip(vault, 18 * 8), passphrase: "correct horse" }), "PASSPHRASE_WRONG");
    await expectRejection(openVault({ vault: flip(vault, 97 * 8), passphrase: "correct horse" }), "VAULT_INVALID");
    for (const log2N of [0, 14, 21, 255]) await expectRejection(openVault({ vault: set(1, log2N), passphrase: "correct horse" }), "VAULT_UNSUPPORTED");
    await expectRejection(openVault({ vault: set(0, 2), passphrase: "correct horse" }), "VAULT_UNSUPPORTED");
    for (const length of [0, 97, 99]) await expectRejection(openVault({ vault: fill(1, length), passphrase: "x" }), "VAULT_INVALID");
    for (const log2N of [14, 21, 15.5]) await expectRejection(sealVault({ ...fields, log2N }), "INVALID_ARGUMENT");
    await expectRejection(sealVault({ ...fields, passphrase: "" }), "INVALID_ARGUMENT");
    await expectRejection(sealVault({ ...fields, passphrase: "\ud800" }), "INVALID_TEXT");
  });
});
