import { expect } from "chai";
import { build, deploy, python, VERSIONS } from "./programs.js";

/** Copies its instruction data (at most 200 bytes) three ways and returns the last copy. */
const COPY = `
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
declare void @llvm.memmove.p0.p0.i64(ptr, ptr, i64, i1)
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
define i64 @entrypoint(ptr %input) {
  %length.at = getelementptr i8, ptr %input, i64 8
  %length = load i64, ptr %length.at
  %data = getelementptr i8, ptr %input, i64 16
  %buffer = alloca [256 x i8]
  %shifted = getelementptr i8, ptr %buffer, i64 3
  call void @llvm.memset.p0.i64(ptr %buffer, i8 -91, i64 256, i1 false)
  call void @llvm.memcpy.p0.p0.i64(ptr %buffer, ptr %data, i64 %length, i1 false)
  call void @llvm.memmove.p0.p0.i64(ptr %shifted, ptr %buffer, i64 %length, i1 false)
  call void @sol_set_return_data(ptr %buffer, i64 256)
  ret i64 0
}`;

/** Compares the two halves of its instruction data by the C function \`NAME\`; fails with 1 when they differ. */
const COMPARE = `
declare i32 @NAME(ptr, ptr, i64)
define i64 @entrypoint(ptr %input) {
  %length.at = getelementptr i8, ptr %input, i64 8
  %length = load i64, ptr %length.at
  %half = lshr i64 %length, 1
  %left = getelementptr i8, ptr %input, i64 16
  %right = getelementptr i8, ptr %left, i64 %half
  %order = call i32 @NAME(ptr %left, ptr %right, i64 %half)
  %differs = icmp ne i32 %order, 0
  %result = zext i1 %differs to i64
  ret i64 %result
}`;

describe("memory operations of a length that the back end refuses", () => {
  for (const version of VERSIONS) {
    it(`copy, move and fill what they should, in sBPF ${version}`, async () => {
      const call = await deploy(build(COPY)[version]);
      for (const length of [0, 1, 7, 64, 65, 200]) {
        const data = Buffer.from(Array.from({ length }, (_, i) => (i * 7 + 1) & 0xff));
        const { failure, returned } = await call(data);
        expect(failure).to.equal(undefined);
        const expected = Buffer.alloc(256, 0xa5);
        data.copy(expected);
        expected.copy(expected, 3, 0, length);
        expect(returned.equals(expected), `${length} bytes`).to.equal(true);
      }
    });

    for (const name of ["memcmp", "bcmp"]) {
      it(`compare by ${name}, in sBPF ${version}`, async () => {
        const call = await deploy(build(COMPARE.replaceAll("NAME", name))[version]);
        const same = Buffer.alloc(80, 9);
        expect((await call(Buffer.concat([same, same]))).failure).to.equal(undefined);
        const other = Buffer.from(same);
        other[79] = 8;
        expect((await call(Buffer.concat([same, other]))).failure).to.contain("custom program error: 0x1");
      });
    }
  }

  it("go to the runtime only when their length is unknown or more than 64 bytes", () => {
    const calls = [
      "call void @llvm.memcpy.p0.p0.i64(ptr align 8 %a, ptr align 1 %b, i64 64, i1 false)",
      "tail call void @llvm.memcpy.p0.p0.i64(ptr align 8 %a, ptr align 1 dereferenceable(65) %b, i64 65, i1 false), !noalias !1",
      "call void @llvm.memmove.p0.p0.i64(ptr %a, ptr %b, i64 range(i64 1, 9) %n, i1 false) #12",
      "call void @llvm.memset.p0.i64(ptr nonnull writeonly captures(none) %a, i8 0, i64 noundef %n, i1 true)",
    ];
    const script = "import sys; from sbpf.ir import call_runtime; print(call_runtime(sys.argv[1]))";
    const { stdout, stderr } = python("-c", script, calls.join("\n"));
    expect(stderr).to.equal("");
    expect(stdout.split("\n").slice(0, calls.length)).to.deep.equal([
      calls[0],
      calls[1]?.replace("@llvm.memcpy.p0.p0.i64", "@sbpf.memcpy"),
      calls[2]?.replace("@llvm.memmove.p0.p0.i64", "@sbpf.memmove"),
      calls[3]?.replace("@llvm.memset.p0.i64", "@sbpf.memset"),
    ]);
  });
});
