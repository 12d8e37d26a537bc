import { expect } from "chai";
import fc from "fast-check";
import { isPosternError } from "../../sdk/src/errors.js";
import { transactionError } from "../../sdk/src/program/errors.js";
import { PROGRAM_ERRORS } from "../../sdk/src/program/generated/errors.js";

const at = (detail: unknown): unknown => ({ InstructionError: [1, detail] });

describe("the error of a refused transaction", () => {
  it("has a code, the program's sentence and the instruction's place for every error of the program", () => {
    for (const [number, { name, message }] of Object.entries(PROGRAM_ERRORS)) {
      const error = transactionError(at({ Custom: Number(number) }));
      expect(error.code, name).to.match(/^[A-Z_]+$/);
      expect(error.message).to.equal(message);
      expect(error.context).to.deep.include({ instruction: 1, programError: name });
    }
  });

  const words = {
    Declined: "DECLINED", InboxFull: "INBOX_FULL", PayloadTooLarge: "INBOX_FULL", PolicyClosed: "CONTACT_REFUSED",
    PostageTooHigh: "POSTAGE_REQUIRED", CloseTooEarly: "CLOSE_TOO_EARLY", SequenceMismatch: "SEQUENCE_MISMATCH",
  };
  for (const [name, code] of Object.entries(words)) {
    it(`${name} is ${code}`, () => {
      const number = Object.entries(PROGRAM_ERRORS).find(([, error]) => error.name === name)?.[0];
      expect(transactionError(at({ Custom: Number(number) })).code).to.equal(code);
    });
  }

  const builtin: readonly (readonly [detail: unknown, code: string])[] = [
    [at("IllegalOwner"), "ACCOUNT_INVALID"], [at("InvalidAccountData"), "ACCOUNT_INVALID"], [at("AccountDataTooSmall"), "ACCOUNT_INVALID"],
    [at("MissingRequiredSignature"), "MISSING_SIGNATURE"], [at("NotEnoughAccountKeys"), "INVALID_ARGUMENT"], [at("InvalidRealloc"), "BAD_CAPACITY"],
    [at({ Custom: 0 }), "ADDRESS_TAKEN"], [at({ Custom: 1 }), "INSUFFICIENT_FUNDS"], [at({ Custom: 2000 }), "INVALID_ARGUMENT"], [at({ Custom: 2040 }), "INVALID_ARGUMENT"],
    [{ InsufficientFundsForRent: { account_index: 0 } }, "INSUFFICIENT_FUNDS"], ["AccountNotFound", "INSUFFICIENT_FUNDS"], ["BlockhashNotFound", "TRANSACTION_EXPIRED"],
    [at({ Custom: 999_999 }), "TRANSACTION_FAILED"], ["SomethingNew", "TRANSACTION_FAILED"], ["constructor", "TRANSACTION_FAILED"],
  ];
  for (const [value, code] of builtin) {
    it(`${JSON.stringify(value)} is ${code}`, () => expect(transactionError(value).code).to.equal(code));
  }

  it("is coded whatever an endpoint makes of it", () => {
    fc.assert(fc.property(fc.anything(), (value) => isPosternError(transactionError(value)) && isPosternError(transactionError(at(value)))));
  });
});
