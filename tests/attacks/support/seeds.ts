import fc from "fast-check";
import { bytes } from "../../crypto/expect-code.js";
import type { Seed } from "./objects.js";

/** Arbitrary instances of objects: any addresses, random values, bodies of every bucket, numbers and roles. */
export const seed: fc.Arbitrary<Seed> = fc.record({
  inbox: bytes(32), r32: bytes(32), other: bytes(32), body: bytes(0, 885), seq: fc.nat(0xffff_ffff), role: fc.constantFrom(0 as const, 1 as const),
});
