"""The program's accounts (docs/ARCHITECTURE.md, Accounts), read from the bytes that an RPC endpoint serves."""

import hashlib
from dataclasses import dataclass

from .errors import require
from .inbox import InboxLife
from .primitives import integer

VERSION = 1
PROFILE_BYTES = 432
BUNDLE_BYTES = 1488
RING_OFFSET = 444
NO_GENERATION = 2**32 - 1
RECENT_REQUESTS = 8
NOBODY = bytes(32)
REQUEST, OPEN, DECLINED = 0, 1, 2
ANYONE, POSTAGE, CLOSED = 0, 1, 2
ACTIVATED = 1


def _check(name: str, data: bytes, least: int) -> None:
    discriminator = hashlib.sha256(f"account:{name}".encode()).digest()[:8]
    require(len(data) >= least and data[:8] == discriminator and data[8] == VERSION, "ACCOUNT_INVALID", name)


def _u32(data: bytes, at: int) -> int:
    return integer(data[at : at + 4])


def _key(data: bytes, at: int) -> bytes:
    return data[at : at + 32]


@dataclass(frozen=True)
class Profile:
    policy: int
    root_number: int
    current_generation: int | None
    next_generation: int
    requests: int
    wallet: bytes
    delegate: bytes
    recent: tuple[bytes, ...]

    @staticmethod
    def decode(data: bytes) -> "Profile":
        _check("Profile", data, PROFILE_BYTES)
        current = _u32(data, 16)
        requests = integer(data[32:40])
        first = max(0, requests - RECENT_REQUESTS)
        recent = tuple(_key(data, 144 + 32 * (n % RECENT_REQUESTS)) for n in range(first, requests))
        generation = None if current == NO_GENERATION else current
        return Profile(data[9], _u32(data, 12), generation, _u32(data, 20), requests, _key(data, 48), _key(data, 80), recent)


@dataclass(frozen=True)
class KeyBundle:
    activated: bool
    card: bytes
    certificate: bytes
    kem_public: bytes

    @staticmethod
    def decode(data: bytes) -> "KeyBundle":
        _check("KeyBundle", data, BUNDLE_BYTES)
        return KeyBundle(data[9] == ACTIVATED, data[14:156], data[156:220], data[252:1468])


@dataclass(frozen=True)
class Frame:
    number: int
    time: int
    payload: bytes


@dataclass(frozen=True)
class Inbox:
    """An inbox's header, and its ring as it lies there."""

    state: int
    index: int
    head: bytes
    next: int
    first: int
    acknowledged: int
    tail: int
    used: int
    opened_time: int
    opened_slot: int
    writer: bytes
    reader: bytes
    recipient: bytes
    reply: bytes
    open_salt: bytes
    owner_box: bytes
    ring: bytes

    @staticmethod
    def decode(data: bytes) -> "Inbox":
        _check("Inbox", data, RING_OFFSET)
        capacity, ring = _u32(data, 440), data[RING_OFFSET:]
        tail, used = _u32(data, 64), _u32(data, 68)
        require(len(ring) == capacity and used <= capacity and (tail < capacity or used == 0), "ACCOUNT_INVALID", "ring")
        return Inbox(
            state=data[9],
            index=_u32(data, 12),
            head=_key(data, 16),
            next=_u32(data, 48),
            first=_u32(data, 56),
            acknowledged=_u32(data, 60),
            tail=tail,
            used=used,
            opened_time=_u32(data, 88),
            opened_slot=integer(data[72:80]),
            writer=_key(data, 92),
            reader=_key(data, 124),
            recipient=_key(data, 156),
            reply=data[220:280],
            open_salt=data[280:296],
            owner_box=data[296:416],
            ring=ring,
        )

    def life(self, address: bytes) -> InboxLife:
        return InboxLife(address, self.writer, self.open_salt)
