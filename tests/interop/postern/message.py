"""Section 6: one message in one frame."""

from dataclasses import dataclass

from .errors import ProtocolError, require
from .primitives import expand, fixed, integer, same, seal, u8, u16, u32, u64, unseal

PREFIX = b"\x01\x02"
BUCKETS = (96, 224, 480, 768, 896)
SALT_BYTES = 12
COMMITMENT_BYTES = 16
OVERHEAD_BYTES = 46
INNER_HEADER_BYTES = 9
TEXT, MOVED = 0, 1


@dataclass(frozen=True)
class Inner:
    kind: int
    sent: int
    seen: int
    body: bytes

    def encode(self) -> bytes:
        return u8(self.kind) + u32(self.sent) + u32(self.seen) + self.body


def _keys(key: bytes, seq: int, salt: bytes) -> tuple[bytes, bytes]:
    both = expand(key, "message", PREFIX + u64(seq) + fixed(salt, SALT_BYTES), 48)
    return both[:32], both[32:]


def bucket(body_bytes: int) -> int | None:
    """The padded length for a body, None where no bucket holds it."""
    return next((size for size in BUCKETS if 2 + INNER_HEADER_BYTES + body_bytes <= size), None)


def padded(inner: Inner) -> bytes:
    size, encoded = bucket(len(inner.body)), inner.encode()
    if size is None:
        raise ProtocolError("TEXT_TOO_LONG")
    return (u16(len(encoded)) + encoded).ljust(size, b"\0")


def seal_message(key: bytes, seq: int, inner: Inner, r32: bytes) -> bytes:
    plaintext = padded(inner)
    salt = expand(key, "salt", fixed(r32, 32) + u64(seq) + plaintext, SALT_BYTES)
    message_key, commitment = _keys(key, seq, salt)
    return PREFIX + salt + commitment + seal(message_key, plaintext)


def open_message(key: bytes, seq: int, frame: bytes) -> Inner:
    require(len(frame) >= len(PREFIX), "FRAME_MALFORMED")
    require(frame[0] == PREFIX[0], "SUITE_UNKNOWN")
    require(frame[1] == PREFIX[1], "FRAME_UNKNOWN")
    require(len(frame) - OVERHEAD_BYTES in BUCKETS, "FRAME_MALFORMED")
    salt, commitment, box = frame[2:14], frame[14:30], frame[30:]
    message_key, expected = _keys(key, seq, salt)
    require(same(commitment, expected), "KEY_MISMATCH")
    plaintext = unseal(message_key, box, "MESSAGE_FORGED")
    end = 2 + integer(plaintext[:2])
    require(2 + INNER_HEADER_BYTES <= end <= len(plaintext), "PADDING_INVALID")
    require(not any(plaintext[end:]), "PADDING_INVALID")
    inner = plaintext[2:end]
    return Inner(inner[0], integer(inner[1:5]), integer(inner[5:9]), inner[9:])


def decode_text(body: bytes) -> str:
    """UTF-8, strictly, nothing taken away."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProtocolError("INVALID_TEXT") from error


def text_of(inner: Inner) -> str:
    """What a message of kind 0 says. Any other kind is one unreadable message."""
    require(inner.kind == TEXT, "CONTENT_UNKNOWN")
    return decode_text(inner.body)
