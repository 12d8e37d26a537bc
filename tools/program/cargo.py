"""Runs Debian's cargo, shielded from what the caller's environment says about Rust."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tomllib
from pathlib import Path

from .sysroot import COMPILER, LIBRARY, PATCHES, make_sysroot
from .toolchain import CARGO, RUSTC, Toolchain

CRATE = "postern"
SBPF = Path(__file__).resolve().parent.parent / "sbpf"
TARGET = SBPF / "sbpf-solana.json"
LINKER = SBPF / "rustc-linker"
FLAGS = (
    # Crates choose the real entry point, calls and syscalls by this name of the operating system.
    "--cfg", 'target_os="solana"', "-Aexplicit_builtin_cfgs_in_flags",
    "-Zunstable-options",
    # A panic is the `abort` syscall: no unwinder, no message, none of std's panic machinery.
    "-Cpanic=immediate-abort",
    "-Crelocation-model=static",
    "-Ctarget-cpu=v2",
)  # fmt: skip
BUILD_STD = ("-Zbuild-std=core,alloc,std,panic_abort", "-Zbuild-std-features=", "-Zjson-target-spec")
# Of cargo's own variables, only where it keeps things and how it reaches the registry.
KEPT_VARIABLES = ("CARGO_HOME", "CARGO_HTTP_", "CARGO_NET_", "CARGO_REGISTRIES_", "CARGO_REGISTRY_", "CARGO_SOURCE_")


def build_bitcode(repository: Path, toolchain: Toolchain) -> Path:
    """Compiles the program and all that it needs; returns the one LLVM module that they make."""
    # Everything that cargo would not notice when it changes.
    unnoticed = (TARGET.read_bytes(), (SBPF / "collect.py").read_bytes(), repr((PATCHES, COMPILER, BUILD_STD)).encode())
    cache = toolchain.cache(*unnoticed)
    sysroot = make_sysroot(cache)
    # A path of this machine in the output would make it another program elsewhere. The program's own sources need no
    # such care: cargo names them relative to the workspace.
    places = {cargo_home(): "/cargo", cache: "/cache", (sysroot / LIBRARY).parent: "/rust"}
    flags = [*FLAGS, *(f"--remap-path-prefix={path}={name}" for path, name in places.items())]
    variables = {
        "RUSTC": str(sysroot / "bin/rustc"),
        "RUSTC_BOOTSTRAP": "1",
        "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags),
        f"CARGO_TARGET_{TARGET.stem.upper().replace('-', '_')}_LINKER": str(LINKER),
    }
    target = cache / f"program-{_checkout(repository)}"
    run(
        repository, target, variables, "build", "--release", "--lib", "--locked", "--quiet", "--package", CRATE,
        *BUILD_STD, "--target", TARGET,
    )  # fmt: skip
    return target / TARGET.stem / "release" / f"lib{CRATE}.so"


def build_idl(repository: Path, toolchain: Toolchain) -> bytes:
    """Anchor's IDL of the program, as indented JSON."""
    target = toolchain.cache() / f"idl-{_checkout(repository)}"
    generator = repository / "tools/idl"
    run(generator, target, {}, "build", "--locked", "--quiet")
    # It runs cargo itself, found by name, and stumbles over a rustup toolchain in the environment.
    variables = environment(target, {"CARGO_PROFILE_TEST_DEBUG": "0", "CARGO_PROFILE_DEV_DEBUG": "0"})
    command = [target / "debug/postern-idl", repository / "programs" / CRATE]
    done = subprocess.run(command, env=variables, capture_output=True)
    if done.returncode:
        sys.exit(done.stderr.decode() + "\nerror: the IDL could not be built (above).")
    return done.stdout


def locked_version(repository: Path, crate: str) -> str:
    """The version of `crate` in the program's Cargo.lock."""
    packages = tomllib.loads((repository / "Cargo.lock").read_text())["package"]
    return str(next(package["version"] for package in packages if package["name"] == crate))


def _checkout(repository: Path) -> str:
    """Names the checkout: cargo knows files by their place in it and their age, and would take one for another."""
    return hashlib.sha256(str(repository).encode()).hexdigest()[:8]


def run(folder: Path, target: Path, variables: dict[str, str], *arguments: str | Path) -> None:
    """Runs cargo in `folder`; ends the process when it fails, after what it says."""
    done = subprocess.run([CARGO, *arguments], cwd=folder, env=environment(target, variables))
    if done.returncode:
        sys.exit(f"error: cargo {arguments[0]} failed in {folder} (above).")


def environment(target: Path, variables: dict[str, str]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(KEPT_VARIABLES) or not name.startswith(("CARGO", "RUST"))
    }
    # Debian's tools before rustup's, which has no source of std for them.
    path = f"{RUSTC.parent}{os.pathsep}{kept.get('PATH', '')}"
    return {**kept, "PATH": path, "CARGO_TARGET_DIR": str(target), "CARGO_INCREMENTAL": "0", **variables}


def cargo_home() -> Path:
    return Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo").resolve()
