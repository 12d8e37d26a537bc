/** Two people who read the same digits hold the same view of both wallets' keys, to the last field. */
import { expect } from "chai";
import fc from "fast-check";
import * as c from "../../sdk/src/crypto/index.js";
import { fill } from "../crypto/fixture.js";

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const card: fc.Arbitrary<c.Card> = fc.record({
  certificateKind: fc.constantFrom(...Object.values(c.CERTIFICATE_KIND)),
  generation: fc.nat({ max: 65_535 }), validFrom: fc.nat({ max: 2 ** 31 }), validUntil: fc.nat({ max: 2 ** 31 }), wallet: bytes32, delegate: bytes32, identity: bytes32, keyHash: bytes32,
});
const clusters = fc.record({ programId: bytes32, genesisHash: bytes32 }).map((parts) => c.cluster(parts));
type Side = "mine" | "theirs";
type Scene = { readonly cluster: c.Cluster; readonly mine: c.Card; readonly theirs: c.Card };

const numberOf = ({ cluster, mine, theirs }: Scene): string => {
  const [one, other] = [mine, theirs].map((of) => ({ wallet: of.wallet, hash: c.bundleHash(cluster.domain, c.encodeCard(of)) }));
  return c.safetyNumber(one!, other!);
};

const flipped = (bytes: Uint8Array, bit: number): Uint8Array => bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));

describe("the safety number", () => {
  const scenes = fc.record({ cluster: clusters, mine: card, theirs: card }).filter(({ mine, theirs }) => !c.equal(mine.wallet, theirs.wallet));

  it("is the same 60 digits from either side, for any two cards", () => {
    fc.assert(fc.property(scenes, ({ cluster, mine, theirs }) => {
      expect(numberOf({ cluster, mine, theirs })).to.match(/^\d{60}$/u).and.equal(numberOf({ cluster, mine: theirs, theirs: mine }));
    }), { numRuns: 100 });
  });

  it("is another whichever field of either card is another, by whichever bit: kind of certificate, generation, times, wallet, delegate, identity, X-Wing key", () => {
    const fields = ["certificateKind", "generation", "validFrom", "validUntil", "wallet", "delegate", "identity", "keyHash"] as const;
    fc.assert(fc.property(scenes, fc.constantFrom<Side>("mine", "theirs"), fc.nat({ max: 255 }), (scene, side, bit) => {
      const before = numberOf(scene);
      for (const field of fields) {
        const value = scene[side][field];
        const otherBit = field === "certificateKind" ? c.CERTIFICATE_KIND.text ^ c.CERTIFICATE_KIND.transaction : 1 << (bit % 16); // there are two kinds
        const changed = typeof value === "number" ? (value ^ otherBit) >>> 0 : flipped(value, bit);
        expect(numberOf({ ...scene, [side]: { ...scene[side], [field]: changed } }), `${side} ${field}`).not.to.equal(before);
      }
    }), { numRuns: 60 });
  });

  it("is another on another program or cluster, and when the two wallets' keys are exchanged", () => {
    fc.assert(fc.property(scenes, clusters, (scene, other) => {
      const before = numberOf(scene);
      expect(numberOf({ ...scene, cluster: other })).not.to.equal(before);
      const exchanged = { ...scene, mine: { ...scene.theirs, wallet: scene.mine.wallet }, theirs: { ...scene.mine, wallet: scene.theirs.wallet } };
      expect(numberOf(exchanged)).not.to.equal(before);
    }), { numRuns: 60 });
  });

  it("covers the X-Wing key itself, by its hash in the card", () => {
    const keys = [1, 2].map((byte) => c.keyHash(fill(byte, 1_216)));
    expect(c.equal(keys[0]!, keys[1]!)).to.equal(false);
  });
});
