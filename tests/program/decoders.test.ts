import { expect } from "chai";
import fc from "fast-check";
import { isPosternError } from "../../sdk/src/errors.js";
import * as p from "../../sdk/src/program/index.js";
import { fill, noise, u32 } from "./support/bytes.js";
import { xWingKey } from "./support/card.js";
import { VALID, discriminator, inboxBytes, rawInbox, u16, u64 } from "./support/raw-accounts.js";

const OWNER = p.PROGRAM_ADDRESS;
const account = (data: Uint8Array, owner = OWNER): p.AccountData => ({ owner, lamports: 1n, data });

const DECODERS: Readonly<Record<string, { /** The least that it takes. */ readonly length: number; readonly decode: (account: p.AccountData) => unknown }>> = {
  Inbox: { length: 444, decode: (data) => p.decodeInbox(data, OWNER) },
  InboxHeader: { length: 444, decode: (data) => p.decodeInboxHeader(data, OWNER) },
  Profile: { length: 432, decode: (data) => p.decodeProfile(data, OWNER) },
  KeyBundle: { length: 1_488, decode: (data) => p.decodeKeyBundle(data, OWNER) },
};
const typeOf = (name: string): string => (name === "InboxHeader" ? "Inbox" : name);

/** Whether `decode` returned; anything but the coded refusal fails the test. */
function accepts(decode: () => unknown): boolean {
  try {
    decode();
    return true;
  } catch (error) {
    if (!isPosternError(error, "ACCOUNT_INVALID")) throw error;
    return false;
  }
}

const u32s = fc.oneof(fc.nat(400), fc.nat(0xffff_ffff));
const address = fc.uint8Array({ minLength: 32, maxLength: 32 });
const u64s = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

