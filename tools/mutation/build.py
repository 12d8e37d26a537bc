"""Builds the program with its mutants.

All are in one program, which picks one by a number in its constants: trying another is writing four bytes. One version of sBPF
suffices: both are made from the same module.
"""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from pathlib import Path

from program.cargo import CRATE, build_bitcode
from program.toolchain import Toolchain
from sbpf.compile import compile_program

from .copies import add_copies
from .mutants import Mutant, all_mutants
from .source import Span

MARK = "POSTERN-MUTATION"
SWITCH = f"""

/// Picks the mutant that a program is: 0 is none.
pub mod mutation {{
    #[no_mangle]
    pub static MUTATION: [u8; {len(MARK) + 4}] = *b"{MARK}\\0\\0\\0\\0";

    #[inline(always)]
    pub fn picked() -> u32 {{
        // SAFETY: the four bytes are there; volatile, because they are written into the finished program.
        u32::from_le_bytes(unsafe {{ core::ptr::read_volatile(MUTATION.as_ptr().add({len(MARK)}).cast::<[u8; 4]>()) }})
    }}

    #[inline(always)]
    pub fn on(number: u32) -> bool {{
        picked() == number
    }}
}}
"""


def build_mutants(repository: Path, toolchain: Toolchain, out: Path) -> None:
    """Writes the program, `mutants.so`, and `mutants.json`: the row of each mutant, by number from 1 on."""
    sources = repository / "programs" / CRATE / "src"
    mutants = all_mutants(sources)
    out.mkdir(parents=True, exist_ok=True)
    switched: dict[str, list[tuple[int, Mutant]]] = defaultdict(list)
    copied: list[tuple[int, Mutant]] = []
    for number, mutant in enumerate(mutants, start=1):
        (copied if mutant.declared else switched[mutant.file]).append((number, mutant))
    changed = add_copies(sources, (sources / "lib.rs").read_text(), copied)
    changed["lib.rs"] = "#![allow(warnings)]\n" + changed["lib.rs"] + SWITCH
    changed |= {file: _with_switches((sources / file).read_text(), numbered) for file, numbered in switched.items()}
    (out / "mutants.so").write_bytes(_build(repository, toolchain.cache() / "mutation", toolchain, changed))
    (out / "mutants.json").write_text(json.dumps([mutant.key for mutant in mutants]))


def _with_switches(text: str, numbered: list[tuple[int, Mutant]]) -> str:
    """Changes the innermost spans first; of one span, one after the other."""
    edits: dict[Span, list[tuple[int, Mutant]]] = defaultdict(list)
    for number, mutant in numbered:
        edits[mutant.span].append((number, mutant))
    return _edited(text, 0, len(text), edits, outer=None)


def _edited(text: str, start: int, end: int, edits: dict[Span, list[tuple[int, Mutant]]], outer: Span | None) -> str:
    inside = [span for span in edits if start <= span.start and span.end <= end and span != outer]
    tops = [span for span in inside if not any(o != span and o.start <= span.start and span.end <= o.end for o in inside)]
    result, at = "", start
    for span in sorted(tops, key=lambda s: s.start):
        piece = _edited(text, span.start, span.end, edits, outer=span)
        # Neighbouring bounds hold what they compare; what takes the whole for granted goes around them.
        for number, mutant in sorted(edits[span], key=lambda pair: "ON ||" in pair[1].replacement or "ON &&" in pair[1].replacement):
            piece = mutant.replacement.replace("ON", f"crate::mutation::on({number})", 1).replace("{}", piece, 1)
        result += text[at : span.start] + piece
        at = span.end
    return result + text[at:end]


def _build(repository: Path, copy: Path, toolchain: Toolchain, changed: dict[str, str]) -> bytes:
    """The program, as sBPF v0, with other text in some of its files, and an entry point of its own."""
    crate = Path("programs") / CRATE
    sources = repository / crate / "src"
    texts = {name: (repository / name).read_text() for name in ("Cargo.toml", "Cargo.lock")}
    manifest = (repository / crate / "Cargo.toml").read_text()
    texts[f"{crate}/Cargo.toml"] = manifest.replace('default = ["', 'default = ["no-entrypoint", "')
    for path in sources.rglob("*.rs"):
        texts[f"{crate}/src/{path.relative_to(sources)}"] = path.read_text()
    texts |= {f"{crate}/src/{name}": text for name, text in changed.items()}
    shutil.rmtree(copy / crate / "src", ignore_errors=True)
    for name, text in texts.items():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text(text)
    return compile_program(build_bitcode(copy, toolchain))["v0"]
