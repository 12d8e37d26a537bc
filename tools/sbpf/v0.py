"""Writes the sBPF v0 form: a shared object with a dynamic section, as the first Solana loader wants it.

The loader maps the file's own offsets, so address equals file offset everywhere. It resolves syscalls by the name of a
dynamic symbol (R_BPF_64_32) and adds the program's base to every address that is listed as R_BPF_64_RELATIVE.
"""

from __future__ import annotations

import struct

from .elf import (
    EM_BPF,
    ET_DYN,
    EV_CURRENT,
    FILE_HEADER,
    HEADER_SIZE,
    MAGIC_64_LITTLE_ENDIAN,
    PF_R,
    PF_X,
    PROGRAM_HEADER,
    PROGRAM_HEADER_SIZE,
    PT_DYNAMIC,
    PT_LOAD,
    R_BPF_64_32,
    R_BPF_64_RELATIVE,
    REL_SIZE,
    SECTION_HEADER,
    SECTION_HEADER_SIZE,
    SHF_ALLOC,
    SHF_EXECINSTR,
    SHF_WRITE,
    SHT_DYNAMIC,
    SHT_DYNSYM,
    SHT_PROGBITS,
    SHT_REL,
    SHT_STRTAB,
    STB_GLOBAL,
    SYMBOL,
    SYMBOL_SIZE,
)
from .image import IMMEDIATE, OP_CALLX, SLOT, Blob, Image, Kind, Place

FLAGS_V0 = 0
PAGE = 4096
ALIGNMENT = 8
PROGRAM_HEADERS = 3
SOURCE_INTERNAL = 1
DT_NULL, DT_STRTAB, DT_SYMTAB, DT_STRSZ, DT_SYMENT, DT_REL, DT_RELSZ, DT_RELENT = 0, 5, 6, 10, 11, 17, 18, 19
DYNAMIC_ENTRIES = 8
DYNAMIC_ENTRY_SIZE = 16
SECTIONS = ("", ".text", ".rodata", ".dynamic", ".dynsym", ".dynstr", ".rel.dyn", ".shstrtab")
TEXT, RODATA, DYNAMIC, DYNSYM, DYNSTR, REL_DYN, SHSTRTAB = range(1, len(SECTIONS))


def write_v0(image: Image) -> bytes:
    text_at = _align(HEADER_SIZE + PROGRAM_HEADER_SIZE * PROGRAM_HEADERS)
    data_at = _align(text_at + len(image.code))
    names = image.syscalls()
    _move_callx_register(image)
    relocations = _resolve(image, names, text_at, data_at)
    symbols, strings = _dynamic_symbols(names)
    dynamic_at = _align(data_at + len(image.data))
    symbols_at = dynamic_at + DYNAMIC_ENTRIES * DYNAMIC_ENTRY_SIZE
    strings_at = symbols_at + len(symbols)
    relocations_at = _align(strings_at + len(strings))
    names_at = relocations_at + len(relocations)
    dynamic = b"".join(
        struct.pack("<QQ", tag, value)
        for tag, value in (
            (DT_SYMENT, SYMBOL_SIZE), (DT_REL, relocations_at), (DT_RELSZ, len(relocations)), (DT_RELENT, REL_SIZE),
            (DT_SYMTAB, symbols_at), (DT_STRTAB, strings_at), (DT_STRSZ, len(strings)), (DT_NULL, 0),
        )
    )  # fmt: skip
    section_names = b"".join(name.encode() + b"\0" for name in SECTIONS)
    headers_at = _align(names_at + len(section_names))
    out = bytearray(headers_at)
    parts = (
        (text_at, image.code), (data_at, image.data), (dynamic_at, dynamic), (symbols_at, symbols),
        (strings_at, strings), (relocations_at, relocations), (names_at, section_names),
    )  # fmt: skip
    for at, part in parts:
        out[at : at + len(part)] = part
    header = FILE_HEADER.pack(
        MAGIC_64_LITTLE_ENDIAN, ET_DYN, EM_BPF, EV_CURRENT, text_at + image.entry, HEADER_SIZE, headers_at, FLAGS_V0,
        HEADER_SIZE, PROGRAM_HEADER_SIZE, PROGRAM_HEADERS, SECTION_HEADER_SIZE, len(SECTIONS), SHSTRTAB,
    )  # fmt: skip
    loads = b"".join(
        PROGRAM_HEADER.pack(type_, flags, at, at, at, size, size, alignment)
        for type_, flags, at, size, alignment in (
            (PT_LOAD, PF_R | PF_X, text_at, len(image.code), PAGE),
            (PT_LOAD, PF_R, data_at, names_at - data_at, PAGE),
            (PT_DYNAMIC, PF_R, dynamic_at, len(dynamic), ALIGNMENT),
        )
    )
    out[: HEADER_SIZE + len(loads)] = header + loads
    sections = (
        (TEXT, SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, text_at, len(image.code), 0, 0, ALIGNMENT, 0),
        (RODATA, SHT_PROGBITS, SHF_ALLOC, data_at, len(image.data), 0, 0, ALIGNMENT, 0),
        (DYNAMIC, SHT_DYNAMIC, SHF_ALLOC | SHF_WRITE, dynamic_at, len(dynamic), DYNSTR, 0, ALIGNMENT, DYNAMIC_ENTRY_SIZE),
        (DYNSYM, SHT_DYNSYM, SHF_ALLOC, symbols_at, len(symbols), DYNSTR, 1, ALIGNMENT, SYMBOL_SIZE),
        (DYNSTR, SHT_STRTAB, SHF_ALLOC, strings_at, len(strings), 0, 0, 1, 0),
        (REL_DYN, SHT_REL, SHF_ALLOC, relocations_at, len(relocations), DYNSYM, 0, ALIGNMENT, REL_SIZE),
        (SHSTRTAB, SHT_STRTAB, 0, names_at, len(section_names), 0, 0, 1, 0),
    )  # fmt: skip
    out += bytes(SECTION_HEADER_SIZE)
    for index, type_, flags, at, size, link, info, alignment, entry_size in sections:
        name = sum(len(n) + 1 for n in SECTIONS[:index])
        address = at if flags & SHF_ALLOC else 0
        out += SECTION_HEADER.pack(name, type_, flags, address, at, size, link, info, alignment, entry_size)
    return bytes(out)


