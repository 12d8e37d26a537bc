/** What an implementation must refuse, and how: for each function inputs that it takes, and changes to them that it does not. */
import * as c from "../../../sdk/src/crypto/index.js";
import { sealVault } from "../../../sdk/src/crypto/vault.js";
import { forge } from "../attacker.js";
import { flip } from "../expect-code.js";
import { D, VALID_FROM, VALID_UNTIL, alice, bob, certify, cluster, fill, hex, party } from "../fixture.js";
import { ED25519_IDENTITY, L, X25519_LOW_ORDER, fromLittleEndian, littleEndian } from "../points.js";
import type { Call, Inputs } from "./calls.js";
import { answer, answerBox, keyX, openings, pointer, pointerFields, vaultFields } from "./valid.js";

export type Case = { readonly name: string; readonly change: Inputs; readonly error: string };
export type Group = { readonly base: Inputs; readonly cases: readonly Case[] };

const refuse = (error: string, name: string, change: Inputs): Case => ({ name, change, error });
const deployment = { programId: hex(cluster.programId), genesisHash: hex(cluster.genesisHash), scope: cluster.scope };
const elsewhere = [["program", { programId: hex(fill(9)) }], ["network", { genesisHash: hex(fill(9)) }], ["scope", { scope: "other" }]] as const;
const bit = (bytes: Uint8Array, at: number) => hex(flip(bytes, at * 8));

function bundles(): Group {
  const altered = (change: Partial<c.Card>) => {
    const card = { ...alice.card, ...change };
    return { card: hex(c.encodeCard(card)), certificate: hex(certify(alice.walletSeed, card)) };
  };
  const overQ = new Uint8Array(alice.bundle.xWing);
  overQ.set([0x01, (overQ[1]! & 0xf0) | 0x0d]);
  const { card, certificate, xWing } = alice.bundle;
  const rootText = c.rootText({ wallet: alice.wallet, programId: cluster.programId, genesisHash: cluster.genesisHash, scope: cluster.scope, rootNumber: 1 });
  return {
    base: { ...deployment, card: hex(card), certificate: hex(certificate), xWing: hex(xWing), expectedWallet: hex(alice.wallet), expectedGeneration: 0 },
    cases: [
      refuse("BUNDLE_UNSUPPORTED", "suite 2", { card: hex(card.map((byte, i) => (i === 0 ? 2 : byte))) }),
      refuse("BUNDLE_UNSUPPORTED", "certificate kind 1", { card: hex(card.map((byte, i) => (i === 1 ? 1 : byte))) }),
      refuse("BUNDLE_MISPLACED", "another wallet was asked for", { expectedWallet: hex(bob.wallet) }),
      refuse("BUNDLE_MISPLACED", "another generation was asked for", { expectedGeneration: 1 }),
      refuse("BUNDLE_INVALID", "generation 65,536", { ...altered({ generation: 65_536 }), expectedGeneration: 65_536 }),
      refuse("BUNDLE_INVALID", "lifetime of 400 days and a second", altered({ validUntil: VALID_FROM + c.MAX_LIFETIME_SECONDS + 1 })),
      refuse("BUNDLE_INVALID", "no lifetime", altered({ validUntil: VALID_FROM })),
      refuse("BUNDLE_INVALID", "X-Wing key of another hash", { xWing: hex(bob.bundle.xWing) }),
      refuse("BUNDLE_INVALID", "X-Wing key with a coefficient of q", { ...altered({ keyHash: c.keyHash(overQ) }), xWing: hex(overQ) }),
      refuse("CERTIFICATE_INVALID", "S + L", { certificate: hex(c.concat(certificate.subarray(0, 32), littleEndian(fromLittleEndian(certificate.subarray(32)) + L))) }),
      refuse("CERTIFICATE_INVALID", "small-order wallet", {
        card: hex(c.encodeCard({ ...alice.card, wallet: ED25519_IDENTITY })), expectedWallet: hex(ED25519_IDENTITY), certificate: hex(c.concat(ED25519_IDENTITY, fill(0))),
      }),
      refuse("CERTIFICATE_INVALID", "certificate of another generation", { card: altered({ generation: 1 }).card, expectedGeneration: 1 }),
      refuse("CERTIFICATE_INVALID", "root signature as certificate", { certificate: hex(c.ed25519Sign(alice.walletSeed, c.utf8(rootText))) }),
      ...elsewhere.map(([name, change]) => refuse("CERTIFICATE_INVALID", `certificate over another ${name}`, change)),
    ],
  };
}

