/** What several functions do together: following a move (section 8) and restoring from a wallet's signature and the chain (section 9). */
import * as c from "../../../../sdk/src/crypto/index.js";
import { PosternError } from "../../../../sdk/src/errors.js";
import { inboxAddress, toAddress } from "../../../../sdk/src/program/index.js";
import type { Reader, Results, VectorFunction } from "../format.js";
import { DEPLOYMENT, INBOX, heldBy } from "./inboxes.js";

/** Writers of private mode that the vectors look for; a client goes on as far as the gap limit says. */
const WRITERS = 8;

const invalidAnswer = (): PosternError => new PosternError("ANSWER_INVALID", "This inbox does not belong to the peer of the conversation.");

const isAtItsAddress = (programId: Uint8Array, i: Reader): boolean =>
  inboxAddress(toAddress(i.bytes("writer")), i.number("index"), toAddress(programId)) === toAddress(i.bytes("inbox"));

/** The inbox that a `moved` message names, believed only where its handshake proves the wallet that wrote the message. */
function followMove(i: Reader): Results {
  const { kind, body } = c.openMessage(i.bytes("oldInboxKey"), i.number("seq"), i.bytes("frame"));
  if (kind !== c.MESSAGE_KIND.moved || body.length !== 32) throw new PosternError("CONTENT_UNKNOWN", "This message names no inbox.");
  const cluster = i.cluster();
  const [wallet, recipient] = [i.bytes("wallet"), i.bytes("recipient")];
  const addressed = c.equal(recipient, wallet) || c.equal(recipient, c.ZERO32);
  if (!c.equal(body, i.bytes("inbox")) || !isAtItsAddress(cluster.programId, i) || !addressed) throw invalidAnswer();
  const identity = i.inbox();
  const handshake = c.joinHandshake(i.bytes("frame0"), i.bytes("frame1"));
  const { generation, sender, reader, thread } = c.respond({ cluster, ...identity, wallet, handshake, generationKeys: heldBy(cluster.domain, i.list("held")) });
  if (!c.equal(sender.card.wallet, i.bytes("peerWallet"))) throw invalidAnswer();
  return { generation, senderCard: sender.cardBytes, reader, thread, inboxKey: c.inboxKey(cluster.domain, thread, { ...identity, role: 0 }) };
}

type Key = { readonly role: c.Role; readonly thread: Uint8Array };

function messagesOf(domain: Uint8Array, inbox: Reader, { role, thread }: Key): Results[] {
  const inboxKey = c.inboxKey(domain, thread, { ...inbox.inbox(), role });
  const start = role === 0 ? 2 : 0;
  return inbox.byteList("frames").slice(start).map((frame, at) => ({ inbox: inbox.bytes("inbox"), seq: start + at, ...c.openMessage(inboxKey, start + at, frame) }));
}

function restore(i: Reader): Results {
  const cluster = i.cluster();
  const { domain, programId, scope } = cluster;
  const wallet = i.bytes("wallet");
  const root = c.deriveRoot(domain, { kind: "wallet", rootNumber: i.number("rootNumber"), wallet, scope, ikm: i.bytes("signature") });
  const inboxes = i.list("inboxes");
  const at = (address: Uint8Array): Reader | undefined => inboxes.find((inbox) => c.equal(inbox.bytes("inbox"), address));
  const own = i.list("bundles").map((bundle) => {
    const { card, hash } = c.verifyCard(cluster, { card: bundle.bytes("card"), certificate: bundle.bytes("certificate") }, { wallet });
    const g = c.generationSecret(domain, root, card.generation);
    const keys = c.generationKeys(domain, g);
    const pseudonyms = Array.from({ length: WRITERS }, (_, i) => c.ed25519PublicKey(c.writerSeed(domain, g, i)));
    return { generation: card.generation, bundleHash: hash, keys, writers: new Set([keys.delegate.publicKey, ...pseudonyms].map(c.toHex)) };
  });
  const threads = new Map<Reader, Key & { readonly peerWallet: Uint8Array }>();
  const pointed = (inbox: Reader, thread: Uint8Array): Uint8Array =>
    c.openReplyPointer(domain, thread, { inboxX: inbox.bytes("inbox"), readerR: inbox.bytes("reader"), pointer: inbox.bytes("reply") });
  for (const { keys, writers } of own) {
    for (const inbox of inboxes.filter((one) => writers.has(c.toHex(one.bytes("writer"))) && isAtItsAddress(programId, one))) {
      const { role, thread, peerWallet, link } = c.openOwnerBox(keys.owner, { ...inbox.inbox(), box: inbox.bytes("ownerBox") });
      threads.set(inbox, { role, thread, peerWallet });
      const other = role === 1 ? at(link) : inbox.text("state") === "open" ? at(pointed(inbox, thread)) : undefined;
      if (other === undefined) continue;
      if (role === 1 && c.equal(pointed(other, thread), inbox.bytes("inbox"))) threads.set(other, { role: 0, thread, peerWallet });
      if (role === 0 && c.equal(other.bytes("recipient"), c.ZERO32) && isAtItsAddress(programId, other)) threads.set(other, { role: 1, thread, peerWallet });
    }
  }
  for (const inbox of inboxes.filter((one) => c.equal(one.bytes("recipient"), wallet) && !threads.has(one))) {
    const [frame0, frame1] = inbox.byteList("frames") as [Uint8Array, Uint8Array];
    const generationKeys = (generation: number) => own.find((one) => one.generation === generation);
    const { sender, thread } = c.respond({ cluster, ...inbox.inbox(), wallet, handshake: c.joinHandshake(frame0, frame1), generationKeys });
    threads.set(inbox, { role: 0, thread, peerWallet: sender.card.wallet });
  }
  const known = inboxes.flatMap((inbox) => {
    const key = threads.get(inbox);
    return key ? [{ inbox, key }] : [];
  });
  return {
    threads: known.map(({ inbox, key }) => ({ inbox: inbox.bytes("inbox"), ...key })),
    messages: known.flatMap(({ inbox, key }) => messagesOf(domain, inbox, key)),
  };
}

export const flowFunctions = {
  followMove: {
    section: "8",
    inputs: {
      ...DEPLOYMENT, wallet: "bytes", held: "object[]", peerWallet: "bytes", oldInboxKey: "bytes", seq: "number", frame: "bytes",
      ...INBOX, index: "number", recipient: "bytes", frame0: "bytes", frame1: "bytes",
    },
    outputs: { generation: "number", senderCard: "bytes", reader: "bytes", thread: "bytes", inboxKey: "bytes" },
    run: followMove,
  },
  restore: {
    section: "9", inputs: { ...DEPLOYMENT, wallet: "bytes", rootNumber: "number", signature: "bytes", bundles: "object[]", inboxes: "object[]" },
    outputs: { threads: "object[]", messages: "object[]" }, run: restore,
  },
} as const satisfies Record<string, VectorFunction>;