def _align(offset: int) -> int:
    return offset + -offset % ALIGNMENT


def _move_callx_register(image: Image) -> None:
    """LLVM names the register of an indirect call in the destination field; sBPF v0 reads it from the immediate."""
    for at in image.instructions():
        if image.code[at] == OP_CALLX:
            struct.pack_into("<i", image.code, at + IMMEDIATE, image.code[at + 1] & 0x0F)
            image.code[at + 1] = 0


def _resolve(image: Image, syscalls: list[str], text_at: int, data_at: int) -> bytes:
    """Patches every reference and returns the table of those that the loader must patch again, sorted by address."""

    def address(place: Place) -> int:
        return (text_at if place.blob is Blob.CODE else data_at) + place.offset

    table: list[tuple[int, int]] = []
    for reference in image.references:
        blob, at = image.blob(reference.at.blob), reference.at.offset
        if reference.kind is Kind.LOAD:
            target = address(reference.target)
            struct.pack_into("<I", blob, at + IMMEDIATE, target & 0xFFFF_FFFF)
            struct.pack_into("<I", blob, at + SLOT + IMMEDIATE, target >> 32)
            table.append((address(reference.at), R_BPF_64_RELATIVE))
        elif reference.kind is Kind.POINTER:
            # The loader reads a pointer's address from the upper half.
            struct.pack_into("<II", blob, at, 0, address(reference.target))
            table.append((address(reference.at), R_BPF_64_RELATIVE))
        elif reference.kind is Kind.SYSCALL:
            blob[at + 1] = SOURCE_INTERNAL << 4
            struct.pack_into("<i", blob, at + IMMEDIATE, -1)
            symbol = syscalls.index(reference.name) + 1
            table.append((address(reference.at), symbol << 32 | R_BPF_64_32))
        else:
            blob[at + 1] = SOURCE_INTERNAL << 4
            struct.pack_into("<i", blob, at + IMMEDIATE, (reference.target.offset - at) // SLOT - 1)
    return b"".join(struct.pack("<QQ", at, info) for at, info in sorted(table))


def _dynamic_symbols(names: list[str]) -> tuple[bytes, bytes]:
    symbols, strings = bytes(SYMBOL_SIZE), b"\0"
    for name in names:
        symbols += SYMBOL.pack(len(strings), STB_GLOBAL << 4, 0, 0, 0, 0)
        strings += name.encode() + b"\0"
    return symbols, strings