function handshakes(): Group {
  const { direct } = openings;
  const honest = { to: bob, identity: direct, card: alice.bundle.card, certificate: alice.bundle.certificate, shared: c.dh(alice.keys.identity.secret, bob.card.identity) };
  const forged = (change: Partial<Parameters<typeof forge>[0]>) => ({ handshake: hex(forge({ ...honest, ...change })) });
  const mallory = party(0xee);
  const claimed = { ...mallory.card, wallet: alice.wallet };
  const h = direct.handshake;
  const zeroX25519 = c.concat(h.subarray(0, 1092), fill(0), h.subarray(1124));
  const lowOrder = X25519_LOW_ORDER.map((identity, i) => {
    const card = { ...alice.card, identity };
    return refuse("LOW_ORDER_POINT", `certified identity key of small order, encoding ${i}`, forged({ card: c.encodeCard(card), certificate: certify(alice.walletSeed, card), shared: fill(0) }));
  });
  return {
    base: {
      ...deployment, inbox: hex(direct.inbox), writer: hex(direct.writer), openSalt: hex(direct.openSalt), wallet: hex(bob.wallet), heldGeneration: 0,
      generationDomain: hex(D), generationSecret: hex(bob.g), bundleHash: hex(bob.verified.hash), handshake: hex(h),
    },
    cases: [
      refuse("HANDSHAKE_MALFORMED", "a byte short", { handshake: hex(h.subarray(0, 1409)) }),
      refuse("HANDSHAKE_MALFORMED", "a byte long", { handshake: hex(c.concat(h, fill(0, 1))) }),
      refuse("GENERATION_UNKNOWN", "for a generation that is not held", { heldGeneration: 1 }),
      refuse("HANDSHAKE_NOT_FOR_ME", "for another generation", { heldGeneration: 1, handshake: hex(c.concat(c.u32(1), h.subarray(4))) }),
      refuse("HANDSHAKE_NOT_FOR_ME", "ciphertext with an all-zero X25519 part", { handshake: hex(zeroX25519) }),
      refuse("HANDSHAKE_NOT_FOR_ME", "bit flip in the ML-KEM part", { handshake: bit(h, 4) }),
      refuse("HANDSHAKE_NOT_FOR_ME", "bit flip in the sender box", { handshake: bit(h, 1200) }),
      refuse("SENDER_NOT_AUTHENTIC", "bit flip in confirm", { handshake: bit(h, 1409) }),
      ...(["inbox", "writer", "wallet"] as const).map((field) => refuse("HANDSHAKE_NOT_FOR_ME", `moved to another ${field}`, { [field]: hex(fill(9)) })),
      refuse("HANDSHAKE_NOT_FOR_ME", "moved to another open salt", { openSalt: hex(fill(9, 16)) }),
      ...elsewhere.map(([name, change]) => refuse(name === "scope" ? "CERTIFICATE_INVALID" : "HANDSHAKE_NOT_FOR_ME", `moved to another ${name}`, change)),
      refuse("HANDSHAKE_NOT_FOR_ME", "own keys under another's bundle (unknown key share)", { bundleHash: hex(mallory.verified.hash) }),
      refuse("HANDSHAKE_UNSUPPORTED", "flags 1", forged({ flags: 1 })),
      refuse("CERTIFICATE_INVALID", "card of another wallet, certified by the sender", forged({ card: c.encodeCard(claimed), certificate: certify(mallory.walletSeed, claimed) })),
      refuse("SENDER_NOT_AUTHENTIC", "card of another wallet, certified by it (impersonation)", forged({ shared: c.dh(mallory.keys.identity.secret, bob.card.identity) })),
      ...lowOrder,
    ],
  };
}

