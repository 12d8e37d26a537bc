"""Section 3: the number that two people compare."""

import hashlib

from .primitives import fixed, label


def safety_number(one: tuple[bytes, bytes], other: tuple[bytes, bytes]) -> str:
    """60 digits, from two pairs of wallet and bundle hash."""
    pairs = b"".join(fixed(wallet, 32) + fixed(bundle, 32) for wallet, bundle in sorted([one, other]))
    h = hashlib.sha512(label("safety") + pairs).digest()
    groups = [int.from_bytes(h[5 * i : 5 * i + 5], "big") % 100_000 for i in range(12)]
    return "".join(f"{group:05d}" for group in groups)
