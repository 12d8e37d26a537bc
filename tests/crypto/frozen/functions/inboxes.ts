/** Owner boxes, handshakes, messages and reply pointers (sections 4 to 7). */
import * as c from "../../../../sdk/src/crypto/index.js";
import { PosternError } from "../../../../sdk/src/errors.js";
import type { Reader, VectorFunction } from "../format.js";

export const DEPLOYMENT = { programId: "bytes", genesisHash: "bytes", scope: "text" } as const;
export const INBOX = { inbox: "bytes", writer: "bytes", openSalt: "bytes" } as const;
const BOX = { role: "number", peerGeneration: "number", peerWallet: "bytes", link: "bytes" } as const;
const INNER = { kind: "number", sent: "number", seen: "number", body: "bytes" } as const;
const NOTHING = new Uint8Array(0);

const boxOf = (i: Reader) => ({ role: i.number("role") as c.Role, peerGeneration: i.number("peerGeneration"), peerWallet: i.bytes("peerWallet"), link: i.bytes("link") });

type Parties = { readonly cluster: c.Cluster; readonly identity: c.InboxIdentity; readonly keys: c.GenerationKeys; readonly ownCard: Uint8Array; readonly ownCertificate: Uint8Array; readonly peer: c.VerifiedBundle; readonly reader: Uint8Array };

export function partiesOf(i: Reader): Parties {
  const cluster = i.cluster();
  return {
    cluster, identity: i.inbox(), keys: c.generationKeys(cluster.domain, i.bytes("generationSecret")), ownCard: i.bytes("ownCard"), ownCertificate: i.bytes("ownCertificate"), reader: i.bytes("reader"),
    peer: c.verifyBundle(cluster, { card: i.bytes("peerCard"), certificate: i.bytes("peerCertificate"), xWing: i.bytes("peerXWing") }, {}),
  };
}

export function initiateBy({ cluster, identity, keys, ownCard, ownCertificate, peer, reader }: Parties): c.Initiation {
  return c.initiate({ cluster, ...identity, owner: keys.owner, identitySecret: keys.identity.secret, ownCard, ownCertificate, peer, reader });
}

/** What lies between, as section 5 writes it; the handshake itself is the SDK's. */
function steps({ cluster, identity, keys, ownCard, peer, reader }: Parties, handshake: Uint8Array) {
  const { inbox, writer, openSalt } = identity;
  const to = c.concat(peer.card.wallet, c.u32(peer.card.generation), peer.hash);
  const ownHash = c.bundleHash(cluster.domain, ownCard);
  const coins = c.expand(keys.owner, "coins", c.concat(inbox, writer, openSalt, to, ownHash, reader), 64);
  const kem = c.kem.encapsulate(peer.xWing, coins);
  const t1 = c.hash("handshake", cluster.domain, inbox, writer, openSalt, to, kem.ciphertext);
  const p1 = c.extract(t1, kem.secret);
  const t2 = c.hash("handshake 2", t1, handshake.subarray(1124, 1378), ownHash);
  return { coins, kemSecret: kem.secret, t1, boxKey: c.expand(p1, "sender box", NOTHING, 32), chain: c.expand(p1, "chain", NOTHING, 64), t2, staticSecret: c.dh(keys.identity.secret, peer.card.identity) };
}

const OPENING = {
  ...DEPLOYMENT, ...INBOX, generationSecret: "bytes", ownCard: "bytes", ownCertificate: "bytes",
  peerCard: "bytes", peerCertificate: "bytes", peerXWing: "bytes", reader: "bytes",
} as const;

export const heldBy = (domain: Uint8Array, held: readonly Reader[]) => (generation: number) =>
  held.filter((one) => one.number("generation") === generation)
    .map((one) => ({ keys: c.generationKeys(domain, one.bytes("generationSecret")), bundleHash: one.bytes("bundleHash") }))[0];

function respondTo(i: Reader): c.Response {
  const cluster = i.cluster();
  return c.respond({ cluster, ...i.inbox(), wallet: i.bytes("wallet"), handshake: i.bytes("handshake"), generationKeys: heldBy(cluster.domain, i.list("held")) });
}

/** Section 5, Resume: the frames that an opening still lacks, rebuilt from the chain and the generation alone. */
function resume(i: Reader): Uint8Array[] {
  const parties = partiesOf(i);
  const box = c.openOwnerBox(parties.keys.owner, { ...parties.identity, box: i.bytes("ownerBox") });
  const { handshake, thread } = initiateBy(parties);
  const [posted] = i.byteList("posted");
  const frames = c.splitHandshake(handshake, posted && posted.length - 2);
  if (c.equal(box.link, parties.peer.hash) && c.equal(box.thread, thread) && (posted === undefined || c.equal(posted, frames[0]))) return posted ? [frames[1]] : frames;
  throw new PosternError("CANNOT_RESUME", "The peer's keys have changed, or what is posted is not ours.");
}

function readText(i: Reader): string {
  const { kind, body } = c.openMessage(i.bytes("inboxKey"), i.number("seq"), i.bytes("frame"));
  if (kind === c.MESSAGE_KIND.text) return c.decodeText(body);
  throw new PosternError("CONTENT_UNKNOWN", "This is no text.");
}

