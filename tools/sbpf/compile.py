"""LLVM IR of a whole program in, sBPF v0 and v3 out: optimise, lower what the back end refuses, emit, write ELF."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from . import llvm
from .elf import LinkError, read_object
from .image import ENTRY_SYMBOL, lay_out
from .ir import call_runtime, exported_constants
from .v0 import write_v0
from .v3 import write_v3

RUNTIME = Path(__file__).with_name("runtime.ll")
INLINE_THRESHOLD = 300
"""LLVM's own is 225, but a call costs more here. 1,000 would save 2 % of the compute units for 5 % more bytes."""
FRAME_BYTES = 4096
"""Stack of one call (`solana-sbpf`'s frame size)."""
BACK_END = (
    "-march=bpfel",
    # Addresses are fixed here, so that constants that hold them are as read-only as the others.
    "-relocation-model=static",
    # The runtime allows it; without it every copy of bytes is made one byte at a time.
    "-mattr=+allows-misaligned-mem-access",
    f"-bpf-stack-size={FRAME_BYTES}",
    "-filetype=obj",
)
TARGETS = (("v0", "v2", write_v0), ("v3", "v3", write_v3))
"""sBPF v0 runs LLVM's instruction set v2 (no 32-bit ALU); sBPF v3 runs v3."""
MOST_ROUNDS = 12

_REFUSED_DEFINITION = re.compile(
    r"in function (\S+) .*(?:stack arguments are not supported|aggregate returns are not supported)"
)
_REFUSED_CALL = re.compile(r"<ptr @([^>]+)> 0.* too many arguments")


def compile_program(module: Path) -> dict[str, bytes]:
    """The two programs of `module` (bitcode or text) by version, `v0` and `v3`. Throws LinkError when LLVM refuses it.

    LLVM 22's BPF back end passes at most five arguments and returns no pairs, except between functions that it inlines.
    So the functions that it names in its refusals are inlined, and all is done again, until it refuses nothing.
    """
    with tempfile.TemporaryDirectory(prefix="postern-sbpf-") as folder:
        work = Path(folder)
        llvm.run("opt", "-S", "-o", work / "whole.ll", module)
        keep = [ENTRY_SYMBOL, *exported_constants((work / "whole.ll").read_text())]
        inlined: set[str] = set()
        for _ in range(MOST_ROUNDS):
            _optimise(work, keep, inlined)
            complaints = "".join(
                llvm.attempt("llc", *BACK_END, f"-mcpu={cpu}", "-o", work / f"{version}.o", work / "lowered.bc")
                for version, cpu, _ in TARGETS
            )
            if not complaints:
                return {v: write(lay_out(read_object((work / f"{v}.o").read_bytes()))) for v, _, write in TARGETS}
            refused = set(_REFUSED_DEFINITION.findall(complaints)) | set(_REFUSED_CALL.findall(complaints))
            if not refused - inlined:
                raise LinkError(f"LLVM refuses the program, and inlining cannot help:\n{complaints.strip()}")
            inlined |= refused
        raise LinkError(f"LLVM still refuses functions after {MOST_ROUNDS} rounds:\n{complaints.strip()}")


def _optimise(work: Path, keep: list[str], inlined: set[str]) -> None:
    """whole.ll -> lowered.bc"""
    forced = [f"-force-attribute={name}:alwaysinline" for name in sorted(inlined)]
    forced += [f"-force-remove-attribute={name}:{a}" for name in sorted(inlined) for a in ("noinline", "optnone")]
    public = f"-internalize-public-api-list={','.join(keep)}"
    llvm.run(
        "opt", *forced, public, f"-inline-threshold={INLINE_THRESHOLD}",
        "-passes=forceattrs,internalize,always-inline,default<O2>,globaldce", "-S", "-o", work / "optimised.ll",
        work / "whole.ll",
    )  # fmt: skip
    (work / "calls.ll").write_text(call_runtime((work / "optimised.ll").read_text()))
    llvm.run("llvm-link", "-o", work / "linked.bc", work / "calls.ll", RUNTIME)
    # No pass that folds instructions may follow: it would turn the overflow check back into the refused intrinsic.
    llvm.run(
        "opt", f"{public},__bpf_trap", "-passes=internalize,always-inline,globaldce", "-o", work / "lowered.bc",
        work / "linked.bc",
    )  # fmt: skip