function messages(): Group {
  const inner = { kind: 0, sent: 1_795_392_100, seen: 0, body: c.utf8("gm") };
  const frame = c.sealMessage(keyX, { seq: 2, inner, r32: fill(9) });
  const { direct } = openings;
  const key = (change: Partial<Parameters<typeof c.inboxKey>[2]>) => ({ inboxKey: hex(c.inboxKey(D, direct.thread, { inbox: direct.inbox, writer: direct.writer, openSalt: direct.openSalt, role: 0, ...change })) });
  const padded = (length: number, at?: number) => {
    const salt = fill(5, 12);
    const keys = c.expand(keyX, "message", c.concat(Uint8Array.of(1, 2), c.u64(2), salt), 48);
    const plain = c.concat(c.u16(length), fill(0, 94));
    if (at !== undefined) plain[at] = 1;
    return { frame: hex(c.concat(Uint8Array.of(1, 2), salt, keys.subarray(32), c.seal(keys.subarray(0, 32), plain))) };
  };
  return {
    base: { inboxKey: hex(keyX), seq: 2, frame: hex(frame) },
    cases: [
      refuse("SUITE_UNKNOWN", "suite 2", { frame: hex(frame.map((byte, i) => (i === 0 ? 2 : byte))) }),
      refuse("FRAME_UNKNOWN", "type 9", { frame: hex(frame.map((byte, i) => (i === 1 ? 9 : byte))) }),
      refuse("FRAME_MALFORMED", "empty", { frame: "" }),
      refuse("FRAME_MALFORMED", "no bucket's length", { frame: hex(frame.subarray(0, 141)) }),
      refuse("KEY_MISMATCH", "another number", { seq: 3 }),
      refuse("KEY_MISMATCH", "another inbox", key({ inbox: fill(9) })),
      refuse("KEY_MISMATCH", "another writer", key({ writer: fill(9) })),
      refuse("KEY_MISMATCH", "another open salt", key({ openSalt: fill(9, 16) })),
      refuse("KEY_MISMATCH", "the other role (reflection)", key({ role: 1 })),
      refuse("KEY_MISMATCH", "bit flip in the salt", { frame: bit(frame, 2) }),
      refuse("KEY_MISMATCH", "bit flip in the commitment", { frame: bit(frame, 14) }),
      refuse("MESSAGE_FORGED", "bit flip in the tag", { frame: bit(frame, 30) }),
      refuse("MESSAGE_FORGED", "bit flip in the box", { frame: bit(frame, 141) }),
      refuse("PADDING_INVALID", "length beyond the bucket", padded(95)),
      refuse("PADDING_INVALID", "length without room for kind and times", padded(8)),
      refuse("PADDING_INVALID", "padding that is not zero", padded(9, 95)),
    ],
  };
}

function boxes(): Pick<Record<Call, Group>, "openOwnerBox" | "openReplyPointer"> {
  const inbox = { inbox: hex(answer.inbox), writer: hex(answer.writer), openSalt: hex(answer.openSalt) };
  const key = c.expand(bob.keys.owner, "owner box", c.concat(answer.inbox, answer.writer, answer.openSalt), 32);
  return {
    openOwnerBox: {
      base: { owner: hex(bob.keys.owner), ...inbox, box: hex(answerBox) },
      cases: [
        refuse("OWNER_BOX_INVALID", "box of another inbox", { inbox: hex(fill(9)) }),
        refuse("OWNER_BOX_INVALID", "box of another owner", { owner: hex(alice.keys.owner) }),
        refuse("OWNER_BOX_INVALID", "role 2", { box: hex(c.seal(key, c.concat(Uint8Array.of(2, 0, 0, 0), fill(0, 100)))) }),
        refuse("OWNER_BOX_INVALID", "reserved byte set", { box: hex(c.seal(key, c.concat(Uint8Array.of(1, 0, 0, 1), fill(0, 100)))) }),
      ],
    },
    openReplyPointer: {
      base: { domain: hex(D), thread: hex(answer.thread), inboxX: hex(pointerFields.inboxX), readerR: hex(pointerFields.readerR), pointer: hex(pointer) },
      cases: [
        refuse("REPLY_POINTER_INVALID", "another reader", { readerR: hex(alice.card.delegate) }),
        refuse("REPLY_POINTER_INVALID", "another inbox", { inboxX: hex(fill(9)) }),
        refuse("REPLY_POINTER_INVALID", "another thread", { thread: hex(fill(9)) }),
        refuse("REPLY_POINTER_INVALID", "bit flip", { pointer: bit(pointer, 59) }),
      ],
    },
  };
}

