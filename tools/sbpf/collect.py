"""What rustc runs as its linker: gathers the bitcode of all crates into one module, exporting what rustc exports.

The module, not a program, is what stands at rustc's output path afterwards. compile.py takes it from there, outside
cargo, which would not notice a change of these files.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from . import llvm
from .elf import LinkError

BITCODE_MAGIC = b"BC\xc0\xde"
RUST_METADATA = "lib.rmeta"
RUST_EXPORT_STUB = "symbols.o"
"""A native object by which rustc keeps exported symbols from other linkers; it holds no code."""


@dataclass
class Arguments:
    output: Path = Path()
    exports: Path = Path()
    inputs: list[Path] = field(default_factory=list)


def parse(arguments: list[str]) -> Arguments:
    """Reads the command line that rustc gives to linkers of flavour `bpf`. Throws LinkError on an unknown option."""
    parsed = Arguments()
    rest = iter(arguments)
    for argument in rest:
        if argument == "-o":
            parsed.output = Path(next(rest))
        elif argument == "--export-symbols":
            parsed.exports = Path(next(rest))
        elif argument in ("-L", "--cpu"):
            next(rest)
        elif argument.startswith("-"):
            if argument not in ("-O0", "-O1", "-O2", "-O3", "-Os", "-Oz", "--debug", "--strip-all"):
                raise LinkError(f"unknown linker option {argument}")
        elif Path(argument).name != RUST_EXPORT_STUB:
            parsed.inputs.append(Path(argument))
    return parsed


def collect(arguments: Arguments) -> None:
    exports = arguments.exports.read_text().split()
    with tempfile.TemporaryDirectory(prefix="postern-link-") as folder:
        work = Path(folder)
        modules = [m for i, path in enumerate(arguments.inputs) for m in _modules(path, work / str(i))]
        llvm.run("llvm-link", "-o", work / "all.bc", *modules)
        llvm.run(
            "opt", f"-internalize-public-api-list={','.join(exports)}", "-passes=internalize,globaldce",
            "-o", arguments.output, work / "all.bc",
        )  # fmt: skip


def _modules(path: Path, work: Path) -> list[Path]:
    """The bitcode files of an object or an archive, in the archive's order."""
    if path.suffix != ".rlib":
        return [_checked(path)]
    work.mkdir()
    archive = path.resolve()
    members = llvm.output("llvm-ar", "t", archive).splitlines()
    if len(set(members)) != len(members):
        raise LinkError(f"{path.name} holds two members of one name")
    llvm.run("llvm-ar", "x", "--output", work, archive)
    return [_checked(work / name) for name in members if name != RUST_METADATA]


def _checked(path: Path) -> Path:
    if path.read_bytes()[:4] != BITCODE_MAGIC:
        raise LinkError(f"{path.name} is not LLVM bitcode; a crate with native code cannot be part of a program")
    return path
