"""Section 4: the open salt, and what a writer seals for itself in its own inbox."""

from dataclasses import dataclass

from .errors import require
from .inbox import InboxLife
from .primitives import expand, fixed, integer, seal, u32, unseal
from .primitives import role as encoded_role

OWNER_BOX_BYTES = 120


@dataclass(frozen=True, repr=False)
class Opening:
    """What the owner box holds: role 0 opens a thread (link = the peer's bundle hash), 1 answers one (link = the opener's inbox)."""

    role: int
    peer_generation: int
    peer_wallet: bytes
    link: bytes
    thread: bytes


def open_salt(owner: bytes, r32: bytes, address: bytes, writer: bytes, role: int, peer_wallet: bytes, peer_generation: int, link: bytes, extra: bytes) -> bytes:
    """16 bytes. `extra` is the own bundle hash in role 0, the thread in role 1."""
    parts = [r32, address, writer, peer_wallet, link, extra]
    for part in parts:
        fixed(part, 32)
    context = r32 + encoded_role(role) + address + writer + peer_wallet + u32(peer_generation) + link + extra
    return expand(owner, "open salt", context, 16)


def _key(owner: bytes, inbox: InboxLife) -> bytes:
    return expand(owner, "owner box", inbox.context, 32)


def seal_owner_box(owner: bytes, inbox: InboxLife, opening: Opening) -> bytes:
    plaintext = encoded_role(opening.role) + bytes(3) + u32(opening.peer_generation) + opening.peer_wallet + opening.link + opening.thread
    return seal(_key(owner, inbox), fixed(plaintext, OWNER_BOX_BYTES - 16))


def open_owner_box(owner: bytes, inbox: InboxLife, box: bytes) -> Opening:
    require(len(box) == OWNER_BOX_BYTES, "OWNER_BOX_INVALID")
    plain = unseal(_key(owner, inbox), box, "OWNER_BOX_INVALID")
    require(plain[0] in (0, 1) and plain[1:4] == bytes(3), "OWNER_BOX_INVALID")
    return Opening(plain[0], integer(plain[4:8]), plain[8:40], plain[40:72], plain[72:104])