describe("Account decoders", () => {
  for (const [name, { length, decode }] of Object.entries(DECODERS)) {
    it(`${name}: any bytes at all decode or are refused with ACCOUNT_INVALID`, () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 2 * length }), fc.boolean(), (bytes, typed) => {
          const data = typed ? Uint8Array.from([...discriminator(typeOf(name)), 1, ...bytes]) : bytes;
          const decoded = accepts(() => decode(account(data)));
          if (!typed || data.length < length) expect(decoded).to.equal(false);
        }),
      );
    });

    it(`${name}: bytes of the right type and length, whatever else they say, decode or are refused`, () => {
      fc.assert(
        fc.property(fc.uint8Array({ minLength: length - 9, maxLength: length - 9 }), fc.nat(3), fc.nat(4), (bytes, a, b) => {
          accepts(() => decode(account(Uint8Array.from([...discriminator(typeOf(name)), 1, a, b, ...bytes.subarray(2)]))));
        }),
      );
    });

    it(`${name}: another owner, type, version or a length too short is refused`, () => {
      const valid = VALID[typeOf(name) as keyof typeof VALID];
      expect(accepts(() => decode(account(valid)))).to.equal(true);
      expect(accepts(() => decode(account(valid, p.SYSTEM_PROGRAM)))).to.equal(false);
      for (let at = 0; at < 9; at++) expect(accepts(() => decode(account(valid.map((byte, i) => (i === at ? byte ^ 1 : byte)))))).to.equal(false);
      for (const cut of [0, 8, 9, 431]) expect(accepts(() => decode(account(valid.subarray(0, cut))))).to.equal(false);
    });
  }

  it("an inbox round trips, wherever its ring begins", () => {
    fc.assert(
      fc.property(rawInbox, (raw) => {
        const inbox = p.decodeInbox(account(inboxBytes(raw)), OWNER);
        const used = raw.payloads.reduce((sum, payload) => sum + 6 + payload.length, 0);
        expect(inbox).to.deep.equal({
          state: (["request", "open", "declined"] as const)[raw.state],
          overwrite: true,
          index: 9,
          head: fill(32, 1),
          next: raw.first + raw.payloads.length,
          lastTime: 77,
          first: raw.first,
          acknowledged: raw.first + raw.payloads.length,
          tail: raw.tail,
          used,
          openedSlot: 5n,
          postageLamports: 6n,
          openedTime: 66,
          writer: p.toAddress(fill(32, 2)),
          reader: p.toAddress(fill(32, 3)),
          recipient: p.toAddress(fill(32, 4)),
          refund: p.toAddress(fill(32, 5)),
          reply: fill(60, 6),
          openSalt: fill(16, 7),
          ownerBox: fill(120, 8),
          capacity: raw.capacity,
          intact: true,
          frames: raw.payloads.map((payload, i) => ({ seq: raw.first + i, time: i, payload })),
        });
      }),
    );
  });

  it("a ring with a damaged length returns the frames in front of the damage, and says so", () => {
    fc.assert(
      fc.property(
        rawInbox.filter(({ payloads }) => payloads.length > 0),
        fc.nat(),
        fc.nat(0xffff),
        (raw, pick, wrong) => {
          const hit = pick % raw.payloads.length;
          const offset = raw.payloads.slice(0, hit).reduce((sum, payload) => sum + 6 + payload.length, 0);
          fc.pre(wrong !== raw.payloads[hit]!.length);
          const bytes = inboxBytes(raw);
          u16(wrong).forEach((byte, i) => {
            bytes[444 + ((raw.tail + offset + i) % raw.capacity)] = byte;
          });
          const { frames, intact } = p.decodeInbox(account(bytes), OWNER);
          expect(frames.slice(0, hit)).to.deep.equal(raw.payloads.slice(0, hit).map((payload, i) => ({ seq: raw.first + i, time: i, payload })));
          // A wrong length may lead to other bytes that look like frames; it goes unseen only if they end where the frames do.
          if (intact) expect(frames.reduce((sum, { payload }) => sum + 6 + payload.length, 0)).to.equal(p.decodeInboxHeader(account(bytes), OWNER).used);
          if (wrong > raw.capacity) expect({ intact, count: frames.length }).to.deep.equal({ intact: false, count: hit });
        },
      ),
    );
  });

  it("a ring is never read outside of itself, whatever the header says of it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), u32s, u32s, u32s, fc.nat(500), (ring, tail, used, first, count) => {
        const { frames, intact } = p.readRing(ring, { tail, used, first, next: first + count });
        const bytes = frames.reduce((sum, { payload }) => sum + 6 + payload.length, 0);
        expect(bytes).to.be.at.most(Math.min(used, ring.length));
        expect(frames.length).to.be.at.most(count);
        if (intact) expect({ bytes, count: frames.length }).to.deep.equal({ bytes: used, count });
      }),
    );
  });

  it("an inbox whose ring is not as long as it says, or whose counts contradict each other, is refused", () => {
    const valid = VALID.Inbox;
    expect(accepts(() => p.decodeInbox(account(valid.subarray(0, valid.length - 1)), OWNER))).to.equal(false);
    expect(accepts(() => p.decodeInbox(account(Uint8Array.from([...valid, 0])), OWNER))).to.equal(false);
    expect(accepts(() => p.decodeInboxHeader(account(valid.subarray(0, 444)), OWNER))).to.equal(true);
    for (const at of [56, 60]) expect(accepts(() => p.decodeInboxHeader(account(patched(valid, at, u32(4))), OWNER))).to.equal(false);
  });

  it("a profile round trips, its newest requests first", () => {
    const record = fc.record({
      policy: fc.nat(2),
      kind: fc.integer({ min: 1, max: 3 }),
      number: u32s,
      current: fc.oneof(fc.constant(0xffff_ffff), fc.nat(65_535)),
      next: u32s,
      bundles: u32s,
      requests: fc.oneof(fc.bigInt({ min: 0n, max: 20n }), u64s),
      postage: u64s,
      wallet: address,
      delegate: address,
      refund: address,
    });
    fc.assert(
      fc.property(record, (raw) => {
        const slots = Array.from({ length: 8 }, (_, i) => fill(32, 100 + i));
        const data = Uint8Array.from([
          ...discriminator("Profile"),
          1,
          raw.policy,
          raw.kind,
          254,
          ...u32(raw.number),
          ...u32(raw.current),
          ...u32(raw.next),
          ...u32(raw.bundles),
          0,
          0,
          0,
          0,
          ...u64(raw.requests),
          ...u64(raw.postage),
          ...raw.wallet,
          ...raw.delegate,
          ...raw.refund,
          ...slots.flatMap((slot) => [...slot]),
          ...fill(32, 0),
        ]);
        const newest = Array.from({ length: raw.requests < 8n ? Number(raw.requests) : 8 }, (_, i) =>
          p.toAddress(slots[Number((raw.requests - 1n - BigInt(i)) % 8n)]!),
        );
        expect(p.decodeProfile(account(data), OWNER)).to.deep.equal({
          policy: [{ kind: "open" }, { kind: "postage", lamports: raw.postage }, { kind: "closed" }][raw.policy],
          rootKind: [undefined, "wallet", "vault", "given"][raw.kind],
          rootNumber: raw.number,
          currentGeneration: raw.current === 0xffff_ffff ? undefined : raw.current,
          nextGeneration: raw.next,
          bundles: raw.bundles,
          requests: raw.requests,
          wallet: p.toAddress(raw.wallet),
          delegate: p.toAddress(raw.delegate),
          refund: p.toAddress(raw.refund),
          recent: newest,
        });
      }),
    );
  });

  it("a key bundle round trips, and one that is active though incomplete is refused", () => {
    fc.assert(
      fc.property(fc.nat(1), fc.nat(1_217), address, (state, written, refund) => {
        const card = noise(142, "card");
        const data = Uint8Array.from([
          ...discriminator("KeyBundle"),
          1,
          state,
          253,
          0,
          ...u16(written),
          ...card,
          ...fill(64, 9),
          ...refund,
          ...xWingKey(0),
          ...fill(20, 0),
        ]);
        const possible = written < 1_216 ? state === 0 : written === 1_216;
        expect(accepts(() => p.decodeKeyBundle(account(data), OWNER))).to.equal(possible);
        if (possible)
          expect(p.decodeKeyBundle(account(data), OWNER)).to.deep.equal({
            activated: state === 1,
            written,
            card,
            certificate: fill(64, 9),
            refund: p.toAddress(refund),
            xWing: xWingKey(0),
          });
      }),
      {
        examples: [
          [0, 1_215, fill(32, 1)],
          [0, 1_216, fill(32, 1)],
          [1, 1_216, fill(32, 1)],
          [1, 1_215, fill(32, 1)],
          [0, 1_217, fill(32, 1)],
        ],
      },
    );
  });

  it("what a decoder returns does not change with the bytes that it read", () => {
    const data = VALID.Inbox.slice();
    const inbox = p.decodeInbox(account(data), OWNER);
    const before = structuredClone(inbox);
    data.fill(0xff);
    expect(inbox).to.deep.equal(before);
  });
});

const patched = (bytes: Uint8Array, at: number, value: Uint8Array): Uint8Array => bytes.map((byte, i) => value[i - at] ?? byte);
