/** Cases of inbox keys, messages with their padding, and the log. */
import * as c from "../../../../sdk/src/crypto/index.js";
import { flip } from "../../expect-code.js";
import { D, fill } from "../../fixture.js";
import type { Draft, Results } from "../format.js";
import { answer, keyX, keyY, openings, refusals, refuse, sealed, take } from "../world.js";

const bit = (bytes: Uint8Array, at: number): Uint8Array => flip(bytes, at * 8);
const body = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i % 251);
/** The shortest and the longest body of every bucket. */
const lengths = c.BUCKETS.flatMap((bucket, i) => [i === 0 ? 0 : c.BUCKETS[i - 1]! - 10, bucket - 11]);

function paddings(): Draft[] {
  const inputs = (change: Results): Results => ({ inboxKey: keyX, seq: 3, kind: 0, sent: 1, seen: 2, body: "", r32: fill(9), ...change });
  return [
    ...[...lengths, 886, 2 ** 31].map((bodyBytes) => take(`${bodyBytes} bytes`, "bucket", { bodyBytes })),
    take("the published message", "sealMessage", inputs({ seq: 2, sent: 1_795_392_100, seen: 0, body: c.utf8("gm") })),
    ...lengths.map((length) => take(`a body of ${length} bytes`, "sealMessage", inputs({ body: body(length) }))),
    take("sequence number 0, kind 255, the most seen", "sealMessage", inputs({ inboxKey: keyY, seq: 0, kind: 255, sent: 0, seen: 2 ** 32 - 1, body: body(1) })),
    take("the last sequence number, a move, the latest time", "sealMessage", inputs({ seq: 2 ** 32 - 2, kind: 1, sent: 2 ** 32 - 1, seen: 0, body: fill(3) })),
    take("the same random bytes, text A", "sealMessage", inputs({ body: c.utf8("A") })),
    take("the same random bytes, text B: another salt", "sealMessage", inputs({ body: c.utf8("B") })),
    take("the same random bytes, text A at another number: another salt", "sealMessage", inputs({ seq: 4, body: c.utf8("A") })),
    take("the same random bytes, text A, another time: another salt", "sealMessage", inputs({ sent: 2, body: c.utf8("A") })),
    take("other random bytes, text A: another salt", "sealMessage", inputs({ r32: fill(10), body: c.utf8("A") })),
    refuse("TEXT_TOO_LONG", "a body of 886 bytes", "sealMessage", inputs({ body: body(886) })),
    refuse("INVALID_ARGUMENT", "kind 256", "sealMessage", inputs({ kind: 256 })),
    refuse("INVALID_ARGUMENT", "random bytes of 31 bytes", "sealMessage", inputs({ r32: fill(9, 31) })),
  ];
}

/** A frame of the smallest bucket with a padded text that no sealer makes. */
function padded(length: number, at?: number): Results {
  const salt = fill(5, 12);
  const keys = c.expand(keyX, "message", c.concat(Uint8Array.of(1, 2), c.u64(2), salt), 48);
  const plain = c.concat(c.u16(length), fill(0, 94));
  if (at !== undefined) plain[at] = 1;
  return { frame: c.concat(Uint8Array.of(1, 2), salt, keys.subarray(32), c.seal(keys.subarray(0, 32), plain)) };
}

function openingRefusals(): Draft[] {
  const frame = sealed(keyX, 2, "gm");
  const { direct } = openings;
  const other = (change: Partial<Parameters<typeof c.inboxKey>[2]>, domain = D): Results => ({ inboxKey: c.inboxKey(domain, direct.thread, { inbox: direct.inbox, writer: direct.writer, openSalt: direct.openSalt, role: 0, ...change }) });
  return refusals("openMessage", { inboxKey: keyX, seq: 2, frame }, [
    ["SUITE_UNKNOWN", "suite 2", { frame: c.concat(Uint8Array.of(2), frame.subarray(1)) }],
    ["FRAME_UNKNOWN", "type 9", { frame: c.concat(Uint8Array.of(1, 9), frame.subarray(2)) }],
    ["FRAME_UNKNOWN", "a handshake's first frame", { frame: c.splitHandshake(direct.handshake)[0] }],
    ["SUITE_UNKNOWN", "suite 2 and type 9", { frame: c.concat(Uint8Array.of(2, 9), frame.subarray(2)) }],
    ["FRAME_MALFORMED", "empty", { frame: "" }],
    ["FRAME_MALFORMED", "only a suite byte", { frame: "01" }],
    ["FRAME_MALFORMED", "no bucket's length, a byte short", { frame: frame.subarray(0, 141) }],
    ["FRAME_MALFORMED", "no bucket's length, a byte long", { frame: c.concat(frame, fill(0, 1)) }],
    ["KEY_MISMATCH", "another number", { seq: 3 }],
    ["KEY_MISMATCH", "another bucket's length", { frame: c.concat(frame.subarray(0, 14), fill(0, 256)) }],
    ["KEY_MISMATCH", "another inbox", other({ inbox: fill(9) })],
    ["KEY_MISMATCH", "another writer", other({ writer: fill(9) })],
    ["KEY_MISMATCH", "another life of the inbox", other({ openSalt: fill(9, 16) })],
    ["KEY_MISMATCH", "the other role (reflection)", other({ role: 1 })],
    ["KEY_MISMATCH", "the other inbox of the thread", { inboxKey: keyY }],
    ["KEY_MISMATCH", "another program or network", other({}, fill(9))],
    ["KEY_MISMATCH", "bit flip in the salt", { frame: bit(frame, 2) }],
    ["KEY_MISMATCH", "bit flip in the commitment", { frame: bit(frame, 14) }],
    ["KEY_MISMATCH", "bit flip at the end of the commitment", { frame: bit(frame, 29) }],
    ["MESSAGE_FORGED", "bit flip in the tag", { frame: bit(frame, 30) }],
    ["MESSAGE_FORGED", "bit flip in the box", { frame: bit(frame, 141) }],
    ["PADDING_INVALID", "length beyond the bucket", padded(95)],
    ["PADDING_INVALID", "the greatest length", padded(0xffff)],
    ["PADDING_INVALID", "length without room for kind and times", padded(8)],
    ["PADDING_INVALID", "no length", padded(0)],
    ["PADDING_INVALID", "last byte of the padding not zero", padded(9, 95)],
    ["PADDING_INVALID", "first byte of the padding not zero", padded(9, 11)],
  ]);
}

