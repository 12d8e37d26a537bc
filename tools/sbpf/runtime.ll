; What compiled code expects beside itself, given by the Solana runtime's syscalls. Linked in after optimisation and
; inlined, so that the optimiser still knows memcpy and its kin for what they are.

target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpfel"

declare void @abort() noreturn
declare void @sol_memcpy_(ptr, ptr, i64)
declare void @sol_memmove_(ptr, ptr, i64)
declare void @sol_memset_(ptr, i8 zeroext, i64)
declare void @sol_memcmp_(ptr, ptr, i64, ptr)

; LLVM's BPF back end calls this where the program can never arrive, or must stop.
define void @__bpf_trap() noinline noreturn {
  call void @abort()
  unreachable
}

; Intrinsics that the back end refuses; ir.py renames their calls to these.

define void @sbpf.memcpy(ptr %to, ptr %from, i64 %length, i1 %volatile) alwaysinline {
  call void @sol_memcpy_(ptr %to, ptr %from, i64 %length)
  ret void
}

define void @sbpf.memmove(ptr %to, ptr %from, i64 %length, i1 %volatile) alwaysinline {
  call void @sol_memmove_(ptr %to, ptr %from, i64 %length)
  ret void
}

define void @sbpf.memset(ptr %to, i8 %byte, i64 %length, i1 %volatile) alwaysinline {
  call void @sol_memset_(ptr %to, i8 zeroext %byte, i64 %length)
  ret void
}

; The back end has no high half of a product. A product overflows exactly when dividing it by one factor does not give
; the other; a factor of zero never overflows, and must not be divided by.
define { i64, i1 } @sbpf.umul.with.overflow(i64 %a, i64 %b) alwaysinline {
  %product = mul i64 %a, %b
  %is_zero = icmp eq i64 %a, 0
  %divisor = select i1 %is_zero, i64 1, i64 %a
  %quotient = udiv i64 %product, %divisor
  %differs = icmp ne i64 %quotient, %b
  %overflow = select i1 %is_zero, i1 false, i1 %differs
  %with_product = insertvalue { i64, i1 } poison, i64 %product, 0
  %result = insertvalue { i64, i1 } %with_product, i1 %overflow, 1
  ret { i64, i1 } %result
}

; The C functions of the same purpose, which Rust's core calls by name.

define ptr @memcpy(ptr %to, ptr %from, i64 %length) alwaysinline {
  call void @sol_memcpy_(ptr %to, ptr %from, i64 %length)
  ret ptr %to
}

define ptr @memmove(ptr %to, ptr %from, i64 %length) alwaysinline {
  call void @sol_memmove_(ptr %to, ptr %from, i64 %length)
  ret ptr %to
}

define ptr @memset(ptr %to, i32 %byte, i64 %length) alwaysinline {
  %low = trunc i32 %byte to i8
  call void @sol_memset_(ptr %to, i8 zeroext %low, i64 %length)
  ret ptr %to
}

; Comparisons stay calls until the back end, which makes loads of the short ones of constant length: 30 CU an instruction.
define i32 @memcmp(ptr %left, ptr %right, i64 %length) noinline {
  %result = alloca i32
  call void @sol_memcmp_(ptr %left, ptr %right, i64 %length, ptr %result)
  %order = load i32, ptr %result
  ret i32 %order
}

define i32 @bcmp(ptr %left, ptr %right, i64 %length) noinline {
  %order = call i32 @memcmp(ptr %left, ptr %right, i64 %length)
  ret i32 %order
}
