"""Runs LLVM's command line tools."""

from __future__ import annotations

import subprocess
from pathlib import Path

from .elf import LinkError

BIN = Path("/usr/lib/llvm-22/bin")
"""Must be the LLVM that rustc was built with: an older one cannot read its bitcode."""


def attempt(tool: str, *arguments: str | Path) -> str:
    """Runs `tool`; returns what it complains about, and nothing when it is content. A warning is a complaint too."""
    done = subprocess.run([BIN / tool, *arguments], capture_output=True, text=True)
    if done.returncode and not done.stderr:
        return f"{tool} failed with status {done.returncode}"
    return done.stderr


def run(tool: str, *arguments: str | Path) -> None:
    """Runs `tool`. Throws LinkError with its complaint."""
    complaint = attempt(tool, *arguments)
    if complaint:
        raise LinkError(f"{tool}: {complaint.strip()}")


def output(tool: str, *arguments: str | Path) -> str:
    """Runs `tool` and returns its standard output."""
    return subprocess.run([BIN / tool, *arguments], check=True, capture_output=True, text=True).stdout
