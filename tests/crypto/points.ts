/** Encodings of small-order points, canonical and not. Values: RFC 7748 section 6.1, https://cr.yp.to/ecdh.html#validate, RFC 8032. */
import { fromHex } from "../../sdk/src/crypto/index.js";

const P = 2n ** 255n - 19n;
export const L = 2n ** 252n + 27742317777372353535851937790883648493n;

export function littleEndian(n: bigint, length = 32): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Number((n >> BigInt(8 * i)) & 0xffn));
}

export function fromLittleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((n, byte) => (n << 8n) | BigInt(byte), 0n);
}

const withTopBit = (encodings: readonly Uint8Array[]): Uint8Array[] =>
  encodings.flatMap((encoding) => [encoding, Uint8Array.from(encoding, (byte, i) => (i === 31 ? byte | 0x80 : byte))]);

/** X25519: orders 1, 2, 4 and 8 on the curve and its twist, their forms at or above p, and all of these with the ignored top bit set. */
export const X25519_LOW_ORDER = withTopBit([
  ...[0n, 1n, P - 1n, P, P + 1n].map((u) => littleEndian(u)),
  fromHex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
  fromHex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
]);

/** Ed25519: y of orders 1, 2, 4 and 8 with either sign bit, and the forms at or above p. */
export const ED25519_LOW_ORDER = withTopBit([
  ...[0n, 1n, P - 1n, P, P + 1n].map((y) => littleEndian(y)),
  fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
  fromHex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
]);

/** The identity point of Ed25519, as RFC 8032 writes it and in the encodings that it forbids. */
export const ED25519_IDENTITY = littleEndian(1n);
export const ED25519_IDENTITY_NON_CANONICAL = [littleEndian(P + 1n), ...withTopBit([littleEndian(1n), littleEndian(P + 1n)]).filter((_, i) => i % 2 === 1)];
