"""Section 5: the handshake of an opened inbox, from the opener's side and from the recipient's."""

from collections.abc import Callable
from dataclasses import dataclass

from . import xwing
from .bundle import VerifiedBundle, check_card
from .card import Card, bundle_hash
from .domain import Deployment
from .errors import ProtocolError, require
from .generations import Keys
from .inbox import InboxLife
from .primitives import dh, expand, extract, fixed, hashed, integer, same, seal, u32, unseal

HANDSHAKE_BYTES = 1410
BOX_BYTES = 254
FIRST_PART_BYTES = 624
FIRST_PART_RANGE = range(462, 949)
FLAGS = b"\x00"
SUITE_BYTE = b"\x01"
NOBODY = bytes(32)
FRAME_0, FRAME_1 = b"\x01\x00", b"\x01\x01"


@dataclass(frozen=True, repr=False)
class Initiated:
    """H and the thread, and the steps between, for whoever looks for a mistake."""

    handshake: bytes
    thread: bytes
    coins: bytes
    kem_secret: bytes
    t1: bytes
    box_key: bytes
    chain: bytes
    t2: bytes
    static_secret: bytes


@dataclass(frozen=True, repr=False)
class Responded:
    """Who wrote, proven; the key that will read our answers; the thread."""

    generation: int  # ours, that it was sent to
    card: Card
    certificate: bytes
    bundle_hash: bytes
    reader: bytes
    thread: bytes
    proven_by: str  # "delegate" or "shared secret"


def _first_transcript(domain: bytes, inbox: InboxLife, wallet: bytes, generation: int, recipient_hash: bytes, ciphertext: bytes) -> bytes:
    return hashed("handshake", domain, inbox.context, fixed(wallet, 32), u32(generation), fixed(recipient_hash, 32), ciphertext)


def _box_key_and_chain(t1: bytes, shared: bytes) -> tuple[bytes, bytes]:
    prk = extract(t1, shared)
    return expand(prk, "sender box", b"", 32), expand(prk, "chain", b"", 64)


def _second_transcript(t1: bytes, box: bytes, sender_hash: bytes) -> bytes:
    return hashed("handshake 2", t1, box, sender_hash)


def _thread_and_confirm(t2: bytes, chain: bytes, static_secret: bytes) -> tuple[bytes, bytes]:
    prk = extract(t2, chain + static_secret)
    return expand(prk, "thread", b"", 32), expand(prk, "confirm", b"", 32)


def initiate(deployment: Deployment, inbox: InboxLife, keys: Keys, card: bytes, certificate: bytes, peer: VerifiedBundle, reader: bytes) -> Initiated:
    """A function of its inputs alone: any device of the owner makes the same bytes."""
    domain, own_hash, to = deployment.domain, bundle_hash(deployment.domain, card), peer.card
    context = inbox.context + to.wallet + u32(to.generation) + peer.hash + own_hash + fixed(reader, 32)
    coins = expand(keys.owner, "coins", context, 64)
    ciphertext, kem_secret = xwing.encapsulate(peer.kem_public, coins)
    t1 = _first_transcript(domain, inbox, to.wallet, to.generation, peer.hash, ciphertext)
    box_key, chain = _box_key_and_chain(t1, kem_secret)
    box = seal(box_key, FLAGS + card[1:] + fixed(certificate, 64) + reader)
    t2, static_secret = _second_transcript(t1, box, own_hash), dh(keys.identity_secret, to.identity)
    thread, confirm = _thread_and_confirm(t2, chain, static_secret)
    handshake = fixed(u32(to.generation) + ciphertext + box + confirm, HANDSHAKE_BYTES)
    return Initiated(handshake, thread, coins, kem_secret, t1, box_key, chain, t2, static_secret)


def split(handshake: bytes, first: int = FIRST_PART_BYTES) -> tuple[bytes, bytes]:
    """Frames 0 and 1, with the first `first` bytes of H in frame 0."""
    require(first in FIRST_PART_RANGE, "INVALID_ARGUMENT", "split")
    return FRAME_0 + handshake[:first], FRAME_1 + handshake[first:]


def join(frame_0: bytes, frame_1: bytes) -> bytes:
    require(frame_0[:2] == FRAME_0 and frame_1[:2] == FRAME_1, "HANDSHAKE_MALFORMED")
    handshake = frame_0[2:] + frame_1[2:]
    require(len(handshake) == HANDSHAKE_BYTES, "HANDSHAKE_MALFORMED")
    return handshake


def respond(deployment: Deployment, inbox: InboxLife, wallet: bytes, handshake: bytes, held: Callable[[int], tuple[Keys, bytes] | None]) -> Responded:
    """`held` gives the keys of a generation and the hash of the bundle that published them, or None."""
    require(len(handshake) == HANDSHAKE_BYTES, "HANDSHAKE_MALFORMED")
    generation, ciphertext = integer(handshake[:4]), handshake[4:1124]
    box, confirm = handshake[1124 : 1124 + BOX_BYTES], handshake[1124 + BOX_BYTES :]
    own = held(generation)
    if own is None:
        raise ProtocolError("GENERATION_UNKNOWN")
    keys, own_hash = own
    try:
        shared = xwing.decapsulate(keys.kem_seed, ciphertext)
    except (ProtocolError, ValueError) as error:
        raise ProtocolError("HANDSHAKE_NOT_FOR_ME") from error
    t1 = _first_transcript(deployment.domain, inbox, wallet, generation, own_hash, ciphertext)
    box_key, chain = _box_key_and_chain(t1, shared)
    plain = unseal(box_key, box, "HANDSHAKE_NOT_FOR_ME")
    require(plain[:1] == FLAGS, "HANDSHAKE_UNSUPPORTED")
    card_bytes, certificate, reader = SUITE_BYTE + plain[1:142], plain[142:206], plain[206:238]
    card = check_card(deployment, card_bytes, certificate, None, None, None)
    sender_hash = bundle_hash(deployment.domain, card_bytes)
    t2, static_secret = _second_transcript(t1, box, sender_hash), dh(keys.identity_secret, card.identity)
    thread, expected = _thread_and_confirm(t2, chain, static_secret)
    require(same(confirm, expected), "SENDER_NOT_AUTHENTIC")
    require(reader != NOBODY, "HANDSHAKE_MALFORMED", "nobody could acknowledge what is answered")
    proven_by = "delegate" if card.delegate == inbox.writer else "shared secret"
    return Responded(generation, card, certificate, sender_hash, reader, thread, proven_by)


def resume(opened: Initiated, first_posted: bytes | None, link: bytes, thread: bytes, peer_hash: bytes) -> list[bytes]:
    """The frames that an interrupted opening lacks. `link` and `thread` are the owner box's; CANNOT_RESUME where they differ."""
    require(same(link, peer_hash) and same(thread, opened.thread), "CANNOT_RESUME")
    if first_posted is None:
        return list(split(opened.handshake))
    part = len(first_posted) - len(FRAME_0)
    require(part in FIRST_PART_RANGE, "CANNOT_RESUME")
    frame_0, frame_1 = split(opened.handshake, part)
    require(frame_0 == first_posted, "CANNOT_RESUME")
    return [frame_1]
