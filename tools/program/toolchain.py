"""The compilers that the program is built with, and the folder that caches what they make."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sbpf import llvm

RUSTC = Path("/usr/bin/rustc")
CARGO = Path("/usr/bin/cargo")
STD_SOURCE = Path("/usr/lib/rustlib/src/rust")
PACKAGES = ("rustc-web", "cargo-web", "rust-web-src", "llvm-22")
NEEDED = (RUSTC, CARGO, STD_SOURCE, llvm.BIN / "opt", llvm.BIN / "llc", llvm.BIN / "llvm-link", llvm.BIN / "llvm-ar")


@dataclass(frozen=True)
class Toolchain:
    rustc: str
    """Release and commit of rustc."""
    llvm: str
    """Version of the LLVM that emits the code."""
    packages: dict[str, str]
    """Debian versions by package."""

    def record(self) -> dict[str, object]:
        return {"rustc": self.rustc, "llvm": self.llvm, "debian": self.packages}

    def cache(self, *inputs: bytes) -> Path:
        """The cache folder of this toolchain with these further inputs; $XDG_CACHE_HOME or ~/.cache holds it."""
        root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        key = hashlib.sha256(repr((self.record(), inputs)).encode()).hexdigest()[:16]
        folder = root / "postern-sbpf" / key
        folder.mkdir(parents=True, exist_ok=True)
        return folder.resolve()


def find_toolchain() -> Toolchain:
    """Ends the process with a sentence that says what to install, when something is missing or does not fit together."""
    missing = [str(path) for path in NEEDED if not path.exists()]
    if missing:
        packages = " ".join(PACKAGES)
        sys.exit(f"error: {', '.join(missing)} is missing: run tools/install-toolchain.sh (Debian packages {packages}).")
    rustc = _output(RUSTC, "-vV")
    version = _output(llvm.BIN / "llc", "--version")
    found = Toolchain(
        rustc=" ".join(_find(rf"^{key}: (\S+)", rustc) for key in ("release", "commit-hash")),
        llvm=_find(r"LLVM version (\S+)", version),
        packages=dict(sorted(_package_version(name) for name in PACKAGES)),
    )
    reads = _find(r"^LLVM version: (\S+)", rustc)
    if reads != found.llvm:
        sys.exit(f"error: rustc is of LLVM {reads} but llvm-22 is {found.llvm}: update both (tools/install-toolchain.sh).")
    return found


def _package_version(name: str) -> tuple[str, str]:
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", name], capture_output=True, text=True)
    return name, done.stdout or "not a package"


def _output(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _find(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    return found[1] if found else "unknown"
