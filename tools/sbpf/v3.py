"""Writes the sBPF v3 form: two program headers, no sections, no relocations (SIMD-0178, SIMD-0189).

Read-only data is mapped at 0 and code at 1 << 32. Every reference is resolved here: the loader patches nothing.
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
    PT_LOAD,
    SECTION_HEADER_SIZE,
)
from .image import IMMEDIATE, SLOT, Blob, Image, Kind, Place
from .syscalls import syscall_hash

DATA_ADDRESS = 0
CODE_ADDRESS = 1 << 32
FLAGS_V3 = 3
SOURCE_SYSCALL, SOURCE_INTERNAL = 0, 1
"""The source register field of a `call` tells a syscall from a function of the program."""


def write_v3(image: Image) -> bytes:
    _resolve(image)
    segments = [(PF_X, CODE_ADDRESS, bytes(image.code))]
    if image.data:
        segments.insert(0, (PF_R, DATA_ADDRESS, bytes(image.data)))
    offset = HEADER_SIZE + PROGRAM_HEADER_SIZE * len(segments)
    headers, body = b"", b""
    for flags, address, data in segments:
        at = offset + len(body)
        headers += PROGRAM_HEADER.pack(PT_LOAD, flags, at, address, address, len(data), len(data), 0)
        body += data
    header = FILE_HEADER.pack(
        MAGIC_64_LITTLE_ENDIAN, ET_DYN, EM_BPF, EV_CURRENT, CODE_ADDRESS + image.entry, HEADER_SIZE, 0, FLAGS_V3,
        HEADER_SIZE, PROGRAM_HEADER_SIZE, len(segments), SECTION_HEADER_SIZE, 0, 0,
    )  # fmt: skip
    return header + headers + body


def _address(place: Place) -> int:
    return (CODE_ADDRESS if place.blob is Blob.CODE else DATA_ADDRESS) + place.offset


def _resolve(image: Image) -> None:
    for reference in image.references:
        blob, at = image.blob(reference.at.blob), reference.at.offset
        if reference.kind is Kind.LOAD:
            address = _address(reference.target)
            struct.pack_into("<I", blob, at + IMMEDIATE, address & 0xFFFF_FFFF)
            struct.pack_into("<I", blob, at + SLOT + IMMEDIATE, address >> 32)
        elif reference.kind is Kind.POINTER:
            struct.pack_into("<Q", blob, at, _address(reference.target))
        elif reference.kind is Kind.SYSCALL:
            blob[at + 1] = SOURCE_SYSCALL << 4
            struct.pack_into("<I", blob, at + IMMEDIATE, syscall_hash(reference.name))
        else:
            blob[at + 1] = SOURCE_INTERNAL << 4
            struct.pack_into("<i", blob, at + IMMEDIATE, (reference.target.offset - at) // SLOT - 1)
