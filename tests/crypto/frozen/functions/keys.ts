/** Root, generations, cards, certificates, bundles, pins, safety numbers and vaults (sections 2, 3 and 9). */
import { walletKeys } from "../../../../sdk/src/client/key-source.js";
import { unlockRoot } from "../../../../sdk/src/client/unlock-root.js";
import * as c from "../../../../sdk/src/crypto/index.js";
import { openVault, sealVault } from "../../../../sdk/src/crypto/vault.js";
import { PosternError } from "../../../../sdk/src/errors.js";
import type { Reader, VectorFunction } from "../format.js";

const DEPLOYMENT = { programId: "bytes", genesisHash: "bytes", scope: "text" } as const;
const CARD = { generation: "number", validFrom: "number", validUntil: "number", wallet: "bytes", delegate: "bytes", identity: "bytes", keyHash: "bytes" } as const;
const PIN = { validFrom: "number", generation: "number", hash: "bytes" } as const;

const cardOf = (i: Reader): c.Card => ({
  certificateKind: c.CERTIFICATE_KIND.text,
  generation: i.number("generation"), validFrom: i.number("validFrom"), validUntil: i.number("validUntil"),
  wallet: i.bytes("wallet"), delegate: i.bytes("delegate"), identity: i.bytes("identity"), keyHash: i.bytes("keyHash"),
});
const pinOf = (i: Reader): c.Pin => ({ validFrom: i.number("validFrom"), generation: i.number("generation"), hash: i.bytes("hash") });
const deploymentOf = (i: Reader) => ({ programId: i.bytes("programId"), genesisHash: i.bytes("genesisHash"), scope: i.text("scope") });

/** The root of kind wallet from what a wallet returns when it is asked twice. */
async function enrolWallet(i: Reader): Promise<Uint8Array> {
  const cluster = i.cluster();
  const [walletBytes, rootNumber] = [i.bytes("wallet"), i.number("rootNumber")];
  const ask = (name: string): Promise<Uint8Array> => {
    const wallet = { publicKey: { toBase58: () => c.toBase58(walletBytes) }, signMessage: () => Promise.resolve(i.bytes(name)), signTransaction: () => Promise.reject(new Error("not asked")) };
    return unlockRoot(walletKeys(), wallet, { cluster, walletBytes, rootNumber });
  };
  const root = await ask("signature1");
  if (c.equal(root, await ask("signature2"))) return root;
  throw new PosternError("WALLET_NOT_DETERMINISTIC", "This wallet signs the same text differently each time.");
}

