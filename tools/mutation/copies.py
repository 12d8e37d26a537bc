"""Instructions whose accounts lack a constraint.

What Anchor makes of an account's declaration cannot be switched while the program runs. So each such mutant is a copy of its
instruction, with a number of its own, which the program puts in the place of the original's before it looks at it.
"""

from __future__ import annotations

import re
from pathlib import Path

from .mutants import Mutant

FIRST_DISCRIMINATOR, NO_DISCRIMINATOR = 100, 255
HANDLER = re.compile(r"    #\[discrim = (\d+)\]\n(?:    #\[[^\n]+\]\n)*    (pub fn (\w+)\(.*?\n    \}\n)", re.DOTALL)
ENTRY = """
anchor_lang::pinocchio::default_allocator!();
anchor_lang::pinocchio::default_panic_handler!();

/// Sends an instruction to the copy of it that the mutant is, and nobody else there.
#[no_mangle]
pub unsafe extern "C" fn entrypoint(input: *mut u8, data: *const u8) -> u64 {{
    let instruction = data as *mut u8;
    // SAFETY: the runtime has the length in front of the data, both in memory that the program may write.
    unsafe {{
        if *(data.sub(8) as *const u64) > 0 {{
            *instruction = match (*instruction, mutation::picked()) {{
{arms}                ({first}.., _) => {none},
                (other, _) => other,
            }};
        }}
        __anchor_dispatch(input, data)
    }}
}}
"""


def add_copies(sources: Path, lib: str, numbered: list[tuple[int, Mutant]]) -> dict[str, str]:
    """The files that hold the copies, and those that name them: `lib.rs`, given as `lib`, and `instructions/mod.rs`."""
    files, modules, uses, arms, handlers = {}, "", "", "", ""
    discriminator = FIRST_DISCRIMINATOR
    for number, mutant in numbered:
        text = (sources / mutant.file).read_text()
        text = text[: mutant.span.start] + mutant.replacement + text[mutant.span.end :]
        types = re.findall(r"pub struct (\w+)", text)
        files[f"instructions/m{number}.rs"] = _renamed(text, types, number)
        modules += f"pub mod m{number};\n"
        uses += f"use instructions::m{number}::*;\n"
        using = [handler for handler in HANDLER.findall(lib) if f"Context<{mutant.place}>" in handler[1]]
        if not using:
            raise ValueError(f"no instruction has the accounts {mutant.place}")
        for original, body, name in using:
            copy = body.replace(f"fn {name}(", f"fn {name}_{number}(", 1)
            handlers += f"\n    #[discrim = {discriminator}]\n    {_renamed(copy, types, number)}"
            arms += f"                ({original}, {number}) => {discriminator},\n"
            discriminator += 1
    if discriminator > NO_DISCRIMINATOR:
        raise ValueError("there are more copies of instructions than numbers")
    end = lib.rindex("}\n")
    entry = ENTRY.format(arms=arms, first=FIRST_DISCRIMINATOR, none=NO_DISCRIMINATOR)
    changed = lib[:end] + handlers + lib[end:] + uses + entry
    return {**files, "lib.rs": changed, "instructions/mod.rs": (sources / "instructions/mod.rs").read_text() + modules}


def _renamed(text: str, types: list[str], number: int) -> str:
    return re.sub(rf"\b({'|'.join(types)})\b", rf"\g<1>M{number}", text)
