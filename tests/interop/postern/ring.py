"""The byte ring of an inbox: frames of `len u16 · time u32 · payload`, oldest at `tail`, wrapping wherever it happens to."""

from .accounts import Frame, Inbox
from .errors import require
from .inbox import first_head, next_head
from .primitives import integer

FRAME_HEADER_BYTES = 6


def frames(inbox: Inbox) -> list[Frame]:
    """The frames that the ring still holds, oldest first, each with its number."""
    ring = inbox.ring[inbox.tail :] + inbox.ring[: inbox.tail]
    at, found = 0, []
    for number in range(inbox.first, inbox.next):
        start = at + FRAME_HEADER_BYTES
        end = start + integer(ring[at : at + 2])
        require(end <= inbox.used, "ACCOUNT_INVALID", "frame beyond the used bytes")
        found.append(Frame(number, integer(ring[at + 2 : start]), ring[start:end]))
        at = end
    require(at == inbox.used, "ACCOUNT_INVALID", "used bytes without a frame")
    return found


def check_head(address: bytes, inbox: Inbox) -> None:
    """That a ring which still holds everything is complete and in order. A ring that has lost frames cannot be checked."""
    if inbox.first > 0:
        return
    head = first_head(address, inbox.open_salt)
    for frame in frames(inbox):
        head = next_head(head, frame.number, frame.time, frame.payload)
    require(head == inbox.head, "ACCOUNT_INVALID", "head")
