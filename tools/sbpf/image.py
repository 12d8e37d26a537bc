"""Lays one object file out as two blobs, code and read-only data, and lists every place where one refers to the other.

Both ELF forms are written from this: they differ only in where the blobs are loaded and how a reference is encoded.
A program has no writable data of its own, so `.data` and `.bss` are refused.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import Enum, auto
from typing import Iterator

from .elf import (
    R_BPF_64_32,
    R_BPF_64_64,
    R_BPF_64_ABS64,
    SHF_WRITE,
    SHN_LORESERVE,
    SHT_NOBITS,
    LinkError,
    ObjectFile,
    Relocation,
    Section,
    Symbol,
)
from .syscalls import SYSCALLS

SLOT = 8
"""Bytes of one instruction slot; `lddw` takes two."""
IMMEDIATE = 4
"""Offset of the 32-bit immediate in a slot."""
OP_LDDW = 0x18
OP_CALL = 0x85
OP_CALLX = 0x8D
ENTRY_SYMBOL = "entrypoint"


class Blob(Enum):
    CODE = auto()
    DATA = auto()


class Kind(Enum):
    LOAD = auto()
    """`lddw`: an address split over two immediates."""
    CALL = auto()
    """`call` of a function in the program."""
    SYSCALL = auto()
    """`call` of the runtime."""
    POINTER = auto()
    """Eight bytes of data that hold an address."""


@dataclass(frozen=True)
class Place:
    blob: Blob
    offset: int


@dataclass(frozen=True)
class Reference:
    """At `at`, something refers to `target` (or to the syscall `name`)."""

    kind: Kind
    at: Place
    target: Place
    name: str


@dataclass
class Image:
    code: bytearray
    data: bytearray
    entry: int
    """Offset of the entry point in `code`."""
    references: list[Reference]

    def blob(self, which: Blob) -> bytearray:
        return self.code if which is Blob.CODE else self.data

    def instructions(self) -> Iterator[int]:
        """Offsets of the instructions, stepping over the second slot of an `lddw`."""
        at = 0
        while at < len(self.code):
            yield at
            at += 2 * SLOT if self.code[at] == OP_LDDW else SLOT

    def syscalls(self) -> list[str]:
        """Names of the syscalls that are used, in order of first use."""
        return list(dict.fromkeys(r.name for r in self.references if r.kind is Kind.SYSCALL))


def lay_out(source: ObjectFile) -> Image:
    """Throws LinkError on writable data, an unknown relocation, or an undefined symbol that is no syscall."""
    code, data = bytearray(), bytearray()
    placed: dict[int, Place] = {}
    for index, section in enumerate(source.sections):
        if not section.is_loaded:
            continue
        _refuse_writable(section)
        blob = code if section.is_code else data
        blob += bytes(-len(blob) % max(section.alignment, SLOT))
        placed[index] = Place(Blob.CODE if section.is_code else Blob.DATA, len(blob))
        blob += section.data
    data += bytes(-len(data) % SLOT)
    unknown = sorted({s.name for s in source.symbols if s.name and not s.is_defined and s.name not in SYSCALLS})
    if unknown:
        raise LinkError(f"undefined and no syscall of the runtime: {', '.join(unknown)}")
    entry = next((s for s in source.symbols if s.name == ENTRY_SYMBOL and s.is_defined), None)
    if entry is None:
        raise LinkError(f"the program has no `{ENTRY_SYMBOL}` function")
    image = Image(code, data, _place(entry, placed).offset, [])
    image.references = [_reference(r, source, placed, image) for r in source.relocations if r.section in placed]
    return image


def _refuse_writable(section: Section) -> None:
    if section.flags & SHF_WRITE or section.type == SHT_NOBITS:
        raise LinkError(f"a program has no writable data, but section {section.name} holds {section.size} bytes of it")


def _place(symbol: Symbol, placed: dict[int, Place]) -> Place:
    if symbol.section >= SHN_LORESERVE or symbol.section not in placed:
        raise LinkError(f"symbol {symbol.name or '(section)'} lies in no loaded section")
    base = placed[symbol.section]
    return Place(base.blob, base.offset + symbol.value)


def _reference(relocation: Relocation, source: ObjectFile, placed: dict[int, Place], image: Image) -> Reference:
    base = placed[relocation.section]
    at = Place(base.blob, base.offset + relocation.offset)
    blob = image.blob(at.blob)
    symbol = source.symbols[relocation.symbol]
    if relocation.type == R_BPF_64_32:
        if at.blob is not Blob.CODE or blob[at.offset] != OP_CALL:
            raise LinkError(f"a call relocation at {at.blob.name.lower()}+{at.offset:#x}, where there is no call")
        if not symbol.is_defined:
            return Reference(Kind.SYSCALL, at, at, symbol.name)
        # A call by section symbol holds its target in the immediate, in slots, counted from the slot before.
        slots = struct.unpack_from("<i", blob, at.offset + IMMEDIATE)[0] + 1 if symbol.is_section else 0
        kind, addend = Kind.CALL, slots * SLOT
    elif relocation.type == R_BPF_64_64:
        kind, addend = Kind.LOAD, struct.unpack_from("<i", blob, at.offset + IMMEDIATE)[0]
    elif relocation.type == R_BPF_64_ABS64:
        kind, addend = Kind.POINTER, struct.unpack_from("<q", blob, at.offset)[0]
    else:
        raise LinkError(f"relocation type {relocation.type} is not one that a program can have")
    if not symbol.is_defined:
        raise LinkError(f"the address of syscall {symbol.name} is taken; it can only be called")
    target = _place(symbol, placed)
    offset = target.offset + addend + relocation.addend
    limit = len(image.blob(target.blob))
    if not 0 <= offset <= limit or (kind is Kind.CALL and (target.blob is not Blob.CODE or offset == limit)):
        raise LinkError(f"a {kind.name.lower()} of {symbol.name or 'a section'} leaves {target.blob.name.lower()}")
    return Reference(kind, at, Place(target.blob, offset), symbol.name)
