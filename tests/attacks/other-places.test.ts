/** An object opens where it was made for, and nowhere else: two places that differ in one thing share nothing. */
import { expect } from "chai";
import fc from "fast-check";
import * as c from "../../sdk/src/crypto/index.js";
import { outcome } from "../crypto/expect-code.js";
import { type Opening, type Party, fill, openThread, party, sha256 } from "../crypto/fixture.js";

/** Where something stands: every field is one of a few values, so that two places often share all but one. */
type Place = {
  readonly program: number; readonly cluster: number; readonly from: number; readonly to: number; readonly fromGeneration: number; readonly toGeneration: number;
  readonly inbox: number; readonly life: number; readonly seq: number;
};
const FIELDS = ["program", "cluster", "from", "to", "fromGeneration", "toGeneration", "inbox", "life", "seq"] as const satisfies readonly (keyof Place)[];
const place: fc.Arbitrary<Place> = fc.record(Object.fromEntries(FIELDS.map((field) => [field, fc.nat(1)])) as Record<keyof Place, fc.Arbitrary<number>>);

const remembered = <T>(make: (key: string) => T): ((key: string) => T) => {
  const known = new Map<string, T>();
  return (key) => known.get(key) ?? (known.set(key, make(key)), known.get(key)!);
};
const clusterAt = ({ program, cluster }: Pick<Place, "program" | "cluster">): c.Cluster => c.cluster({ programId: sha256(`program ${program}`), genesisHash: sha256(`genesis ${cluster}`) });
const people = remembered((key): Party => {
  const [program, cluster, byte, generation] = key.split(" ").map(Number) as [number, number, number, number];
  return party(byte, generation, clusterAt({ program, cluster }));
});
const sender = (at: Place): Party => people(`${at.program} ${at.cluster} ${0xa0 + at.from} ${at.fromGeneration}`);
const recipient = (at: Place): Party => people(`${at.program} ${at.cluster} ${0xb0 + at.to} ${at.toGeneration}`);
const openings = remembered((key): Opening => {
  const at = JSON.parse(key) as Place;
  return openThread(sender(at), recipient(at), fill(at.inbox), { r32: fill(at.life), at: clusterAt(at) });
});
const openingAt = (at: Place): Opening => openings(JSON.stringify({ ...at, seq: 0 }));

/** What is made at a place, and how it is read at another. */
type Kind = { readonly differs: readonly (keyof Place)[]; readonly make: (at: Place) => Uint8Array; readonly read: (object: Uint8Array, at: Place) => unknown };

const keyAt = (at: Place, role: c.Role = 0): Uint8Array => c.inboxKey(clusterAt(at).domain, openingAt(at).thread, { ...openingAt(at), role });
const inner = { kind: 0, sent: 1, seen: 2, body: c.utf8("gm") };
const everywhere = FIELDS.filter((field) => field !== "seq");

const KINDS: Record<string, Kind> = {
  "a message": {
    differs: FIELDS,
    make: (at) => c.sealMessage(keyAt(at), { seq: at.seq, inner, r32: fill(9) }),
    read: (frame, at) => c.openMessage(keyAt(at), at.seq, frame),
  },
  "an answer in the same thread": {
    differs: FIELDS,
    make: (at) => c.sealMessage(keyAt(at, 1), { seq: at.seq, inner, r32: fill(9) }),
    read: (frame, at) => c.openMessage(keyAt(at, 1), at.seq, frame),
  },
  "an owner box": {
    differs: ["program", "cluster", "from", "fromGeneration", "inbox", "life", "to", "toGeneration"],
    make: (at) => c.sealOwnerBox(sender(at).keys.owner, { ...openingAt(at), role: 0, peerGeneration: at.toGeneration, peerWallet: recipient(at).wallet, link: recipient(at).verified.hash }),
    read: (box, at) => c.openOwnerBox(sender(at).keys.owner, { ...openingAt(at), box }),
  },
  "a reply pointer": {
    differs: everywhere,
    make: (at) => c.sealReplyPointer(clusterAt(at).domain, openingAt(at).thread, { inboxX: fill(at.inbox), readerR: recipient(at).keys.delegate.publicKey, inboxY: fill(0x77), r32: fill(5) }),
    read: (pointer, at) => c.openReplyPointer(clusterAt(at).domain, openingAt(at).thread, { inboxX: fill(at.inbox), readerR: recipient(at).keys.delegate.publicKey, pointer }),
  },
  "a handshake": {
    differs: everywhere,
    make: (at) => openingAt(at).handshake,
    read: (handshake, at) => c.respond({ ...openingAt(at), handshake, cluster: clusterAt(at), wallet: recipient(at).wallet, generationKeys: recipient(at).held }),
  },
  "a key bundle": {
    differs: ["program", "cluster", "to", "toGeneration"],
    make: (at) => c.concat(recipient(at).bundle.card, recipient(at).bundle.certificate, recipient(at).bundle.xWing),
    read: (bundle, at) => c.verifyBundle(
      clusterAt(at), { card: bundle.subarray(0, 142), certificate: bundle.subarray(142, 206), xWing: bundle.subarray(206) }, { wallet: recipient(at).wallet, generation: at.toGeneration },
    ),
  },
};

describe("in another place", function () {
  this.timeout(120_000);

  for (const [name, { differs, make, read }] of Object.entries(KINDS)) {
    it(`${name} opens where it was made, and not where ${differs.join(", ")} is another`, () => {
      fc.assert(fc.property(place, (at) => {
        const object = make(at);
        expect(outcome(() => read(object, at)), "at home").to.equal("opened");
        for (const field of differs) expect(outcome(() => read(object, { ...at, [field]: 1 - at[field] })), `another ${field}`).not.to.equal("opened");
      }), { numRuns: 12 });
    });
  }

  it("no message of one direction opens in the other, though thread, number and text are the same", () => {
    fc.assert(fc.property(place, (at) => {
      const [asked, answered] = [keyAt(at, 0), keyAt(at, 1)];
      const frames = [asked, answered].map((key) => c.sealMessage(key, { seq: at.seq, inner, r32: fill(9) }));
      expect(outcome(() => c.openMessage(answered, at.seq, frames[0]!))).to.equal("KEY_MISMATCH");
      expect(outcome(() => c.openMessage(asked, at.seq, frames[1]!))).to.equal("KEY_MISMATCH");
    }), { numRuns: 12 });
  });

  it("no object opens as one of another kind, whatever the length", () => {
    const at: Place = { program: 0, cluster: 0, from: 0, to: 0, fromGeneration: 0, toGeneration: 0, inbox: 0, life: 0, seq: 0 };
    for (const [name, { make }] of Object.entries(KINDS)) {
      for (const [other, { read }] of Object.entries(KINDS)) {
        if (name === other) continue;
        expect(outcome(() => read(make(at), at)), `${name} as ${other}`).not.to.equal("opened");
      }
    }
  });
});
