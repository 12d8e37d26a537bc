"""Section 3: the checks of a key bundle, in their order; pins."""

from dataclasses import dataclass

from . import ed25519, xwing
from .card import Card, bundle_hash, certificate_message, key_hash
from .domain import Deployment
from .errors import require
from .generations import MAX_GENERATION
from .primitives import same

MAX_LIFETIME_SECONDS = 400 * 24 * 60 * 60
CLOCK_TOLERANCE_SECONDS = 300


@dataclass(frozen=True)
class Pin:
    """What a device remembers of a wallet's keys."""

    valid_from: int
    generation: int
    hash: bytes


@dataclass(frozen=True)
class VerifiedBundle:
    card: Card
    hash: bytes
    kem_public: bytes

    @property
    def pin(self) -> Pin:
        return Pin(self.card.valid_from, self.card.generation, self.hash)


def check_card(deployment: Deployment, card_bytes: bytes, certificate: bytes, kem_public: bytes | None, wallet: bytes | None, generation: int | None) -> Card:
    """The checks that need no clock and no pin. In a handshake nothing was asked for, and there is no X-Wing key."""
    card = Card.decode(card_bytes)
    require(wallet is None or card.wallet == wallet, "BUNDLE_MISPLACED")
    require(generation is None or card.generation == generation, "BUNDLE_MISPLACED")
    require(card.generation <= MAX_GENERATION, "BUNDLE_INVALID", "generation")
    require(card.valid_from < card.valid_until <= card.valid_from + MAX_LIFETIME_SECONDS, "BUNDLE_INVALID", "lifetime")
    if kem_public is not None:
        require(len(kem_public) == xwing.PUBLIC_KEY_BYTES, "BUNDLE_INVALID", "length of the X-Wing key")
        require(same(key_hash(kem_public), card.key_hash), "BUNDLE_INVALID", "hash of the X-Wing key")
        require(xwing.passes_modulus_check(kem_public), "BUNDLE_INVALID", "modulus")
    require(ed25519.verify(card.wallet, certificate_message(deployment, card), certificate), "CERTIFICATE_INVALID")
    return card


def verify_bundle(deployment: Deployment, card: bytes, certificate: bytes, kem_public: bytes, wallet: bytes | None, generation: int | None) -> VerifiedBundle:
    """`wallet` and `generation` are the ones asked for; None takes any."""
    verified = check_card(deployment, card, certificate, kem_public, wallet, generation)
    return VerifiedBundle(verified, bundle_hash(deployment.domain, card), kem_public)


def check_time(valid_from: int, valid_until: int, now: int) -> None:
    """Only before opening or accepting; reading never asks."""
    require(valid_from - CLOCK_TOLERANCE_SECONDS <= now < valid_until, "BUNDLE_EXPIRED")


def check_pin(pin: Pin | None, seen: Pin) -> str:
    """`seen` is what the network shows now: `new` without a pin, else `same` or `newer`."""
    if pin is None:
        return "new"
    before, now = (pin.valid_from, pin.generation), (seen.valid_from, seen.generation)
    require(now >= before, "KEYS_ROLLED_BACK")
    require(now > before or seen.hash == pin.hash, "KEYS_CONFLICT")
    return "newer" if now > before else "same"
