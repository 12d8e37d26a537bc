import { expect } from "chai";
import { build, deploy, python, u64, VERSIONS } from "./programs.js";

/** f(n) fills 3,584 bytes of its frame with n, and adds what stands at both ends after the deeper calls: n + (n-1) + ... + 1. */
const FRAMES = `
declare void @sol_memset_(ptr, i8, i64)
define internal i64 @deeper(i64 %n) noinline {
  %frame = alloca [3584 x i8]
  %done = icmp eq i64 %n, 0
  br i1 %done, label %end, label %again
again:
  %byte = trunc i64 %n to i8
  call void @sol_memset_(ptr %frame, i8 %byte, i64 3584)
  %less = sub i64 %n, 1
  %sum = call i64 @deeper(i64 %less)
  %last = getelementptr i8, ptr %frame, i64 3583
  %low = load i8, ptr %frame
  %high = load i8, ptr %last
  %same = icmp eq i8 %low, %high
  %wide = zext i8 %low to i64
  %kept = select i1 %same, i64 %wide, i64 1000
  %total = add i64 %sum, %kept
  ret i64 %total
end:
  ret i64 0
}
define i64 @entrypoint(ptr %input) {
  %at = getelementptr i8, ptr %input, i64 16
  %n = load i64, ptr %at
  %sum = call i64 @deeper(i64 %n)
  %out = alloca i64
  store i64 %sum, ptr %out
  call void @sol_set_return_data(ptr %out, i64 8)
  ret i64 0
}`;

/** Calls one of three functions through a table in read-only data. */
const TABLE = `
@table = internal constant [3 x ptr] [ptr @one, ptr @two, ptr @three]
@word = internal constant [5 x i8] c"hello"
define internal i64 @one(ptr %out) noinline {
  call void @sol_set_return_data(ptr @word, i64 5)
  ret i64 0
}
define internal i64 @two(ptr %out) noinline {
  call void @sol_set_return_data(ptr getelementptr (i8, ptr @word, i64 2), i64 3)
  ret i64 0
}
define internal i64 @three(ptr %out) noinline {
  ret i64 33
}
define i64 @entrypoint(ptr %input) {
  %at = getelementptr i8, ptr %input, i64 16
  %n = load i64, ptr %at
  %slot = getelementptr [3 x ptr], ptr @table, i64 0, i64 %n
  %function = load ptr, ptr %slot
  %result = call i64 %function(ptr %input)
  ret i64 %result
}`;

/** Chooses a function by an address that stands in the code. */
const CHOICE = `
define internal i64 @first() noinline {
  ret i64 11
}
define internal i64 @second() noinline {
  ret i64 22
}
define i64 @entrypoint(ptr %input) {
  %at = getelementptr i8, ptr %input, i64 16
  %n = load i64, ptr %at
  %chosen.at = alloca ptr
  %is.zero = icmp eq i64 %n, 0
  %chosen = select i1 %is.zero, ptr @first, ptr @second
  store volatile ptr %chosen, ptr %chosen.at
  %function = load volatile ptr, ptr %chosen.at
  %result = call i64 %function()
  ret i64 %result
}`;

/** Calls the second function of another section, and one back in the first. */
const SECTIONS = `
define internal i64 @cold(i64 %n) noinline section ".text.unlikely." {
  %result = xor i64 %n, 3
  ret i64 %result
}
define internal i64 @colder(i64 %n) noinline section ".text.unlikely." {
  %deeper = call i64 @cold(i64 %n)
  %back = call i64 @warm(i64 %deeper)
  ret i64 %back
}
define internal i64 @warm(i64 %n) noinline {
  %result = add i64 %n, 40
  ret i64 %result
}
define i64 @entrypoint(ptr %input) {
  %at = getelementptr i8, ptr %input, i64 16
  %n = load i64, ptr %at
  %result = call i64 @colder(i64 %n)
  ret i64 %result
}`;

