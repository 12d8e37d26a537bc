"""Reads the relocatable ELF objects that `llc -march=bpfel` writes, and names the ELF constants that the writers use.

Sources: System V ABI (ELF-64 object file format); the BPF relocation types of LLVM's `BPF.def`.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

MAGIC_64_LITTLE_ENDIAN = b"\x7fELF\x02\x01\x01" + bytes(9)
HEADER_SIZE = 64
PROGRAM_HEADER_SIZE = 56
SECTION_HEADER_SIZE = 64
SYMBOL_SIZE = 24
REL_SIZE = 16
RELA_SIZE = 24

ET_DYN = 3
EM_BPF = 247
EV_CURRENT = 1

PT_LOAD, PT_DYNAMIC = 1, 2
PF_X, PF_W, PF_R = 1, 2, 4

SHT_PROGBITS, SHT_SYMTAB, SHT_STRTAB, SHT_RELA, SHT_DYNAMIC, SHT_NOBITS, SHT_REL, SHT_DYNSYM = 1, 2, 3, 4, 6, 8, 9, 11
SHF_WRITE, SHF_ALLOC, SHF_EXECINSTR = 1, 2, 4
SHN_UNDEF, SHN_LORESERVE = 0, 0xFF00

STT_SECTION = 3
STB_GLOBAL = 1

R_BPF_64_64 = 1
"""A 64-bit immediate load (`lddw`): the address is split over the two instruction slots."""
R_BPF_64_ABS64 = 2
"""A plain 64-bit pointer in data."""
R_BPF_64_RELATIVE = 8
"""Solana's own: the loader adds the program's base address."""
R_BPF_64_32 = 10
"""A `call`: counted in instruction slots from the one that follows."""

FILE_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
PROGRAM_HEADER = struct.Struct("<IIQQQQQQ")
SECTION_HEADER = struct.Struct("<IIQQQQIIQQ")
SYMBOL = struct.Struct("<IBBHQQ")


class LinkError(Exception):
    """The program cannot be linked; the message says why and what to change."""


@dataclass(frozen=True)
class Section:
    name: str
    type: int
    flags: int
    data: bytes
    size: int
    link: int
    info: int
    alignment: int

    @property
    def is_loaded(self) -> bool:
        return bool(self.flags & SHF_ALLOC) and self.size > 0

    @property
    def is_code(self) -> bool:
        return bool(self.flags & SHF_EXECINSTR)


@dataclass(frozen=True)
class Symbol:
    name: str
    section: int
    value: int
    is_section: bool

    @property
    def is_defined(self) -> bool:
        return self.section != SHN_UNDEF


@dataclass(frozen=True)
class Relocation:
    section: int
    """Index of the section that is patched."""
    offset: int
    type: int
    symbol: int
    addend: int
    """Zero for the REL form, whose addend stands in the patched bytes."""


@dataclass(frozen=True)
class ObjectFile:
    sections: list[Section]
    symbols: list[Symbol]
    relocations: list[Relocation]


def read_object(data: bytes) -> ObjectFile:
    """Parses a relocatable object. Throws LinkError when `data` is no 64-bit little-endian BPF object."""
    if len(data) < HEADER_SIZE or not data.startswith(MAGIC_64_LITTLE_ENDIAN[:7]):
        raise LinkError("not a 64-bit little-endian ELF object")
    header = FILE_HEADER.unpack_from(data)
    machine, section_offset, section_count, names_index = header[2], header[6], header[12], header[13]
    if machine != EM_BPF:
        raise LinkError(f"an object for machine {machine}, not for BPF ({EM_BPF})")
    raw = [SECTION_HEADER.unpack_from(data, section_offset + i * SECTION_HEADER_SIZE) for i in range(section_count)]
    body = [b"" if r[1] == SHT_NOBITS else data[r[4] : r[4] + r[5]] for r in raw]
    names = body[names_index]
    sections = [
        Section(_text(names, r[0]), r[1], r[2], body[i], r[5], r[6], r[7], r[8]) for i, r in enumerate(raw)
    ]
    symbols = [s for section in sections if section.type == SHT_SYMTAB for s in _symbols(section, sections)]
    relocations = [r for section in sections if section.type in (SHT_REL, SHT_RELA) for r in _relocations(section)]
    return ObjectFile(sections, symbols, relocations)


def _symbols(table: Section, sections: list[Section]) -> list[Symbol]:
    names = sections[table.link].data
    entries = (SYMBOL.unpack_from(table.data, at) for at in range(0, table.size, SYMBOL_SIZE))
    return [
        Symbol(_text(names, name), section, value, (info & 0xF) == STT_SECTION)
        for name, info, _other, section, value, _size in entries
    ]


def _relocations(table: Section) -> list[Relocation]:
    size = REL_SIZE if table.type == SHT_REL else RELA_SIZE
    found = []
    for at in range(0, table.size, size):
        offset, info = struct.unpack_from("<QQ", table.data, at)
        addend = struct.unpack_from("<q", table.data, at + REL_SIZE)[0] if table.type == SHT_RELA else 0
        found.append(Relocation(table.info, offset, info & 0xFFFF_FFFF, info >> 32, addend))
    return found


def _text(table: bytes, offset: int) -> str:
    return table[offset : table.index(b"\0", offset)].decode()
