"""A copy of Rust's standard library source that builds for Solana, in a sysroot of its own.

Anchor's own crates need no `std`, but some below them do. No `std` is shipped for sBPF; most of it compiles as it is,
falling back to its stubs for unsupported platforms. cargo takes the source from the compiler's sysroot and hashes it
relative to that, so its place does not reach the program.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from .toolchain import RUSTC, STD_SOURCE

PATCHES = (
    # The smallest alignment that an allocator gives is listed by architecture, without a fallback.
    (
        "std/src/sys/alloc/mod.rs",
        '} else if cfg!(any(\n    target_arch = "x86_64",\n',
        '} else if cfg!(any(\n    target_arch = "bpf",\n    target_arch = "x86_64",\n',
    ),
    # On targets that std does not know, it can only be used by crates that opt in.
    ("std/build.rs", '        println!("cargo:rustc-cfg=restricted_std");\n', ""),
)
COMPILER = f"""#!/bin/sh
exec {RUSTC} --sysroot "${{0%/bin/rustc}}" "$@"
"""
RUSTLIB = STD_SOURCE.parent.parent
LIBRARY = Path("lib/rustlib/src/rust/library")


def make_sysroot(cache: Path) -> Path:
    """Returns the sysroot in `cache`, made when it is not there. Its compiler is `bin/rustc`."""
    sysroot = cache / "sysroot"
    if sysroot.exists():
        return sysroot
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        draft = Path(folder) / "sysroot"
        shutil.copytree(STD_SOURCE.resolve() / "library", draft / LIBRARY)
        for name, old, new in PATCHES:
            _patch(draft / LIBRARY / name, old, new)
        for part in RUSTLIB.iterdir():
            if part.name != STD_SOURCE.parent.name:
                (draft / "lib/rustlib" / part.name).symlink_to(part)
        compiler = draft / "bin/rustc"
        compiler.parent.mkdir()
        compiler.write_text(COMPILER)
        compiler.chmod(0o755)
        os.rename(draft, sysroot)
    return sysroot


def _patch(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    if text.count(old) != 1:
        raise SystemExit(f"error: this version of Rust's standard library has another {file.name}; adapt {__file__}.")
    file.write_text(text.replace(old, new))