/** Two functions that the back end cannot pass on: seven arguments; a pair as the result. */
const WIDE = `
define internal i64 @seven(i64 %a, i64 %b, i64 %c, i64 %d, i64 %e, i64 %f, i64 %g) noinline {
  %1 = add i64 %a, %b
  %2 = mul i64 %1, %c
  %3 = add i64 %2, %d
  %4 = mul i64 %3, %e
  %5 = add i64 %4, %f
  %6 = xor i64 %5, %g
  ret i64 %6
}
define internal { i64, i64 } @pair(i64 %a) noinline {
  %low = and i64 %a, 255
  %high = lshr i64 %a, 8
  %1 = insertvalue { i64, i64 } poison, i64 %low, 0
  %2 = insertvalue { i64, i64 } %1, i64 %high, 1
  ret { i64, i64 } %2
}
define i64 @entrypoint(ptr %input) {
  %at = getelementptr i8, ptr %input, i64 16
  %n = load i64, ptr %at
  %both = call { i64, i64 } @pair(i64 %n)
  %low = extractvalue { i64, i64 } %both, 0
  %high = extractvalue { i64, i64 } %both, 1
  %x = call i64 @seven(i64 %low, i64 %high, i64 3, i64 4, i64 5, i64 6, i64 7)
  %y = call i64 @seven(i64 %high, i64 %low, i64 3, i64 4, i64 5, i64 6, i64 %x)
  %out = alloca i64
  store i64 %y, ptr %out
  call void @sol_set_return_data(ptr %out, i64 8)
  ret i64 0
}`;

const CONSTANTS = `
@text = internal constant [21 x i8] c"contact: someone here"
@SECURITY_TXT = constant { ptr, i64 } { ptr @text, i64 21 }, section ".security.txt"
@kept = internal constant [10 x i8] c"used alone"
@dropped = internal constant [11 x i8] c"nobody asks"
@llvm.compiler.used = appending global [1 x ptr] [ptr @kept], section "llvm.metadata"
define i64 @entrypoint(ptr %input) {
  ret i64 0
}`;

const TRAP = `
define i64 @entrypoint(ptr %input) {
  call void @llvm.trap()
  unreachable
}
declare void @llvm.trap()`;

describe("a linked program", () => {
  for (const version of VERSIONS) {
    it(`keeps the variables of every call in a frame of their own, in sBPF ${version}`, async () => {
      const { failure, returned } = await (await deploy(build(FRAMES)[version]))(u64(60n));
      expect(failure).to.equal(undefined);
      expect(returned.readUInt16LE()).to.equal((60 * 61) / 2);
    });

    it(`finds functions and text through pointers in its data, in sBPF ${version}`, async () => {
      const call = await deploy(build(TABLE)[version]);
      expect((await call(u64(0n))).returned.toString()).to.equal("hello");
      expect((await call(u64(1n))).returned.toString()).to.equal("llo");
      expect((await call(u64(2n))).failure).to.contain("custom program error: 0x21");
    });

    it(`calls functions whose address stands in its code, in sBPF ${version}`, async () => {
      const call = await deploy(build(CHOICE)[version]);
      expect((await call(u64(0n))).failure).to.contain("custom program error: 0xb");
      expect((await call(u64(1n))).failure).to.contain("custom program error: 0x16");
    });

    it(`calls from one section of code into another, in sBPF ${version}`, async () => {
      const { failure } = await (await deploy(build(SECTIONS)[version]))(u64(8n));
      expect(failure).to.contain(`custom program error: 0x${((8 ^ 3) + 40).toString(16)}`);
    });

    it(`computes the same with functions that had to be inlined, in sBPF ${version}`, async () => {
      const seven = (a: bigint, b: bigint, g: bigint) => (((a + b) * 3n + 4n) * 5n + 6n) ^ g;
      const { returned } = await (await deploy(build(WIDE)[version]))(u64(0x1234n));
      const expected = seven(0x12n, 0x34n, seven(0x34n, 0x12n, 7n));
      expect(Buffer.concat([returned, Buffer.alloc(8)]).readBigUInt64LE()).to.equal(expected);
    });

    it(`keeps constants that it exports or marks as used, and no others, in sBPF ${version}`, () => {
      const text = build(CONSTANTS)[version].toString("latin1");
      expect(text).to.contain("contact: someone here").and.to.contain("used alone");
      expect(text).not.to.contain("nobody asks");
    });

    it(`stops at a trap, in sBPF ${version}`, async () => {
      expect((await (await deploy(build(TRAP)[version]))(u64(0n))).failure).to.contain("program panicked");
    });
  }

  it("is the same, byte for byte, when linked again", () => {
    const [first, second] = [build(TABLE), build(TABLE)];
    for (const version of VERSIONS) expect(first[version].equals(second[version])).to.equal(true);
  });

  it("names syscalls by the hashes that the runtime knows", () => {
    const names = ["abort", "sol_panic_", "sol_sha256", "sol_memcpy_", "sol_log_", "sol_get_sysvar"];
    const script = "import sys; from sbpf.syscalls import syscall_hash; print(*(hex(syscall_hash(n)) for n in sys.argv[1:]))";
    expect(python("-c", script, ...names).stdout.trim().split(" ").slice(0, 5)).to.deep.equal([
      "0xb6fc1a11",
      "0x686093bb",
      "0x11f49d86",
      "0x717cc4a3",
      "0x207559bd",
    ]);
  });
});
