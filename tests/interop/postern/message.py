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
TEXT = 0


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


def seal_message(key: bytes, seq: int, inner: Inner, r32: bytes) -> bytes:
    encoded = inner.encode()
    bucket = next((bucket for bucket in BUCKETS if 2 + len(encoded) <= bucket), None)
    if bucket is None:
        raise ProtocolError("TEXT_TOO_LONG")
    padded = (u16(len(encoded)) + encoded).ljust(bucket, b"\0")
    salt = expand(key, "salt", fixed(r32, 32) + u64(seq) + padded, SALT_BYTES)
    message_key, commitment = _keys(key, seq, salt)
    return PREFIX + salt + commitment + seal(message_key, padded)


def open_message(key: bytes, seq: int, frame: bytes) -> Inner:
    require(len(frame) >= len(PREFIX), "FRAME_MALFORMED")
    require(frame[0] == PREFIX[0], "SUITE_UNKNOWN")
    require(frame[1] == PREFIX[1], "FRAME_UNKNOWN")
    require(len(frame) - OVERHEAD_BYTES in BUCKETS, "FRAME_MALFORMED")
    salt, commitment, box = frame[2:14], frame[14:30], frame[30:]
    message_key, expected = _keys(key, seq, salt)
    require(same(commitment, expected), "KEY_MISMATCH")
    padded = unseal(message_key, box, "MESSAGE_FORGED")
    end = 2 + integer(padded[:2])
    require(2 + INNER_HEADER_BYTES <= end <= len(padded), "PADDING_INVALID")
    require(not any(padded[end:]), "PADDING_INVALID")
    inner = padded[2:end]
    return Inner(inner[0], integer(inner[1:5]), integer(inner[5:9]), inner[9:])


def decode_text(body: bytes) -> str:
    """UTF-8, strictly, nothing taken away."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProtocolError("INVALID_TEXT") from error