export const inboxFunctions = {
  openSalt: {
    section: "4", inputs: { owner: "bytes", r32: "bytes", inbox: "bytes", writer: "bytes", ...BOX, extra: "bytes" }, outputs: { openSalt: "bytes" },
    run: (i) => ({ openSalt: c.openSalt(i.bytes("owner"), { ...boxOf(i), r32: i.bytes("r32"), inbox: i.bytes("inbox"), writer: i.bytes("writer"), extra: i.bytes("extra") }) }),
  },
  sealOwnerBox: {
    section: "4", inputs: { owner: "bytes", ...INBOX, ...BOX, thread: "bytes" }, outputs: { ownerBox: "bytes" },
    run: (i) => ({ ownerBox: c.sealOwnerBox(i.bytes("owner"), { ...i.inbox(), ...boxOf(i), thread: i.bytes("thread") }) }),
  },
  openOwnerBox: {
    section: "4", inputs: { owner: "bytes", ...INBOX, ownerBox: "bytes" }, outputs: { ...BOX, thread: "bytes" },
    run: (i) => ({ ...c.openOwnerBox(i.bytes("owner"), { ...i.inbox(), box: i.bytes("ownerBox") }) }),
  },
  initiate: {
    section: "5", inputs: OPENING,
    outputs: { handshake: "bytes", thread: "bytes", coins: "bytes", kemSecret: "bytes", t1: "bytes", boxKey: "bytes", chain: "bytes", t2: "bytes", staticSecret: "bytes" },
    run: (i) => {
      const parties = partiesOf(i);
      const initiation = initiateBy(parties);
      return { ...initiation, ...steps(parties, initiation.handshake) };
    },
  },
  splitHandshake: {
    section: "5", inputs: { handshake: "bytes", n: "number" }, outputs: { frame0: "bytes", frame1: "bytes" },
    run: (i) => {
      const [frame0, frame1] = c.splitHandshake(i.bytes("handshake"), i.number("n"));
      return { frame0, frame1 };
    },
  },
  joinHandshake: { section: "5", inputs: { frame0: "bytes", frame1: "bytes" }, outputs: { handshake: "bytes" }, run: (i) => ({ handshake: c.joinHandshake(i.bytes("frame0"), i.bytes("frame1")) }) },
  respond: {
    section: "5", inputs: { ...DEPLOYMENT, ...INBOX, wallet: "bytes", held: "object[]", handshake: "bytes" },
    outputs: { generation: "number", senderCard: "bytes", senderCertificate: "bytes", senderBundleHash: "bytes", reader: "bytes", thread: "bytes", proof: "text" },
    run: (i) => {
      const { generation, sender, reader, thread, proof } = respondTo(i);
      return { generation, senderCard: sender.cardBytes, senderCertificate: sender.certificate, senderBundleHash: sender.hash, reader, thread, proof };
    },
  },
  resumeHandshake: { section: "5", inputs: { ...OPENING, ownerBox: "bytes", posted: "bytes[]" }, outputs: { frames: "bytes[]" }, run: (i) => ({ frames: resume(i) }) },
  inboxKey: {
    section: "6", inputs: { domain: "bytes", thread: "bytes", role: "number", ...INBOX }, outputs: { inboxKey: "bytes" },
    run: (i) => ({ inboxKey: c.inboxKey(i.bytes("domain"), i.bytes("thread"), { ...i.inbox(), role: i.number("role") as c.Role }) }),
  },
  bucket: { section: "6", inputs: { bodyBytes: "number" }, outputs: { bucket: "number?" }, run: (i) => ({ bucket: c.bucketFor(i.number("bodyBytes")) ?? null }) },
  sealMessage: {
    section: "6", inputs: { inboxKey: "bytes", seq: "number", ...INNER, r32: "bytes" }, outputs: { padded: "bytes", salt: "bytes", frame: "bytes" },
    run: (i) => {
      const [key, inner] = [i.bytes("inboxKey"), { kind: i.number("kind"), sent: i.number("sent"), seen: i.number("seen"), body: i.bytes("body") }];
      const frame = c.sealMessage(key, { seq: i.number("seq"), inner, r32: i.bytes("r32") });
      const salt = frame.slice(2, 14);
      const messageKey = c.expand(key, "message", c.concat(Uint8Array.of(1, 2), c.u64(i.number("seq")), salt), 48).subarray(0, 32);
      return { padded: c.open(messageKey, frame.subarray(30)), salt, frame };
    },
  },
  openMessage: { section: "6", inputs: { inboxKey: "bytes", seq: "number", frame: "bytes" }, outputs: INNER, run: (i) => ({ ...c.openMessage(i.bytes("inboxKey"), i.number("seq"), i.bytes("frame")) }) },
  readText: { section: "6", inputs: { inboxKey: "bytes", seq: "number", frame: "bytes" }, outputs: { text: "text" }, run: (i) => ({ text: readText(i) }) },
  decodeText: { section: "6", inputs: { body: "bytes" }, outputs: { text: "text" }, run: (i) => ({ text: c.decodeText(i.bytes("body")) }) },
  sealReplyPointer: {
    section: "7", inputs: { domain: "bytes", thread: "bytes", inboxX: "bytes", readerR: "bytes", inboxY: "bytes", r32: "bytes" }, outputs: { pointer: "bytes" },
    run: (i) => ({ pointer: c.sealReplyPointer(i.bytes("domain"), i.bytes("thread"), { inboxX: i.bytes("inboxX"), readerR: i.bytes("readerR"), inboxY: i.bytes("inboxY"), r32: i.bytes("r32") }) }),
  },
  openReplyPointer: {
    section: "7", inputs: { domain: "bytes", thread: "bytes", inboxX: "bytes", readerR: "bytes", pointer: "bytes" }, outputs: { inboxY: "bytes" },
    run: (i) => ({ inboxY: c.openReplyPointer(i.bytes("domain"), i.bytes("thread"), { inboxX: i.bytes("inboxX"), readerR: i.bytes("readerR"), pointer: i.bytes("pointer") }) }),
  },
} as const satisfies Record<string, VectorFunction>;