export const keyFunctions = {
  rootText: {
    section: "2", inputs: { ...DEPLOYMENT, wallet: "bytes", rootNumber: "number" }, outputs: { text: "bytes" },
    run: (i) => ({ text: c.utf8(c.rootText({ ...deploymentOf(i), wallet: i.bytes("wallet"), rootNumber: i.number("rootNumber") })) }),
  },
  enrolWallet: {
    section: "2", inputs: { ...DEPLOYMENT, wallet: "bytes", rootNumber: "number", signature1: "bytes", signature2: "bytes" }, outputs: { root: "bytes" },
    run: async (i) => ({ root: await enrolWallet(i) }),
  },
  deriveRoot: {
    section: "2", inputs: { domain: "bytes", kind: "text", rootNumber: "number", wallet: "bytes", scope: "text", ikm: "bytes" }, outputs: { root: "bytes" },
    run: (i) => ({ root: c.deriveRoot(i.bytes("domain"), { kind: i.text("kind") as c.RootKind, rootNumber: i.number("rootNumber"), wallet: i.bytes("wallet"), scope: i.text("scope"), ikm: i.bytes("ikm") }) }),
  },
  generationSecret: {
    section: "2", inputs: { domain: "bytes", root: "bytes", generation: "number" }, outputs: { generationSecret: "bytes" },
    run: (i) => ({ generationSecret: c.generationSecret(i.bytes("domain"), i.bytes("root"), i.number("generation")) }),
  },
  generationKeys: {
    section: "2", inputs: { domain: "bytes", generationSecret: "bytes" },
    outputs: { identitySecret: "bytes", identity: "bytes", xWingSeed: "bytes", xWing: "bytes", delegateSeed: "bytes", delegate: "bytes", owner: "bytes" },
    run: (i) => {
      const { identity, kem, delegate, owner } = c.generationKeys(i.bytes("domain"), i.bytes("generationSecret"));
      return { identitySecret: identity.secret, identity: identity.publicKey, xWingSeed: kem.seed, xWing: kem.publicKey, delegateSeed: delegate.seed, delegate: delegate.publicKey, owner };
    },
  },
  writerKey: {
    section: "2", inputs: { domain: "bytes", generationSecret: "bytes", index: "number" }, outputs: { seed: "bytes", publicKey: "bytes" },
    run: (i) => {
      const seed = c.writerSeed(i.bytes("domain"), i.bytes("generationSecret"), i.number("index"));
      return { seed, publicKey: c.ed25519PublicKey(seed) };
    },
  },
  readerKey: {
    section: "2", inputs: { domain: "bytes", generationSecret: "bytes", inbox: "bytes" }, outputs: { seed: "bytes", publicKey: "bytes" },
    run: (i) => {
      const seed = c.readerSeed(i.bytes("domain"), i.bytes("generationSecret"), i.bytes("inbox"));
      return { seed, publicKey: c.ed25519PublicKey(seed) };
    },
  },
  encodeCard: { section: "3", inputs: CARD, outputs: { card: "bytes" }, run: (i) => ({ card: c.encodeCard(cardOf(i)) }) },
  keyHash: { section: "3", inputs: { xWing: "bytes" }, outputs: { keyHash: "bytes" }, run: (i) => ({ keyHash: c.keyHash(i.bytes("xWing")) }) },
  bundleHash: { section: "3", inputs: { domain: "bytes", card: "bytes" }, outputs: { bundleHash: "bytes" }, run: (i) => ({ bundleHash: c.bundleHash(i.bytes("domain"), i.bytes("card")) }) },
  certificateText: {
    section: "3", inputs: { ...DEPLOYMENT, card: "bytes" }, outputs: { text: "bytes" },
    run: (i) => {
      const { domain, ...deployment } = i.cluster();
      return { text: c.utf8(c.certificateText({ ...deployment, card: c.decodeCard(i.bytes("card")), bundleHash: c.bundleHash(domain, i.bytes("card")) })) };
    },
  },
  certificateMessage: {
    section: "3", inputs: { ...DEPLOYMENT, card: "bytes" }, outputs: { message: "bytes" },
    run: (i) => {
      const { domain, ...deployment } = i.cluster();
      return { message: c.certificateMessage({ ...deployment, card: c.decodeCard(i.bytes("card")), bundleHash: c.bundleHash(domain, i.bytes("card")) }) };
    },
  },
  verifyCard: {
    section: "3", inputs: { ...DEPLOYMENT, card: "bytes", certificate: "bytes" }, outputs: { ...CARD, bundleHash: "bytes" },
    run: (i) => {
      const { card: { certificateKind: _, ...card }, hash } = c.verifyCard(i.cluster(), { card: i.bytes("card"), certificate: i.bytes("certificate") });
      return { ...card, bundleHash: hash };
    },
  },
  verifyBundle: {
    section: "3", inputs: { ...DEPLOYMENT, card: "bytes", certificate: "bytes", xWing: "bytes", expectedWallet: "bytes", expectedGeneration: "number" }, outputs: { bundleHash: "bytes" },
    run: (i) => {
      const bundle = { card: i.bytes("card"), certificate: i.bytes("certificate"), xWing: i.bytes("xWing") };
      return { bundleHash: c.verifyBundle(i.cluster(), bundle, { wallet: i.bytes("expectedWallet"), generation: i.number("expectedGeneration") }).hash };
    },
  },
  checkBundleTime: {
    section: "3", inputs: { validFrom: "number", validUntil: "number", now: "number" }, outputs: {},
    run: (i) => {
      c.checkBundleTime({ validFrom: i.number("validFrom"), validUntil: i.number("validUntil") }, i.number("now"));
      return {};
    },
  },
  checkPin: {
    section: "3", inputs: { pinned: "object[]", ...PIN }, outputs: { outcome: "text" },
    run: (i) => ({ outcome: c.checkPin(i.list("pinned").map(pinOf)[0], pinOf(i)) }),
  },
  safetyNumber: {
    section: "3", inputs: { wallet1: "bytes", bundleHash1: "bytes", wallet2: "bytes", bundleHash2: "bytes" }, outputs: { digits: "text" },
    run: (i) => ({ digits: c.safetyNumber({ wallet: i.bytes("wallet1"), hash: i.bytes("bundleHash1") }, { wallet: i.bytes("wallet2"), hash: i.bytes("bundleHash2") }) }),
  },
  sealVault: {
    section: "9", inputs: { ikm: "bytes", passphrase: "text", salt: "bytes", log2N: "number" }, outputs: { vault: "bytes" },
    run: async (i) => ({ vault: await sealVault({ ikm: i.bytes("ikm"), passphrase: i.text("passphrase"), salt: i.bytes("salt"), log2N: i.number("log2N") }) }),
  },
  openVault: { section: "9", inputs: { vault: "bytes", passphrase: "text" }, outputs: { ikm: "bytes" }, run: async (i) => ({ ikm: await openVault({ vault: i.bytes("vault"), passphrase: i.text("passphrase") }) }) },
} as const satisfies Record<string, VectorFunction>;
