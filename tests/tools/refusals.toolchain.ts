import { expect } from "chai";
import { python, refusalOf } from "./programs.js";

/** Each fills the place of the body; the entry point returns what the body named %result. */
const entrypoint = (body: string, outside = "") => `
${outside}
define i64 @entrypoint(ptr %input) {
  %first = load i64, ptr %input
${body}
  ret i64 %result
}`;

describe("a program is refused, with the reason, when", () => {
  const cases: Record<string, [ir: string, reason: RegExp]> = {
    "it calls what the runtime does not have": [
      entrypoint("%result = call i64 @sol_no_such_syscall(ptr %input)", "declare i64 @sol_no_such_syscall(ptr)"),
      /undefined and no syscall of the runtime: sol_no_such_syscall/,
    ],
    "it takes the address of a syscall": [
      entrypoint("store ptr @sol_sha256, ptr %input\n  %result = add i64 %first, 0", "declare i64 @sol_sha256(ptr)"),
      /address of syscall sol_sha256 is taken/,
    ],
    "it has data that it can write": [
      entrypoint("%result = load i64, ptr @counter\n  store i64 %first, ptr @counter", "@counter = internal global i64 7"),
      /no writable data, but section \.data/,
    ],
    "it has zeroed data that it can write": [
      entrypoint("%result = load i64, ptr @counter\n  store i64 %first, ptr @counter", "@counter = internal global i64 0"),
      /no writable data, but section \.bss/,
    ],
    "a call's variables do not fit a frame of 4,096 bytes": [
      entrypoint(
        "%big = alloca [5000 x i8]\n  call void @sol_memset_(ptr %big, i8 1, i64 5000)\n  %result = load i64, ptr %big",
        "declare void @sol_memset_(ptr, i8, i64)",
      ),
      /stack/i,
    ],
    "it multiplies to 128 bits": [
      entrypoint("%wide = zext i64 %first to i128\n  %square = mul i128 %wide, %wide\n  %high = lshr i128 %square, 64\n  %result = trunc i128 %high to i64"),
      /__multi3/,
    ],
    "it computes with floats": [
      entrypoint("%float = uitofp i64 %first to double\n  %half = fmul double %float, 0.5\n  %result = fptoui double %half to i64"),
      /LLVM refuses the program/,
    ],
    "a function of more than five arguments cannot be inlined": [
      entrypoint(
        "%result = call i64 @many(i64 1, i64 2, i64 3, i64 4, i64 5, i64 %first)",
        `define internal i64 @many(i64 %a, i64 %b, i64 %c, i64 %d, i64 %e, i64 %f) noinline {
  %done = icmp eq i64 %f, 0
  br i1 %done, label %end, label %again
again:
  %less = sub i64 %f, 1
  %deeper = call i64 @many(i64 %b, i64 %c, i64 %d, i64 %e, i64 %a, i64 %less)
  %deepest = call i64 @many(i64 %deeper, i64 %c, i64 %d, i64 %e, i64 %a, i64 %less)
  %sum = xor i64 %deepest, %a
  ret i64 %sum
end:
  ret i64 %a
}`,
      ),
      /LLVM refuses the program[^]*many/,
    ],
    "it has no entry point": ["define i64 @other() {\n  ret i64 0\n}", /no `entrypoint` function/],
  };
  for (const [situation, [ir, reason]] of Object.entries(cases)) {
    it(situation, () => expect(refusalOf(ir)).to.match(reason));
  }

  it("rustc gives the linker an option that it does not know", () => {
    const { status, stderr } = python("sbpf/rustc-linker", "--gc-everything");
    expect(status).to.equal(1);
    expect(stderr).to.equal("error: unknown linker option --gc-everything\n");
  });
});
