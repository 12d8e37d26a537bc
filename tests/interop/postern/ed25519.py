"""
Ed25519. libsodium signs. Verification is written out here, from RFC 8032 section 5.1.7, because libraries differ in it:
libsodium and OpenSSL check the equation without the cofactor, FIPS 186-5 section 7.7.2 with it, and the protocol has to
say which signatures it takes.
"""

import hashlib

from nacl import bindings

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)

Point = tuple[int, int, int, int]  # extended coordinates X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z
IDENTITY: Point = (0, 1, 1, 0)


def public_key(seed: bytes) -> bytes:
    return bindings.crypto_sign_seed_keypair(seed)[0]


def sign(seed: bytes, message: bytes) -> bytes:
    """The 64 bytes of the signature."""
    return bindings.crypto_sign(message, bindings.crypto_sign_seed_keypair(seed)[1])[:64]


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """
    True for a signature with S < L, canonical points, a key that is not of small order, and
    [8][S]B = [8]R + [8][k]A. All inputs are public, so nothing here needs constant time.
    """
    if len(public) != 32 or len(signature) != 64:
        return False
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    key, commitment = decode(public), decode(r)
    if s >= L or key is None or commitment is None or is_identity(multiply(8, key)):
        return False
    k = int.from_bytes(hashlib.sha512(r + public + message).digest(), "little") % L
    right = add(commitment, multiply(k, key))
    return equal(multiply(8, multiply(s, BASE)), multiply(8, right))


def decode(data: bytes) -> Point | None:
    """The point, or None for an encoding that is not canonical or off the curve (RFC 8032, section 5.1.3)."""
    y = int.from_bytes(data, "little")
    sign_bit, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P == -u % P:
        x = x * SQRT_MINUS_1 % P
    if v * x * x % P != u or (x == 0 and sign_bit):
        return None
    if x & 1 != sign_bit:
        x = P - x
    return (x, y, 1, x * y % P)


def encode(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def add(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(scalar: int, point: Point) -> Point:
    result = IDENTITY
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def equal(one: Point, other: Point) -> bool:
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (one[1] * other[2] - other[1] * one[2]) % P == 0


def is_identity(point: Point) -> bool:
    return equal(point, IDENTITY)


_base = decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
assert _base is not None
BASE: Point = _base
