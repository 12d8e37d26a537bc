"""Section 3: the card of a key bundle, its hash, and the text that the wallet signs for it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from .base58 import base58
from .domain import Deployment
from .errors import require
from .memo import memo_message
from .primitives import fixed, hashed, integer, u8, u32
from .xwing import PUBLIC_KEY_BYTES

SUITE = 1
TEXT_SIGNED = 0
TRANSACTION_SIGNED = 2
CARD_BYTES = 142

TEXT = """Postern messages: publish my keys

Sign this to let others send encrypted messages to this wallet. This signature is public. It moves no funds and reads no messages.

Wallet: {wallet}
Program: {program}
Network: {network}
Scope: {scope}
Generation: {generation}
Delegate: {delegate}
Keys: {keys}
Valid from: {valid_from}
Valid until: {valid_until}
Version: 1"""


@dataclass(frozen=True)
class Card:
    generation: int
    valid_from: int
    valid_until: int
    wallet: bytes
    delegate: bytes
    identity: bytes
    key_hash: bytes
    certificate_kind: int = TEXT_SIGNED

    def encode(self) -> bytes:
        numbers = u32(self.generation) + u32(self.valid_from) + u32(self.valid_until)
        return fixed(u8(SUITE) + u8(self.certificate_kind) + numbers + self.wallet + self.delegate + self.identity + self.key_hash, CARD_BYTES)

    @staticmethod
    def decode(data: bytes) -> "Card":
        require(len(data) == CARD_BYTES, "BUNDLE_INVALID", "length of the card")
        require(data[0] == SUITE and data[1] in (TEXT_SIGNED, TRANSACTION_SIGNED), "BUNDLE_UNSUPPORTED")
        generation, valid_from, valid_until = (integer(data[at : at + 4]) for at in (2, 6, 10))
        wallet, delegate, identity, key_hash = (data[at : at + 32] for at in (14, 46, 78, 110))
        return Card(generation, valid_from, valid_until, wallet, delegate, identity, key_hash, data[1])


def key_hash(kem_public: bytes) -> bytes:
    return hashed("x-wing key", fixed(kem_public, PUBLIC_KEY_BYTES))


def bundle_hash(domain: bytes, card: bytes) -> bytes:
    return hashed("key bundle", domain, fixed(card, CARD_BYTES))


def utc(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def certificate_text(deployment: Deployment, card: Card) -> bytes:
    return TEXT.format(
        wallet=base58(card.wallet),
        program=base58(deployment.program_id),
        network=base58(deployment.genesis_hash),
        scope=deployment.scope,
        generation=card.generation,
        delegate=base58(card.delegate),
        keys=base58(bundle_hash(deployment.domain, card.encode())),
        valid_from=utc(card.valid_from),
        valid_until=utc(card.valid_until),
    ).encode("ascii")


def certificate_message(deployment: Deployment, card: Card) -> bytes:
    """What the wallet signs: the text, or the message of a transaction that carries it and that no cluster takes."""
    text = certificate_text(deployment, card)
    return memo_message(card.wallet, text) if card.certificate_kind == TRANSACTION_SIGNED else text
