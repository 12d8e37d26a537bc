"""Section 2: the generation secrets of a root, and the keys of a generation."""

from dataclasses import dataclass
from functools import cached_property

from . import ed25519, xwing
from .errors import require
from .primitives import expand, extract, fixed, u32, x25519_public

MAX_GENERATION = 65_535


def generation_secret(domain: bytes, root: bytes, generation: int) -> bytes:
    require(0 <= generation <= MAX_GENERATION, "INVALID_ARGUMENT", "generation")
    return expand(extract(domain, fixed(root, 32)), "generation", u32(generation), 32)


@dataclass(frozen=True, repr=False)
class Keys:
    """Every key of one generation, from its 32-byte secret."""

    domain: bytes
    secret: bytes

    @cached_property
    def _prk(self) -> bytes:
        return extract(self.domain, fixed(self.secret, 32))

    @cached_property
    def identity_secret(self) -> bytes:
        return expand(self._prk, "identity", b"", 32)

    @cached_property
    def identity(self) -> bytes:
        """IK."""
        return x25519_public(self.identity_secret)

    @cached_property
    def kem_seed(self) -> bytes:
        return expand(self._prk, "x-wing", b"", 32)

    @cached_property
    def kem_public(self) -> bytes:
        """EK, 1,216 bytes."""
        return xwing.public_key(self.kem_seed)

    @cached_property
    def delegate_seed(self) -> bytes:
        return expand(self._prk, "delegate", b"", 32)

    @cached_property
    def delegate(self) -> bytes:
        return ed25519.public_key(self.delegate_seed)

    @cached_property
    def owner(self) -> bytes:
        """The PRK of this wallet's own boxes, 64 bytes."""
        return expand(self._prk, "owner", b"", 64)

    def writer_seed(self, number: int) -> bytes:
        return expand(self._prk, "writer", u32(number), 32)

    def reader_seed(self, inbox: bytes) -> bytes:
        return expand(self._prk, "reader", fixed(inbox, 32), 32)
