"""Everything that is generated, as contents by path in the repository, and how it compares with what stands there."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from sbpf.compile import compile_program
from sbpf.elf import LinkError

from .cargo import build_bitcode, build_idl, cargo_home, locked_version
from .toolchain import Toolchain
from .typescript import address_module, errors_module, idl_module

ARTIFACTS = "sdk/artifacts"
GENERATED = "sdk/src/program/generated"
RECORD = f"{ARTIFACTS}/build.json"


def build_outputs(repository: Path, toolchain: Toolchain) -> dict[str, bytes]:
    """Ends the process, after a sentence that says why, when the program cannot be built."""
    try:
        programs = compile_program(build_bitcode(repository, toolchain))
    except LinkError as error:
        sys.exit(f"error: {error}")
    idl = build_idl(repository, toolchain)
    parsed = json.loads(idl)
    artifacts = {f"postern.{version}.so": program for version, program in programs.items()} | {"postern.json": idl}
    record = {
        "address": parsed["address"],
        "artifacts": {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)} for name, data in artifacts.items()
        },
        "sources": {
            "anchor-lang": locked_version(repository, "anchor-lang"),
            "Cargo.lock": hashlib.sha256((repository / "Cargo.lock").read_bytes()).hexdigest(),
        },
        "toolchain": toolchain.record(),
    }
    outputs = {f"{ARTIFACTS}/{name}": data for name, data in artifacts.items()} | {
        RECORD: (json.dumps(record, indent=2) + "\n").encode(),
        f"{GENERATED}/idl.ts": idl_module(parsed).encode(),
        f"{GENERATED}/address.ts": address_module(parsed).encode(),
        f"{GENERATED}/errors.ts": errors_module(parsed).encode(),
    }
    _refuse_local_paths(outputs, repository)
    return outputs


def write_outputs(repository: Path, outputs: dict[str, bytes]) -> None:
    for name, data in outputs.items():
        path = repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def differences(repository: Path, outputs: dict[str, bytes]) -> list[str]:
    """One line for each committed file that is not what the source gives."""
    found = []
    for name, expected in outputs.items():
        path = repository / name
        if not path.exists():
            found.append(f"{name} is missing")
            continue
        actual = path.read_bytes()
        if name == RECORD:
            actual, expected = _without_packages(actual), _without_packages(expected)
        if actual != expected:
            at = next((i for i, (a, b) in enumerate(zip(actual, expected)) if a != b), min(len(actual), len(expected)))
            found.append(f"{name} differs from byte {at:,}: {len(actual):,} bytes committed, {len(expected):,} built")
    folders = {Path(name).parent for name in outputs}
    present = {p.relative_to(repository).as_posix() for folder in folders for p in (repository / folder).glob("*")}
    return found + [f"{name} is not made by the build" for name in sorted(present - outputs.keys())]


def other_toolchain(repository: Path, toolchain: Toolchain) -> str:
    """What the committed build used where this machine has something else; empty when they agree."""
    record = repository / RECORD
    if not record.exists():
        return ""
    committed, here = json.loads(record.read_bytes())["toolchain"], toolchain.record()
    pairs = {**committed["debian"], "rustc": committed["rustc"], "llvm": committed["llvm"]}
    mine = {**toolchain.packages, "rustc": here["rustc"], "llvm": here["llvm"]}
    return ", ".join(f"{name} {pairs[name]} (here {mine.get(name)})" for name in pairs if pairs[name] != mine.get(name))


def _without_packages(record: bytes) -> bytes:
    """A rebuilt Debian package of the same compiler makes the same bytes; its version does not count as a difference."""
    parsed = json.loads(record)
    parsed["toolchain"].pop("debian", None)
    return json.dumps(parsed).encode()


def _refuse_local_paths(outputs: dict[str, bytes], repository: Path) -> None:
    for place in (repository, cargo_home(), Path.home()):
        for name, data in outputs.items():
            if len(place.parts) > 1 and str(place).encode() in data:
                sys.exit(f"error: {name} contains the path {place} of this machine; it would differ elsewhere.")
