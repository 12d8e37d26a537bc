"""
Prints Ed25519 signatures as JSON, honest ones and such as only an attacker makes, each with this implementation's verdict: the SDK
must give the same. Libraries differ here; two clients that differ would disagree on whose keys are whose.
"""

import hashlib
import json
from collections.abc import Iterator
from itertools import count

from postern.ed25519 import BASE, IDENTITY, L, P, Point, add, decode, encode, is_identity, multiply, verify

KEY, NONCE = 123_456_789, 987_654_321
MESSAGES = [bytes([number]) for number in range(8)]


def point_of_order_8() -> Point:
    for y in count(2):
        point = decode(y.to_bytes(32, "little"))
        if point is not None and not is_identity(multiply(4 * L, point)):
            return multiply(L, point)
    raise AssertionError


def signed(public: Point, commitment: Point | bytes, nonce: int, message: bytes, *, beyond: int = 0) -> dict[str, str]:
    """A signature that holds up to the cofactor, over the commitment's encoding where bytes are given, with `beyond` added to S."""
    a, r = encode(public), commitment if isinstance(commitment, bytes) else encode(commitment)
    k = int.from_bytes(hashlib.sha512(r + a + message).digest(), "little") % L
    s = ((nonce + k * KEY) % L + beyond).to_bytes(32, "little")
    return {"publicKey": a.hex(), "message": message.hex(), "signature": (r + s).hex()}


def cases() -> Iterator[tuple[str, dict[str, str]]]:
    key, commitment, torsion = multiply(KEY, BASE), multiply(NONCE, BASE), point_of_order_8()
    for message in MESSAGES:
        honest = signed(key, commitment, NONCE, message)
        yield "honest", honest
        yield "of another text", {**honest, "message": (message + b"!").hex()}
        yield "S + L", signed(key, commitment, NONCE, message, beyond=L)
        for order in (1, 2, 4):
            small = multiply(order, torsion)
            yield f"key with a part of order {8 // order}", signed(add(key, small), commitment, NONCE, message)
            yield f"commitment with a part of order {8 // order}", signed(key, add(commitment, small), NONCE, message)
            yield f"commitment of order {8 // order}", signed(key, small, 0, message)
            yield f"key of order {8 // order}", {**honest, "publicKey": encode(small).hex()}
        yield "commitment of order 1", signed(key, IDENTITY, 0, message)
        yield "commitment of order 1, not canonical", signed(key, (P + 1).to_bytes(32, "little"), 0, message)
        yield "commitment of order 1 with a sign", signed(key, (1 | 1 << 255).to_bytes(32, "little"), 0, message)


def main() -> None:
    for name, case in cases():
        valid = verify(*(bytes.fromhex(case[part]) for part in ("publicKey", "message", "signature")))
        print(json.dumps({"name": name, **case, "valid": valid}))


if __name__ == "__main__":
    main()
