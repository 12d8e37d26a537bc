"""
X-Wing (draft-connolly-cfrg-xwing-kem): ML-KEM-768 and X25519 in one KEM. The public key is ML-KEM's, 1,184 bytes, then
X25519's, 32; the secret a seed of 32; the ciphertext ML-KEM's, 1,088, then an X25519 ephemeral key, 32.
"""

import hashlib
from functools import lru_cache

from kyber_py.ml_kem import ML_KEM_768

from .errors import ProtocolError
from .primitives import dh, fixed, x25519_public

PUBLIC_KEY_BYTES = 1216
CIPHERTEXT_BYTES = 1120
ML_KEM_PUBLIC_BYTES = 1184
ML_KEM_CIPHERTEXT_BYTES = 1088
Q = 3329
LABEL = rb"\.//^" + b"\\"


@lru_cache(maxsize=64)
def _expand(seed: bytes) -> tuple[bytes, bytes, bytes]:
    """ML-KEM public key, ML-KEM secret key, X25519 secret."""
    expanded = hashlib.shake_256(fixed(seed, 32)).digest(96)
    public, secret = ML_KEM_768.key_derive(expanded[:64])
    return public, secret, expanded[64:]


def public_key(seed: bytes) -> bytes:
    kem_public, _, x_secret = _expand(seed)
    return kem_public + x25519_public(x_secret)


def passes_modulus_check(public: bytes) -> bool:
    """FIPS 203, section 7.2: every 12-bit coefficient of ML-KEM's part is below q."""
    bits = int.from_bytes(fixed(public, PUBLIC_KEY_BYTES)[: ML_KEM_PUBLIC_BYTES - 32], "little")
    return all(bits >> 12 * i & 0xFFF < Q for i in range(3 * 256))


def encapsulate(public: bytes, coins: bytes) -> tuple[bytes, bytes]:
    """Ciphertext and shared secret, from 64 bytes: ML-KEM's m, then the ephemeral X25519 secret."""
    kem_public, x_public = fixed(public, PUBLIC_KEY_BYTES)[:ML_KEM_PUBLIC_BYTES], public[ML_KEM_PUBLIC_BYTES:]
    m, ephemeral = fixed(coins, 64)[:32], coins[32:]
    x_ciphertext, x_shared = x25519_public(ephemeral), dh(ephemeral, x_public)
    try:
        # The library has no public way to pass m; FIPS 203 calls this ML-KEM.Encaps_internal.
        kem_shared, kem_ciphertext = ML_KEM_768._encaps_internal(kem_public, m)
    except ValueError as error:
        raise ProtocolError("BUNDLE_INVALID", "the ML-KEM key fails its modulus check") from error
    return kem_ciphertext + x_ciphertext, _combine(kem_shared, x_shared, x_ciphertext, x_public)


def decapsulate(seed: bytes, ciphertext: bytes) -> bytes:
    """The shared secret, 32 bytes. LOW_ORDER_POINT where X25519 gives zeros."""
    _, kem_secret, x_secret = _expand(seed)
    kem_ciphertext, x_ciphertext = fixed(ciphertext, CIPHERTEXT_BYTES)[:ML_KEM_CIPHERTEXT_BYTES], ciphertext[ML_KEM_CIPHERTEXT_BYTES:]
    x_shared = dh(x_secret, x_ciphertext)
    return _combine(ML_KEM_768.decaps(kem_secret, kem_ciphertext), x_shared, x_ciphertext, x25519_public(x_secret))


def _combine(kem_shared: bytes, x_shared: bytes, x_ciphertext: bytes, x_public: bytes) -> bytes:
    return hashlib.sha3_256(kem_shared + x_shared + x_ciphertext + x_public + LABEL).digest()
