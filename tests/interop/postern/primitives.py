"""Section 1: labels, hashes, HKDF, the box with the zero nonce, X25519, integers."""

import hashlib
import hmac

from nacl import bindings
from nacl.exceptions import CryptoError
from nacl.exceptions import RuntimeError as SodiumError

from .errors import ProtocolError, require

ZERO_NONCE = bytes(24)
HASH_BYTES = 64  # of SHA-512


def u8(value: int) -> bytes:
    return _little(value, 1)


def u16(value: int) -> bytes:
    return _little(value, 2)


def u32(value: int) -> bytes:
    return _little(value, 4)


def u64(value: int) -> bytes:
    return _little(value, 8)


def role(value: int) -> bytes:
    """0 opens a thread, 1 answers one."""
    require(value in (0, 1), "INVALID_ARGUMENT", "role")
    return u8(value)


def _little(value: int, length: int) -> bytes:
    require(0 <= value < 1 << 8 * length, "INVALID_ARGUMENT", f"a number beyond {length} bytes")
    return value.to_bytes(length, "little")


def integer(data: bytes) -> int:
    return int.from_bytes(data, "little")


def fixed(data: bytes, length: int) -> bytes:
    """`data` as it is. Every field has a fixed length, checked before use, so that joining is unambiguous."""
    require(len(data) == length, "INVALID_ARGUMENT", f"{len(data)} bytes where {length} belong")
    return data


def label(text: str) -> bytes:
    return b"postern/1 " + text.encode("ascii") + b"\0"


def hashed(name: str, *parts: bytes) -> bytes:
    return hashlib.sha256(label(name) + b"".join(parts)).digest()


def extract(salt: bytes, ikm: bytes) -> bytes:
    return hmac.digest(salt, ikm, "sha512")


def expand(prk: bytes, name: str, context: bytes, length: int) -> bytes:
    """RFC 5869, section 2.3. 64 bytes of PRK in, `length` bytes out."""
    info = label(name) + context
    block, output = b"", b""
    for counter in range(1, -(-length // HASH_BYTES) + 1):
        block = hmac.digest(fixed(prk, HASH_BYTES), block + info + u8(counter), "sha512")
        output += block
    return output[:length]


def seal(key: bytes, plaintext: bytes) -> bytes:
    """secretbox under the zero nonce: 16 bytes of tag, then the ciphertext. One key, one plaintext, always."""
    return bindings.crypto_secretbox(plaintext, ZERO_NONCE, fixed(key, 32))


def unseal(key: bytes, box: bytes, code: str) -> bytes:
    """The plaintext, or the given code where the box does not open."""
    try:
        return bindings.crypto_secretbox_open(box, ZERO_NONCE, fixed(key, 32))
    except CryptoError as error:
        raise ProtocolError(code) from error


def same(one: bytes, other: bytes) -> bool:
    """In constant time."""
    return hmac.compare_digest(one, other)


def x25519_public(secret: bytes) -> bytes:
    return bindings.crypto_scalarmult_base(fixed(secret, 32))


def dh(secret: bytes, public: bytes) -> bytes:
    """X25519; libsodium refuses what gives all zeros."""
    try:
        shared = bindings.crypto_scalarmult(fixed(secret, 32), fixed(public, 32))
    except SodiumError as error:
        raise ProtocolError("LOW_ORDER_POINT") from error
    if same(shared, bytes(32)):
        raise ProtocolError("LOW_ORDER_POINT")
    return shared
