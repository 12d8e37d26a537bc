"""`python3 -m sbpf MODULE OUT_FOLDER` writes OUT_FOLDER/v0.so and OUT_FOLDER/v3.so."""

from __future__ import annotations

import sys
from pathlib import Path

from .compile import compile_program
from .elf import LinkError


def main(module: str, out: str) -> None:
    try:
        for version, program in compile_program(Path(module)).items():
            (Path(out) / f"{version}.so").write_bytes(program)
    except LinkError as error:
        sys.exit(f"error: {error}")


main(*sys.argv[1:])
