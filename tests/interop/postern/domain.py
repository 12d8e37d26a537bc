"""Section 1: a deployment, its domain D and its scope."""

import re
from dataclasses import dataclass
from functools import cached_property

from .errors import require
from .primitives import fixed, hashed

SCOPE = re.compile(r"[a-z0-9.-]{1,32}")


@dataclass(frozen=True)
class Deployment:
    """One program on one cluster, and the scope that its operator chose."""

    program_id: bytes
    genesis_hash: bytes
    scope: str = "global"

    def __post_init__(self) -> None:
        fixed(self.program_id, 32)
        fixed(self.genesis_hash, 32)
        scope_hash(self.scope)

    @cached_property
    def domain(self) -> bytes:
        """D: everything depends on it."""
        return hashed("domain", self.program_id, self.genesis_hash)


def scope_hash(scope: str) -> bytes:
    require(SCOPE.fullmatch(scope) is not None, "INVALID_ARGUMENT", "scope")
    return hashed("scope", scope.encode("ascii"))
