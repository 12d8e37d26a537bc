"""`python3 -m program build` writes what is generated; `check` compares it instead; `check --elsewhere` in a copy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .outputs import build_outputs, differences, other_toolchain, write_outputs
from .toolchain import find_toolchain

REPOSITORY = Path(__file__).resolve().parent.parent.parent
SOURCES = ("Cargo.toml", "Cargo.lock", "programs", "tools", "sdk/artifacts", "sdk/src/program/generated")


def build() -> None:
    outputs = build_outputs(REPOSITORY, find_toolchain())
    write_outputs(REPOSITORY, outputs)
    for name, data in outputs.items():
        print(f"{len(data):>8,} bytes  {name}")


def check() -> None:
    toolchain = find_toolchain()
    found = differences(REPOSITORY, build_outputs(REPOSITORY, toolchain))
    other = other_toolchain(REPOSITORY, toolchain)
    if not found:
        print("The committed program, IDL and types are what the source gives, byte for byte.")
        if other:
            print(f"They were built with other packages: {other}.")
        return
    print("The source gives something else than what is committed:", *found, sep="\n  ", file=sys.stderr)
    if other:
        print(
            f"The committed files were built with {other}. Another compiler makes other bytes, so this comparison says",
            "nothing about the source: install those versions (snapshot.debian.org keeps them), or build and commit anew.",
            sep="\n", file=sys.stderr,
        )  # fmt: skip
    else:
        print("Run `npm run build:program` and commit the result.", file=sys.stderr)
    sys.exit(1)


def check_elsewhere() -> None:
    """Checks from nothing, in another folder with another home: no cache of cargo or of this build is used."""
    with tempfile.TemporaryDirectory(prefix="postern-elsewhere-") as folder:
        copy, home = Path(folder) / "a copy", Path(folder) / "home"
        for name in SOURCES:
            source, target = REPOSITORY / name, copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
        variables = {**os.environ, "HOME": str(home), "CARGO_HOME": str(home / "cargo"), "XDG_CACHE_HOME": str(home / "c")}
        command = [sys.executable, "-B", "-m", "program", "check"]
        sys.exit(subprocess.run(command, cwd=copy / "tools", env={**variables, "PYTHONPATH": "."}).returncode)


if sys.argv[1:] == ["build"]:
    build()
elif sys.argv[1:] == ["check"]:
    check()
elif sys.argv[1:] == ["check", "--elsewhere"]:
    check_elsewhere()
else:
    sys.exit(__doc__)
