import { expect } from "chai";
import fc from "fast-check";
import { build, deploy, refusalOf, u64, VERSIONS } from "./programs.js";

const MULTIPLY = `
declare { i64, i1 } @llvm.umul.with.overflow.i64(i64, i64)
define i64 @entrypoint(ptr %input) {
  %a.at = getelementptr i8, ptr %input, i64 16
  %b.at = getelementptr i8, ptr %input, i64 24
  %a = load i64, ptr %a.at
  %b = load i64, ptr %b.at
  %pair = call { i64, i1 } @llvm.umul.with.overflow.i64(i64 %a, i64 %b)
  %product = extractvalue { i64, i1 } %pair, 0
  %overflow = extractvalue { i64, i1 } %pair, 1
  %flag = zext i1 %overflow to i64
  %out = alloca [2 x i64]
  %flag.at = getelementptr i64, ptr %out, i64 1
  store i64 %product, ptr %out
  store i64 %flag, ptr %flag.at
  call void @sol_set_return_data(ptr %out, i64 16)
  ret i64 0
}`;
const EDGES = [0n, 1n, 2n, 3n, (1n << 32n) - 1n, 1n << 32n, (1n << 32n) + 1n, 1n << 63n, (1n << 64n) - 1n];

describe("a checked multiplication of u64", () => {
  const programs = build(MULTIPLY);
  for (const version of VERSIONS) {
    it(`gives the low half and says exactly when the product overflows, in sBPF ${version}`, async () => {
      const call = await deploy(programs[version]);
      const holds = async (a: bigint, b: bigint) => {
        const { returned } = await call(u64(a, b));
        // The runtime cuts trailing zeroes of return data.
        const bytes = Buffer.concat([returned, Buffer.alloc(16 - returned.length)]);
        expect([bytes.readBigUInt64LE(0), bytes.readBigUInt64LE(8)], `${a} * ${b}`).to.deep.equal([
          BigInt.asUintN(64, a * b),
          a * b >= 1n << 64n ? 1n : 0n,
        ]);
      };
      for (const a of EDGES) for (const b of EDGES) await holds(a, b);
      const operand = fc.oneof(fc.bigInt(0n, (1n << 64n) - 1n), fc.bigInt((1n << 32n) - 9n, (1n << 32n) + 9n));
      await fc.assert(fc.asyncProperty(operand, operand, holds), { numRuns: 200 });
    });
  }

  it("is refused, never guessed, where only 128 bits would tell", () => {
    expect(refusalOf(MULTIPLY.replaceAll("umul", "smul"))).to.match(/__mul[a-z]*i/);
  });
});