export function messageCases(): Draft[] {
  const open = (name: string, inboxKey: Uint8Array, seq: number, frame: Uint8Array): Draft => take(name, "openMessage", { inboxKey, seq, frame });
  const read = (kind: number, bytes: Uint8Array | string): Results => ({ inboxKey: keyX, seq: 2, frame: sealed(keyX, 2, bytes, kind) });
  return [
    ...Object.entries(openings).map(([name, opening]) => take(`role 0, ${name}`, "inboxKey", { domain: D, thread: opening.thread, role: 0, inbox: opening.inbox, writer: opening.writer, openSalt: opening.openSalt })),
    take("role 1, the answer", "inboxKey", { domain: D, thread: answer.thread, role: 1, inbox: answer.inbox, writer: answer.writer, openSalt: answer.openSalt }),
    refuse("INVALID_ARGUMENT", "role 2", "inboxKey", { domain: D, thread: answer.thread, role: 2, inbox: answer.inbox, writer: answer.writer, openSalt: answer.openSalt }),
    ...paddings(),
    open("of the opener", keyX, 2, sealed(keyX, 2, "gm")),
    open("of the answerer, sequence number 0", keyY, 0, sealed(keyY, 0, "hi")),
    ...lengths.map((length) => open(`a body of ${length} bytes`, keyX, 2, sealed(keyX, 2, body(length)))),
    open("a body of zeros that fills its bucket", keyX, 2, padded(94).frame as Uint8Array),
    open("a kind that is reserved", keyX, 2, sealed(keyX, 2, "?", 15)),
    ...openingRefusals(),
    take("a text", "readText", read(0, "gm \u{1f44b}")),
    take("an empty text", "readText", read(0, "")),
    refuse("INVALID_TEXT", "a text that is not UTF-8", "readText", read(0, Uint8Array.of(0xc0, 0x80))),
    ...[2, 3, 15, 16, 255].map((kind) => refuse("CONTENT_UNKNOWN", `kind ${kind}`, "readText", read(kind, "gm"))),
    take("a byte order mark and a zero stay", "decodeText", { body: "efbbbf676d00f09f918b" }),
    ...[["overlong", "c080"], ["surrogate", "eda080"], ["beyond U+10FFFF", "f4908080"], ["cut", "e282"], ["a continuation byte alone", "80"]].map(([name, hex]) => refuse("INVALID_TEXT", name!, "decodeText", { body: hex! })),
  ];
}

export function logCases(): Draft[] {
  const { inbox, openSalt } = openings.direct;
  const heads = [c.logHead0(inbox, openSalt)];
  const posts = [0, 1, 2].map((seq) => {
    const post = { head: heads[seq]!, seq, time: 1_795_392_000 + seq, payload: fill(seq, 5 * seq) };
    heads.push(c.nextLogHead(post.head, post.seq, post.time, post.payload));
    return post;
  });
  return [
    take("of the direct opening", "logHead0", { inbox, openSalt }),
    take("of another life of it", "logHead0", { inbox, openSalt: fill(9, 16) }),
    ...posts.map((post) => take(`post ${post.seq}, ${post.payload.length} bytes`, "nextLogHead", post)),
    take("the last post of a log", "nextLogHead", { head: heads[3]!, seq: 2 ** 32 - 2, time: 2 ** 32 - 1, payload: sealed(keyX, 2, "gm") }),
    refuse("INVALID_ARGUMENT", "a salt of 15 bytes", "logHead0", { inbox, openSalt: fill(9, 15) }),
    refuse("INVALID_ARGUMENT", "a sequence number of 2^32", "nextLogHead", { head: heads[0]!, seq: 2 ** 32, time: 0, payload: "" }),
  ];
}
