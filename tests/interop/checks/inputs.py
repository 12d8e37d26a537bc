"""The inputs of a case, read by name and type (sdk/vectors/README.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from postern.domain import Deployment
from postern.generations import Keys
from postern.inbox import InboxLife


class Inputs:
    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def text(self, name: str) -> str:
        return str(self._values[name])

    def number(self, name: str) -> int:
        return int(self._values[name])

    def octets(self, name: str) -> bytes:
        return bytes.fromhex(self._values[name])

    def byte_list(self, name: str) -> list[bytes]:
        return [bytes.fromhex(value) for value in self._values[name]]

    def objects(self, name: str) -> list[Inputs]:
        return [Inputs(values) for values in self._values[name]]

    def deployment(self) -> Deployment:
        return Deployment(self.octets("programId"), self.octets("genesisHash"), self.text("scope"))

    def inbox(self) -> InboxLife:
        return InboxLife(self.octets("inbox"), self.octets("writer"), self.octets("openSalt"))

    def keys(self, domain: bytes | None = None) -> Keys:
        return Keys(self.octets("domain") if domain is None else domain, self.octets("generationSecret"))

    def held(self) -> Callable[[int], tuple[Keys, bytes] | None]:
        """The generations that a wallet holds."""
        domain = self.deployment().domain
        held = {one.number("generation"): (one.keys(domain), one.octets("bundleHash")) for one in self.objects("held")}
        return held.get
