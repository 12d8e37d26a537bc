import { expect } from "chai";
import type { Cluster } from "../../sdk/src/crypto/index.js";
import { Keyring } from "../../sdk/src/sync/keyring.js";

const cluster = { domain: new Uint8Array(32).fill(7) } as unknown as Cluster;
const secretOf = (generation: number): Uint8Array => new Uint8Array(32).fill(generation + 1);
const isWiped = (secret: Uint8Array): boolean => secret.every((byte) => byte === 0);

describe("a keyring", () => {
  for (const [how, end] of Object.entries<(keyring: Keyring) => void>({
    "forgets a generation": (keyring) => keyring.forget(0),
    "is given another secret in its place": (keyring) => keyring.add(0, secretOf(5)),
    "is wiped": (keyring) => keyring.wipe(),
  })) {
    it(`overwrites the secret that it was given, and all that follows from it, when it ${how}`, () => {
      const [first, second] = [secretOf(0), secretOf(1)];
      const keyring = new Keyring(cluster, new Uint8Array(32), new Map([[0, first], [1, second]]));
      const { identity, kem, delegate, owner } = keyring.keys(0);
      const held = [first, identity.secret, kem.seed, delegate.seed, owner];
      expect(held.some(isWiped)).to.equal(false);
      end(keyring);
      expect(held.map(isWiped)).to.deep.equal(held.map(() => true));
      expect(isWiped(second), "of another generation").to.equal(how === "is wiped");
    });
  }
});
