import { expect } from "chai";
import fc from "fast-check";
import { isPosternError } from "../../sdk/src/errors.js";

/** The code of the PosternError that `act` throws, "opened" if it returns; anything else thrown fails the test. */
export function outcome(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (!isPosternError(error)) throw error;
    return error.code;
  }
  return "opened";
}

export function expectCode(act: () => unknown, code: string): void {
  expect(outcome(act)).to.equal(code);
}

export async function expectRejection(promise: Promise<unknown>, code: string): Promise<void> {
  const settled = await promise.then(() => "resolved", (error: unknown) => {
    if (!isPosternError(error)) throw error;
    return error.code;
  });
  expect(settled).to.equal(code);
}

export function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const flipped = new Uint8Array(bytes);
  flipped[bit >> 3]! ^= 1 << (bit & 7);
  return flipped;
}

/** Bytes of any content in a range of lengths. */
export const bytes = (minLength: number, maxLength = minLength): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength, maxLength });
