"""Section 7: the sealed pointer to the inbox that answers."""

from .errors import require
from .primitives import expand, extract, fixed, seal, unseal

SALT_BYTES = 12
POINTER_BYTES = 60


def _key(domain: bytes, thread: bytes, inbox_x: bytes, reader: bytes, salt: bytes) -> bytes:
    return expand(extract(domain, fixed(thread, 32)), "reply", fixed(inbox_x, 32) + fixed(reader, 32) + salt, 32)


def seal_pointer(domain: bytes, thread: bytes, r32: bytes, inbox_x: bytes, reader: bytes, inbox_y: bytes) -> bytes:
    context = fixed(r32, 32) + fixed(inbox_x, 32) + fixed(reader, 32) + fixed(inbox_y, 32)
    salt = expand(extract(domain, fixed(thread, 32)), "reply salt", context, SALT_BYTES)
    return salt + seal(_key(domain, thread, inbox_x, reader, salt), inbox_y)


def open_pointer(domain: bytes, thread: bytes, inbox_x: bytes, reader: bytes, pointer: bytes) -> bytes:
    """The address of Y."""
    require(len(pointer) == POINTER_BYTES, "REPLY_POINTER_INVALID")
    salt, box = pointer[:SALT_BYTES], pointer[SALT_BYTES:]
    return unseal(_key(domain, thread, inbox_x, reader, salt), box, "REPLY_POINTER_INVALID")
