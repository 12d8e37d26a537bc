"""What names one life of an inbox: its address, its writer and its open salt; its log head; its message key."""

import hashlib
from dataclasses import dataclass

from .primitives import expand, extract, fixed, hashed, u32
from .primitives import role as encoded_role


@dataclass(frozen=True)
class InboxLife:
    address: bytes
    writer: bytes
    open_salt: bytes

    @property
    def context(self) -> bytes:
        return fixed(self.address, 32) + fixed(self.writer, 32) + fixed(self.open_salt, 16)


def inbox_key(domain: bytes, thread: bytes, role: int, inbox: InboxLife) -> bytes:
    """Section 6: K, 64 bytes."""
    return expand(extract(domain, fixed(thread, 32)), "inbox", encoded_role(role) + inbox.context, 64)


def first_head(address: bytes, open_salt: bytes) -> bytes:
    """Section 4: the log's head before any frame."""
    return hashed("log", fixed(address, 32), fixed(open_salt, 16))


def next_head(head: bytes, number: int, time: int, payload: bytes) -> bytes:
    return hashlib.sha256(fixed(head, 32) + u32(number) + u32(time) + payload).digest()
