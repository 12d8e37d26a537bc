import { expect } from "chai";
import * as c from "../../sdk/src/crypto/index.js";
import { expectCode } from "./expect-code.js";
import { D, alice, bob, cluster, fill, hex, sha256 } from "./fixture.js";

const all = (...values: Uint8Array[]) => new Set(values.map(hex)).size === values.length;

describe("domain", () => {
  it("depends on program and genesis hash, and not on who is first", () => {
    const { programId, genesisHash } = cluster;
    expect(all(D, c.domain({ programId: genesisHash, genesisHash: programId }), c.domain({ programId, genesisHash: fill(1) }), c.domain({ programId: fill(1), genesisHash }))).to.equal(true);
  });

  it("a scope is 1 to 32 of a-z 0-9 dot hyphen", () => {
    for (const scope of ["a", "global", "x.y-9", "a".repeat(32)]) expect(c.cluster({ ...cluster, scope }).scope).to.equal(scope);
    for (const scope of ["", "A", "a b", "a\n", "ä", "a".repeat(33), "global\nRoot: 2"]) expectCode(() => c.cluster({ ...cluster, scope }), "INVALID_ARGUMENT");
  });
});

describe("root text", () => {
  const fields = { wallet: alice.wallet, programId: cluster.programId, genesisHash: cluster.genesisHash, scope: "global", rootNumber: 1 };

  it("has the published lines, joined by single line feeds, with none at the end", () => {
    const text = c.rootText(fields);
    const lines = text.split("\n");
    expect(lines).to.have.length(10);
    expect(lines.slice(4)).to.deep.equal([
      `Wallet: ${c.toBase58(alice.wallet)}`, `Program: ${c.toBase58(cluster.programId)}`, `Network: ${c.toBase58(cluster.genesisHash)}`, "Scope: global", "Root: 1", "Version: 1",
    ]);
    expect(text).to.match(/^[\x20-\x7e\n]+$/);
    expect(text.length).to.be.within(530, 540);
  });

  it("no two deployments, wallets or root numbers share a text", () => {
    const texts = [fields, { ...fields, wallet: bob.wallet }, { ...fields, programId: fill(1) }, { ...fields, genesisHash: fill(1) }, { ...fields, scope: "x" }, { ...fields, rootNumber: 2 }].map(c.rootText);
    expect(new Set(texts).size).to.equal(texts.length);
  });

  it("a root number is whole, from 1", () => {
    for (const rootNumber of [0, -1, 1.5, 2 ** 32, NaN]) expectCode(() => c.rootText({ ...fields, rootNumber }), "INVALID_ARGUMENT");
    expect(c.rootText({ ...fields, rootNumber: 2 ** 32 - 1 })).to.contain("\nRoot: 4294967295\n");
  });
});

