/**
 * How long the work of a message takes, as a multiple of one `nacl.secretbox` of 256 bytes on the same machine in the same
 * minute: the ratio of their operations per second.
 */
import nacl from "tweetnacl";
import * as c from "../sdk/src/crypto/index.js";
import { alice, bob, cluster, D, fill, openThread, sha256 } from "../tests/crypto/fixture.js";
import type { Figures } from "./figures.js";

const SECRETBOX_BYTES = 256;
/** Of the bucket that most texts fall into. */
const BUCKET_BYTES = 224;
/** Frames of that bucket in a ring of 2,048 bytes. */
const FRAMES_PER_RING = 7;
/** The fastest of these rounds counts: nothing makes a computation faster than it is. */
const ROUNDS = 15;
const ROUND_MS = 15;

const seconds = 1_800_000_000;
const inner = (n: number): c.Inner => ({ kind: c.MESSAGE_KIND.text, sent: seconds, seen: n, body: fill(n, BUCKET_BYTES - 11) });
const random = fill(9);

export function measureCrypto(): Figures {
  const key = sha256("secretbox");
  const secretbox = (): unknown => nacl.secretbox(fill(1, SECRETBOX_BYTES), key.subarray(0, 24), key);
  return Object.fromEntries(Object.entries(work()).map(([name, operation]) => [name, ratio(operation, secretbox)]));
}

/** How many times as long as `reference` an operation takes. Rounds of both take turns, so that a busy machine slows both. */
function ratio(operation: () => unknown, reference: () => unknown): number {
  let own = Infinity;
  let other = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    own = Math.min(own, millisecondsOf(operation));
    other = Math.min(other, millisecondsOf(reference));
  }
  return Number((own / other).toPrecision(2)); // more digits would be noise
}

/** Every operation, with its inputs made beforehand. */
function work(): Record<string, () => unknown> {
  const inbox = sha256("inbox");
  const opened = openThread(alice, bob, inbox);
  const identity = { inbox, writer: opened.writer, openSalt: opened.openSalt };
  const initiation = {
    ...identity, cluster, owner: alice.keys.owner, identitySecret: alice.keys.identity.secret, ownCard: alice.bundle.card,
    ownCertificate: alice.bundle.certificate, peer: bob.verified, reader: opened.reader,
  };
  const response = { ...identity, cluster, wallet: bob.wallet, handshake: opened.handshake, generationKeys: bob.held };
  const content = { role: 0 as const, peerGeneration: 0, peerWallet: bob.wallet, link: bob.verified.hash, thread: opened.thread };
  const ownerBox = c.sealOwnerBox(alice.keys.owner, { ...identity, ...content });
  const key = c.inboxKey(D, opened.thread, { ...identity, role: 0 });
  const frame = c.sealMessage(key, { seq: 2, inner: inner(0), r32: random });
  const ring = Array.from({ length: FRAMES_PER_RING }, (_, n) => c.sealMessage(key, { seq: 2 + n, inner: inner(n), r32: random }));
  const pointer = { inboxX: inbox, readerR: opened.reader };
  const reply = c.sealReplyPointer(D, opened.thread, { ...pointer, inboxY: sha256("answer"), r32: random });

  return {
    "generation keys": () => c.generationKeys(D, alice.g).kem.publicKey,
    "key bundle check": () => c.verifyBundle(cluster, bob.bundle, { wallet: bob.wallet, generation: 0 }),
    "handshake, initiate": () => c.initiate(initiation),
    "handshake, respond": () => c.respond(response),
    "owner box, seal": () => c.sealOwnerBox(alice.keys.owner, { ...identity, ...content }),
    "owner box, open": () => c.openOwnerBox(alice.keys.owner, { ...identity, box: ownerBox }),
    [`message of ${BUCKET_BYTES} B, seal`]: () => c.sealMessage(key, { seq: 2, inner: inner(0), r32: random }),
    [`message of ${BUCKET_BYTES} B, open`]: () => c.openMessage(key, 2, frame),
    [`restore of a conversation, ${FRAMES_PER_RING} messages each way`]: () => {
      const { thread } = c.openOwnerBox(alice.keys.owner, { ...identity, box: ownerBox });
      c.openReplyPointer(D, thread, { ...pointer, pointer: reply });
      for (let direction = 0; direction < 2; direction++) {
        const restored = c.inboxKey(D, thread, { ...identity, role: 0 });
        ring.forEach((posted, n) => c.openMessage(restored, 2 + n, posted));
      }
    },
  };
}

/** Milliseconds of one run, from as many as fit in a round. */
function millisecondsOf(operation: () => unknown): number {
  let runs = 0;
  const start = performance.now();
  do operation(); while (++runs, performance.now() - start < ROUND_MS);
  return (performance.now() - start) / runs;
}
