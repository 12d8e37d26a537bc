/** Every object that crosses the ledger, with everything that it is bound to, as bytes that an attacker may change. */
import * as c from "../../../sdk/src/crypto/index.js";
import { type Party, alice, bob, cluster, openThread } from "../../crypto/fixture.js";

/** The bytes that a reader is given, by name; `open` throws or gives what was sealed. */
export type Sealed = {
  readonly name: string;
  readonly parts: Readonly<Record<string, Uint8Array>>;
  readonly open: (parts: Readonly<Record<string, Uint8Array>>) => unknown;
};

/** What makes one instance of every object: all of it arbitrary. */
export type Seed = { readonly inbox: Uint8Array; readonly r32: Uint8Array; readonly other: Uint8Array; readonly body: Uint8Array; readonly seq: number; readonly role: c.Role };

const part = (parts: Readonly<Record<string, Uint8Array>>, name: string): Uint8Array => parts[name] ?? new Uint8Array(0);
const identityOf = (parts: Readonly<Record<string, Uint8Array>>): c.InboxIdentity => ({ inbox: part(parts, "inbox"), writer: part(parts, "writer"), openSalt: part(parts, "openSalt") });
const clusterOf = (parts: Readonly<Record<string, Uint8Array>>): c.Cluster =>
  c.cluster({ programId: part(parts, "programId"), genesisHash: part(parts, "genesisHash"), scope: cluster.scope });
const deployment = { programId: cluster.programId, genesisHash: cluster.genesisHash };

export function message({ inbox, r32, other, body, seq, role }: Seed): Sealed {
  const identity = { inbox, writer: other, openSalt: r32.subarray(0, 16) };
  const thread = c.sha256(inbox, other);
  const K = c.inboxKey(cluster.domain, thread, { ...identity, role });
  const frame = c.sealMessage(K, { seq, inner: { kind: 0, sent: 1, seen: 2, body }, r32 });
  return {
    name: "a message", parts: { ...deployment, ...identity, thread, role: c.u8(role), seq: c.u64(seq), frame },
    open: (parts) => {
      const key = c.inboxKey(clusterOf(parts).domain, part(parts, "thread"), { ...identityOf(parts), role: part(parts, "role")[0] as c.Role });
      return c.openMessage(key, c.readU64(part(parts, "seq"), 0), part(parts, "frame"));
    },
  };
}

export function ownerBox({ inbox, r32, other, seq, role }: Seed): Sealed {
  const identity = { inbox, writer: other, openSalt: r32.subarray(0, 16) };
  const { owner } = alice.keys;
  const box = c.sealOwnerBox(owner, { ...identity, role, peerGeneration: seq, peerWallet: bob.wallet, link: other, thread: r32 });
  return { name: "an owner box", parts: { owner, ...identity, box }, open: (parts) => c.openOwnerBox(part(parts, "owner"), { ...identityOf(parts), box: part(parts, "box") }) };
}

export function replyPointer({ inbox, r32, other }: Seed): Sealed {
  const thread = c.sha256(r32, inbox);
  const pointer = c.sealReplyPointer(cluster.domain, thread, { inboxX: inbox, readerR: other, inboxY: r32, r32 });
  return {
    name: "a reply pointer", parts: { ...deployment, thread, inboxX: inbox, readerR: other, pointer },
    open: (parts) => c.openReplyPointer(clusterOf(parts).domain, part(parts, "thread"), { inboxX: part(parts, "inboxX"), readerR: part(parts, "readerR"), pointer: part(parts, "pointer") }),
  };
}

export function handshake({ inbox, r32, other, seq }: Seed, from: Party = alice, to: Party = bob): Sealed {
  const { writer, openSalt, handshake: H } = openThread(from, to, inbox, { r32, writer: other });
  const [frame0, frame1] = c.splitHandshake(H, 462 + (seq % 487));
  const parts = { ...deployment, inbox, writer, openSalt, wallet: to.wallet, bundleHash: to.verified.hash, frame0, frame1 };
  return {
    name: "a handshake", parts,
    open: (given) => c.respond({
      ...identityOf(given), cluster: clusterOf(given), wallet: part(given, "wallet"), handshake: c.joinHandshake(part(given, "frame0"), part(given, "frame1")),
      generationKeys: (generation) => (generation === to.card.generation ? { keys: to.keys, bundleHash: part(given, "bundleHash") } : undefined),
    }),
  };
}

export function keyBundle(_: Seed, of: Party = alice): Sealed {
  const parts = { ...deployment, wallet: of.wallet, generation: c.u32(of.card.generation), ...of.bundle };
  return {
    name: "a key bundle", parts,
    open: (given) => c.verifyBundle(
      clusterOf(given), { card: part(given, "card"), certificate: part(given, "certificate"), xWing: part(given, "xWing") },
      { wallet: part(given, "wallet"), generation: c.readU32(part(given, "generation"), 0) },
    ),
  };
}

/** Cheap ones first. */
export const OBJECTS = { message, ownerBox, replyPointer, keyBundle, handshake } as const;