describe("root and generations", () => {
  const source = { kind: "given", rootNumber: 1, wallet: alice.wallet, scope: "global", ikm: fill(5) } as const;

  it("a root depends on kind, number, wallet, scope, ikm and domain", () => {
    expect(all(
      c.deriveRoot(D, source), c.deriveRoot(D, { ...source, kind: "vault" }), c.deriveRoot(D, { ...source, kind: "wallet", ikm: fill(5, 64) }), c.deriveRoot(D, { ...source, rootNumber: 2 }),
      c.deriveRoot(D, { ...source, wallet: bob.wallet }), c.deriveRoot(D, { ...source, scope: "x" }), c.deriveRoot(D, { ...source, ikm: fill(6) }), c.deriveRoot(fill(1), source),
    )).to.equal(true);
  });

  it("each kind takes ikm of its own length only", () => {
    expectCode(() => c.deriveRoot(D, { ...source, kind: "wallet" }), "INVALID_ARGUMENT");
    expectCode(() => c.deriveRoot(D, { ...source, ikm: fill(5, 64) }), "INVALID_ARGUMENT");
    expectCode(() => c.deriveRoot(D, { ...source, kind: "toString" as "given" }), "INVALID_ARGUMENT");
  });

  it("generations run from 0 to 65,535 and differ", () => {
    expect(all(...[0, 1, 2, 65_535].map((k) => c.generationSecret(D, alice.root, k)))).to.equal(true);
    expect(c.generationSecret(D, alice.root, 0)).to.deep.equal(alice.g);
    for (const k of [-1, 65_536, 0.5, NaN]) expectCode(() => c.generationSecret(D, alice.root, k), "INVALID_ARGUMENT");
  });

  it("every key of a generation is another key, and a function of the secret alone", () => {
    const { identity, kem, delegate, owner } = c.generationKeys(D, alice.g);
    expect(all(identity.secret, kem.seed, delegate.seed, owner.subarray(0, 32), owner.subarray(32), c.writerSeed(D, alice.g, 0), c.writerSeed(D, alice.g, 1), c.readerSeed(D, alice.g, fill(0)), c.readerSeed(D, alice.g, fill(1)))).to.equal(true);
    expect(owner).to.have.length(64);
    expect(identity.publicKey).to.deep.equal(c.x25519PublicKey(identity.secret));
    expect(delegate.publicKey).to.deep.equal(c.ed25519PublicKey(delegate.seed));
    expect(kem.publicKey).to.deep.equal(c.kem.keygen(kem.seed).publicKey).and.equal(kem.publicKey);
    expect(kem.publicKey.subarray(1184)).to.not.deep.equal(identity.publicKey);
  });
});

describe("safety number", () => {
  const a = { wallet: alice.wallet, hash: alice.verified.hash };
  const b = { wallet: bob.wallet, hash: bob.verified.hash };

  it("has 60 digits and is the same on both sides", () => {
    expect(c.safetyNumber(a, b)).to.match(/^\d{60}$/).and.equal(c.safetyNumber(b, a));
    const other = { ...a, hash: fill(1) };
    expect(c.safetyNumber(a, other)).to.equal(c.safetyNumber(other, a));
  });

  it("changes with any wallet or key on either side", () => {
    const numbers = [[a, b], [{ ...a, hash: fill(1) }, b], [a, { ...b, hash: fill(1) }], [{ ...a, wallet: fill(1) }, b], [{ ...a, hash: b.hash }, { ...b, hash: a.hash }]] as const;
    expect(new Set(numbers.map(([x, y]) => c.safetyNumber(x, y))).size).to.equal(numbers.length);
  });

  it("is five bytes a group, big-endian, modulo 100,000", async () => {
    const { createHash } = await import("node:crypto");
    const [x, y] = Buffer.compare(a.wallet, b.wallet) < 0 ? [a, b] : [b, a];
    const digest = createHash("sha512").update("postern/1 safety\0").update(x.wallet).update(x.hash).update(y.wallet).update(y.hash).digest();
    const groups = Array.from({ length: 12 }, (_, i) => String(digest.readUIntBE(i * 5, 5) % 100_000).padStart(5, "0"));
    expect(c.safetyNumber(a, b)).to.equal(groups.join(""));
  });
});

describe("log head", () => {
  it("starts from inbox and salt and covers number, time and payload of every post", () => {
    const head0 = c.logHead0(fill(1), fill(2, 16));
    expect(head0).to.deep.equal(sha256("postern/1 log\0", fill(1), fill(2, 16)));
    expect(c.nextLogHead(head0, 3, 5, fill(9, 7))).to.deep.equal(sha256(head0, Uint8Array.of(3, 0, 0, 0, 5, 0, 0, 0), fill(9, 7)));
    expect(all(head0, c.nextLogHead(head0, 0, 0, fill(0)), c.nextLogHead(head0, 1, 0, fill(0)), c.nextLogHead(head0, 0, 1, fill(0)), c.nextLogHead(head0, 0, 0, fill(1)))).to.equal(true);
    expectCode(() => c.logHead0(fill(1), fill(2, 32)), "INVALID_ARGUMENT");
  });
});
