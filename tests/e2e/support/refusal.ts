/** Refusals by their code. */
import { isPosternError, type ErrorCode, type PosternError } from "@postern/sdk";
import { expect } from "chai";

/** The error that a promise fails with, which must be Postern's with this code. */
export async function refusal(promise: Promise<unknown>, code: ErrorCode): Promise<PosternError> {
  let error: unknown;
  try {
    await promise;
  } catch (reason) {
    error = reason;
  }
  if (error === undefined) expect.fail(`expected ${code}, but it succeeded`);
  if (!isPosternError(error)) throw error;
  expect(error.code, error.message).to.equal(code);
  return error;
}
