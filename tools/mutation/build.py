"""Builds the program with its mutants.

All but the few that change what is compiled are in one program, which picks one by a number in its constants: trying another is
writing four bytes. The others are a build each. One version of sBPF suffices: both are made from the same module.
"""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from pathlib import Path

from program.cargo import CRATE, build_bitcode
from program.toolchain import Toolchain
from sbpf.compile import compile_program

from .mutants import Mutant, all_mutants
from .source import Span

MARK = "POSTERN-MUTATION"
SWITCH = f"""

/// Picks the mutant that a program is: 0 is none.
pub mod mutation {{
    #[no_mangle]
    pub static MUTATION: [u8; {len(MARK) + 4}] = *b"{MARK}\\0\\0\\0\\0";

    #[inline(always)]
    pub fn on(number: u32) -> bool {{
        // SAFETY: the four bytes are there; volatile, because they are written into the finished program.
        unsafe {{ core::ptr::read_volatile(MUTATION.as_ptr().add({len(MARK)}).cast::<[u8; 4]>()) == number.to_le_bytes() }}
    }}
}}
"""


def build_mutants(repository: Path, toolchain: Toolchain, out: Path) -> None:
    """Writes programs and `mutants.json`: for each mutant its row, its program and its number there."""
    sources = repository / "programs" / CRATE / "src"
    mutants = all_mutants(sources)
    copy = toolchain.cache() / "mutation"
    out.mkdir(parents=True, exist_ok=True)
    switched = [mutant for mutant in mutants if not mutant.rebuilt]
    plan = []
    changed = {"lib.rs": "#![allow(warnings)]\n" + (sources / "lib.rs").read_text() + SWITCH}
    by_file: dict[str, list[tuple[int, Mutant]]] = defaultdict(list)
    for number, mutant in enumerate(switched, start=1):
        by_file[mutant.file].append((number, mutant))
        plan.append({"row": mutant.key, "program": "switched.so", "number": number})
    for file, numbered in by_file.items():
        changed[file] = _with_switches((sources / file).read_text(), numbered)
    (out / "switched.so").write_bytes(_build(repository, copy, toolchain, changed))
    (out / "mutants.json").write_text(json.dumps(plan))
    for number, mutant in enumerate((mutant for mutant in mutants if mutant.rebuilt), start=1):
        text = (sources / mutant.file).read_text()
        text = text[: mutant.span.start] + mutant.replacement + text[mutant.span.end :]
        name = f"rebuilt-{number}.so"
        try:
            (out / name).write_bytes(_build(repository, copy, toolchain, {mutant.file: text}))
        except SystemExit:
            name = ""
        plan.append({"row": mutant.key, "program": name, "number": 0})
        (out / "mutants.json").write_text(json.dumps(plan))
    (out / "mutants.json").write_text(json.dumps(plan))


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
    """The program, as sBPF v0, with other text in some of its files."""
    crate = Path("programs") / CRATE
    for name in (Path("Cargo.toml"), Path("Cargo.lock"), crate / "Cargo.toml"):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(repository / name, copy / name)
    sources = repository / crate / "src"
    for path in sources.rglob("*.rs"):
        name = path.relative_to(sources)
        text = changed.get(name.as_posix()) or path.read_text()
        target = copy / crate / "src" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        # cargo goes by age: what is the same keeps it.
        if not target.exists() or target.read_text() != text:
            target.write_text(text)
    return compile_program(build_bitcode(copy, toolchain))["v0"]
