"""Text-level changes to LLVM IR. They only rename calls: runtime.ll defines what the new names do, and LLVM checks it."""

from __future__ import annotations

import re

INLINE_BYTES = 64
"""Up to this constant length the back end's own loads and stores are as cheap as a syscall, which costs 10 CU or more."""

_MEMORY_CALL = re.compile(
    r"(?P<call>\bcall void )@llvm\.(?P<name>memcpy|memmove|memset)\.p0(?:\.p0)?\.i64"
    r"(?P<arguments>\([^\n]*?, i64 (?:[a-z]\w*(?:\([^()\n]*\))? )*(?P<length>[^\s,]+), i1 (?:immarg )?(?:false|true)\))"
)
_MULTIPLY_CALL = re.compile(r"(?P<call>\bcall \{ i64, i1 \} )@llvm\.umul\.with\.overflow\.i64(?=\()")
_CONSTANT = re.compile(r"^@(?P<name>[\w.$]+) = (?P<linkage>[^\n]*?)\bconstant\b", re.MULTILINE)
_NOT_EXPORTED = re.compile(r"\b(internal|private|external|available_externally)\b")


def call_runtime(module: str) -> str:
    """Sends the intrinsics that the back end refuses to their definitions in runtime.ll.

    These are copies and fills of unknown or more than INLINE_BYTES length, and the 64-bit multiplication that reports
    overflow. The module gets a declaration for each; linking runtime.ll fills them in.
    """

    def memory(match: re.Match[str]) -> str:
        length = match["length"]
        if length.isdecimal() and int(length) <= INLINE_BYTES:
            return match[0]
        return f"{match['call']}@sbpf.{match['name']}{match['arguments']}"

    module = _MEMORY_CALL.sub(memory, module)
    module = _MULTIPLY_CALL.sub(r"\g<call>@sbpf.umul.with.overflow", module)
    return module + (
        "\ndeclare void @sbpf.memcpy(ptr, ptr, i64, i1)"
        "\ndeclare void @sbpf.memmove(ptr, ptr, i64, i1)"
        "\ndeclare void @sbpf.memset(ptr, i8, i64, i1)"
        "\ndeclare { i64, i1 } @sbpf.umul.with.overflow(i64, i64)\n"
    )


def exported_constants(module: str) -> list[str]:
    """Names of the constants that the program exports, such as a `security_txt`: they must outlive optimisation."""
    return [m["name"] for m in _CONSTANT.finditer(module) if not _NOT_EXPORTED.search(m["linkage"])]