export async function invalidVectors(): Promise<Record<Call, Group>> {
  const [frame0, frame1] = c.splitHandshake(openings.direct.handshake).map(hex) as [string, string];
  const vault = await sealVault(vaultFields);
  const at = (index: number, value: number) => ({ vault: hex(vault.map((byte, i) => (i === index ? value : byte))) });
  return {
    verifyBundle: bundles(),
    checkBundleTime: {
      base: { validFrom: VALID_FROM, validUntil: VALID_UNTIL, now: VALID_FROM - 300 },
      cases: [refuse("BUNDLE_EXPIRED", "expired", { now: VALID_UNTIL }), refuse("BUNDLE_EXPIRED", "from the future", { now: VALID_FROM - 301 })],
    },
    checkPin: {
      base: { pinValidFrom: 100, pinGeneration: 5, pinHash: hex(fill(1)), bundleValidFrom: 100, bundleGeneration: 5, bundleHash: hex(fill(1)) },
      cases: [
        refuse("KEYS_ROLLED_BACK", "older than the pin, generation higher", { bundleValidFrom: 99, bundleGeneration: 6 }),
        refuse("KEYS_ROLLED_BACK", "same start, lower generation", { bundleGeneration: 4 }),
        refuse("KEYS_CONFLICT", "same pin, other hash", { bundleHash: hex(fill(2)) }),
      ],
    },
    dh: {
      base: { secret: hex(fill(7)), publicKey: hex(alice.card.identity) },
      cases: X25519_LOW_ORDER.map((point, i) => refuse("LOW_ORDER_POINT", `small order, encoding ${i}`, { publicKey: hex(point) })),
    },
    encapsulate: {
      base: { publicKey: hex(bob.bundle.xWing), coins: hex(fill(3, 64)) },
      cases: [refuse("LOW_ORDER_POINT", "all-zero X25519 part", { publicKey: hex(c.concat(bob.bundle.xWing.subarray(0, 1184), fill(0))) })],
    },
    ...boxes(),
    joinHandshake: {
      base: { frame0, frame1 },
      cases: [
        refuse("HANDSHAKE_MALFORMED", "frames swapped", { frame0: frame1, frame1: frame0 }),
        refuse("HANDSHAKE_MALFORMED", "a byte short", { frame1: frame1.slice(0, -2) }),
        refuse("HANDSHAKE_MALFORMED", "suite 2", { frame0: `02${frame0.slice(2)}` }),
      ],
    },
    respond: handshakes(),
    openMessage: messages(),
    openVault: {
      base: { vault: hex(vault), passphrase: "caf\u00e9 de flore" },
      cases: [
        refuse("PASSPHRASE_WRONG", "wrong passphrase", { passphrase: "cafe de flore" }),
        refuse("VAULT_UNSUPPORTED", "log2N 21", at(1, 21)),
        refuse("VAULT_UNSUPPORTED", "version 2", at(0, 2)),
        refuse("VAULT_INVALID", "bit flip in the box", { vault: bit(vault, 97) }),
      ],
    },
    decodeText: {
      base: { bytes: "efbbbf676d00f09f918b" },
      cases: [["overlong", "c080"], ["surrogate", "eda080"], ["beyond U+10FFFF", "f4908080"], ["cut", "e282"]].map(([name, bytes]) => refuse("INVALID_TEXT", name!, { bytes: bytes! })),
    },
  };
}
