"""Section 9: key material under a passphrase."""

import hashlib
import unicodedata

from .errors import require
from .primitives import fixed, label, same, seal, u8, unseal

VERSION = 1
VAULT_BYTES = 98
LOG2_N = range(15, 21)


def _stretched(passphrase: str, salt: bytes, log2_n: int) -> tuple[bytes, bytes]:
    """The box's key and the commitment. scrypt needs 128 · r · N bytes, and a little."""
    normal = unicodedata.normalize("NFKC", passphrase).encode("utf-8")
    n, r = 1 << log2_n, 8
    s = hashlib.scrypt(normal, salt=label("vault") + fixed(salt, 16), n=n, r=r, p=1, dklen=64, maxmem=128 * r * n + (1 << 20))
    return s[:32], s[32:]


def seal_vault(ikm: bytes, passphrase: str, salt: bytes, log2_n: int = 17) -> bytes:
    require(log2_n in LOG2_N and passphrase != "", "INVALID_ARGUMENT")
    key, commitment = _stretched(passphrase, salt, log2_n)
    return u8(VERSION) + u8(log2_n) + salt + commitment + seal(key, fixed(ikm, 32))


def open_vault(vault: bytes, passphrase: str) -> bytes:
    """The 32 bytes in it."""
    require(len(vault) == VAULT_BYTES, "VAULT_INVALID", "length")
    require(vault[0] == VERSION and vault[1] in LOG2_N, "VAULT_UNSUPPORTED")
    key, commitment = _stretched(passphrase, vault[2:18], vault[1])
    require(same(commitment, vault[18:50]), "PASSPHRASE_WRONG")
    return unseal(key, vault[50:], "VAULT_INVALID")
