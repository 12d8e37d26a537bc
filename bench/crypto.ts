/**
 * How long the work of a message takes with each backend: as a multiple of one `nacl.secretbox` of 256 bytes on the same
 * machine in the same minute (the ratio of their operations per second), and in messages a second and milliseconds.
 */
import nacl from "tweetnacl";
import * as c from "../sdk/src/crypto/index.js";
import { decodeInbox, PROGRAM_ADDRESS } from "../sdk/src/program/index.js";
import { sodiumBackend } from "../sdk/src/sodium/index.js";
import { alice, bob, cluster, D, fill, openThread, sha256 } from "../tests/crypto/fixture.js";
import { inboxBytes } from "../tests/program/support/raw-accounts.js";
import type { Figures } from "./figures.js";

const SECRETBOX_BYTES = 256;
/** Of the bucket that most texts fall into. */
const BUCKET_BYTES = 224;
/** Frames of that bucket in a ring of 2,048 bytes, and in one of 8,192, to which a conversation may grow by itself. */
const FRAMES_PER_RING = 7;
const FRAMES_PER_LARGE_RING = 29;
const LARGE_RING_BYTES = 8_192;
/** The fastest of these rounds counts: nothing makes a computation faster than it is. */
const ROUNDS = 15;
const ROUND_MS = 15;

const OPEN = `message of ${BUCKET_BYTES} B, open`;
const RESTORE = `restore of an inbox of ${LARGE_RING_BYTES.toLocaleString("en-US")} B, per message`;
const INITIATE = "handshake, initiate";
const RESPOND = "handshake, respond";

const seconds = 1_800_000_000;
const inner = (n: number): c.Inner => ({ kind: c.MESSAGE_KIND.text, sent: seconds, seen: n, body: fill(n, BUCKET_BYTES - 11) });
const random = fill(9);

type Operation = { readonly run: () => unknown; /** What one run counts for. */ readonly count?: number };

/** Milliseconds of everything and of the reference, with each backend. Measured once, for both groups that show it. */
let measured: Promise<ReadonlyMap<string, Timings>> | undefined;
type Timings = { readonly reference: number; readonly operations: ReadonlyMap<string, number> };

/** Multiples of one `nacl.secretbox`. */
export async function measureCrypto(): Promise<Figures> {
  const ratios = ({ operations, reference }: Timings): Figures =>
    Object.fromEntries([...operations].map(([name, ms]) => [name, Number((ms / reference).toPrecision(2))])); // more digits would be noise
  return Object.fromEntries([...(await timings())].map(([backend, times]) => [backend, ratios(times)]));
}

/** What that was on this machine. */
export async function measureSpeed(): Promise<Figures> {
  const round = (value: number): number => Number(value.toPrecision(2));
  return Object.fromEntries([...(await timings())].map(([backend, { operations }]) => {
    const ms = (name: string): number => operations.get(name) ?? NaN;
    return [backend, {
      [`messages of ${BUCKET_BYTES} B opened a second`]: round(1_000 / ms(OPEN)),
      "messages restored a second": round(1_000 / ms(RESTORE)),
      "handshake, initiate, ms": round(ms(INITIATE)),
      "handshake, respond, ms": round(ms(RESPOND)),
    }];
  }));
}

function timings(): Promise<ReadonlyMap<string, Timings>> {
  return (measured ??= (async () => {
    const backends = { noble: c.nobleBackend, libsodium: await sodiumBackend() };
    try {
      return new Map(Object.entries(backends).map(([name, backend]) => {
        c.useCryptoBackend(backend);
        return [name, timed()] as const;
      }));
    } finally {
      c.useCryptoBackend();
    }
  })());
}

/** Rounds of all operations and of the reference take turns, so that a busy machine slows all of them. */
function timed(): Timings {
  const key = sha256("secretbox");
  const operations = Object.entries(work());
  const best = new Map(operations.map(([name]) => [name, Infinity]));
  let reference = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, { run, count = 1 }] of operations) {
      best.set(name, Math.min(best.get(name) ?? Infinity, millisecondsOf(run) / count));
      reference = Math.min(reference, millisecondsOf(() => nacl.secretbox(fill(1, SECRETBOX_BYTES), key.subarray(0, 24), key)));
    }
  }
  return { reference, operations: best };
}

/** Every operation, with its inputs made beforehand. */
function work(): Record<string, Operation> {
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

  const large = { owner: PROGRAM_ADDRESS, lamports: 1n, data: largeInbox(key) };

  return {
    "generation keys": { run: () => c.generationKeys(D, alice.g).kem.publicKey },
    "key bundle check": { run: () => c.verifyBundle(cluster, bob.bundle, { wallet: bob.wallet, generation: 0 }) },
    [INITIATE]: { run: () => c.initiate(initiation) },
    [RESPOND]: { run: () => c.respond(response) },
    "owner box, seal": { run: () => c.sealOwnerBox(alice.keys.owner, { ...identity, ...content }) },
    "owner box, open": { run: () => c.openOwnerBox(alice.keys.owner, { ...identity, box: ownerBox }) },
    [`message of ${BUCKET_BYTES} B, seal`]: { run: () => c.sealMessage(key, { seq: 2, inner: inner(0), r32: random }) },
    [OPEN]: { run: () => c.openMessage(key, 2, frame) },
    [`restore of a conversation, ${FRAMES_PER_RING} messages each way`]: {
      run: () => {
        const { thread } = c.openOwnerBox(alice.keys.owner, { ...identity, box: ownerBox });
        c.openReplyPointer(D, thread, { ...pointer, pointer: reply });
        for (let direction = 0; direction < 2; direction++) {
          const open = c.messageOpener(c.inboxKey(D, thread, { ...identity, role: 0 }));
          ring.forEach((posted, n) => open(2 + n, posted));
        }
      },
    },
    [RESTORE]: {
      count: FRAMES_PER_LARGE_RING,
      run: () => {
        const { thread } = c.openOwnerBox(alice.keys.owner, { ...identity, box: ownerBox });
        const open = c.messageOpener(c.inboxKey(D, thread, { ...identity, role: 0 }));
        for (const { seq, payload } of decodeInbox(large, PROGRAM_ADDRESS).frames) c.decodeText(open(seq, payload).body);
      },
    },
  };
}

/** An inbox as an endpoint gives it, with as many messages as it holds. */
function largeInbox(key: Uint8Array): Uint8Array {
  const payloads = Array.from({ length: FRAMES_PER_LARGE_RING }, (_, n) => c.sealMessage(key, { seq: 2 + n, inner: inner(n), r32: random }));
  return inboxBytes({ state: 1, capacity: LARGE_RING_BYTES, tail: LARGE_RING_BYTES / 2, first: 2, payloads });
}

/** Milliseconds of processor time of one run, from as many as fit in a round: waiting for a busy machine does not count. */
function millisecondsOf(operation: () => unknown): number {
  let runs = 0;
  const end = performance.now() + ROUND_MS;
  const start = process.cpuUsage();
  do operation(); while (++runs, performance.now() < end);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000 / runs;
}
