"""The values that section 13 of docs/PROTOCOL.md prints, computed from its inputs; nothing is read but that section."""

import hashlib
import unittest
from pathlib import Path

from postern import ed25519
from postern.addresses import inbox_address
from postern.bundle import verify_bundle
from postern.card import Card, bundle_hash, certificate_text, key_hash
from postern.domain import Deployment
from postern.generations import Keys, generation_secret
from postern.handshake import initiate
from postern.inbox import InboxLife, first_head, inbox_key
from postern.message import Inner, seal_message
from postern.owner_box import open_salt
from postern.root import check_root_signatures, derive_root, root_text

SPECIFICATION = Path(__file__).resolve().parents[3] / "docs" / "PROTOCOL.md"
DEPLOYMENT = Deployment(hashlib.sha256(b"test program").digest(), hashlib.sha256(b"test genesis").digest())
VALID_FROM = 1_795_392_000
LIFETIME = 180 * 24 * 60 * 60


class Party:
    """A wallet with its keys of generation 0, and their bundle."""

    def __init__(self, seed: bytes) -> None:
        self.wallet = ed25519.public_key(seed)
        text = root_text(DEPLOYMENT, self.wallet, 1)
        signature = ed25519.sign(seed, text)
        check_root_signatures(DEPLOYMENT, self.wallet, 1, signature, ed25519.sign(seed, text))
        self.root = derive_root(DEPLOYMENT.domain, DEPLOYMENT.scope, "wallet", 1, self.wallet, signature)
        self.generation = generation_secret(DEPLOYMENT.domain, self.root, 0)
        self.keys = Keys(DEPLOYMENT.domain, self.generation)
        card = Card(0, VALID_FROM, VALID_FROM + LIFETIME, self.wallet, self.keys.delegate, self.keys.identity, key_hash(self.keys.kem_public))
        self.card = card.encode()
        self.certificate = ed25519.sign(seed, certificate_text(DEPLOYMENT, card))
        self.bundle = verify_bundle(DEPLOYMENT, self.card, self.certificate, self.keys.kem_public, self.wallet, 0)


def printed() -> dict[str, list[str]]:
    """The last code block of section 13: a name, two or more spaces or one, then hexadecimal."""
    block = SPECIFICATION.read_text("utf-8").split("## 13.", 1)[1].split("```")[1]
    values: dict[str, list[str]] = {}
    for line in block.strip().splitlines():
        words = line.split()
        hexadecimal = [word for word in words if len(word) >= 32]
        values[" ".join(word for word in words if len(word) < 32)] = hexadecimal
    return values


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def computed() -> dict[str, list[str]]:
    a, b, domain = Party(b"\xa1" * 32), Party(b"\xb2" * 32), DEPLOYMENT.domain
    address = inbox_address(DEPLOYMENT.program_id, a.keys.delegate, 0)
    salt = open_salt(a.keys.owner, b"\x07" * 32, address, a.keys.delegate, 0, b.wallet, 0, b.bundle.hash, a.bundle.hash)
    inbox = InboxLife(address, a.keys.delegate, salt)
    opened = initiate(DEPLOYMENT, inbox, a.keys, a.card, a.certificate, b.bundle, a.keys.delegate)
    k = inbox_key(domain, opened.thread, 0, inbox)
    frame = seal_message(k, 2, Inner(0, 1_795_392_100, 0, b"gm"), b"\x09" * 32)
    values = {
        "D": [domain],
        "root A": [a.root],
        "g0 A": [a.generation],
        "IK A": [a.keys.identity],
        "SHA-256(EK A)": [sha256(a.keys.kem_public)],
        "delegate A": [a.keys.delegate],
        "bundle A, B": [bundle_hash(domain, a.card), b.bundle.hash],
        "inbox": [address],
        "open salt": [salt],
        "SHA-256(ct)": [sha256(opened.handshake[4:1124])],
        "SHA-256(H)": [sha256(opened.handshake)],
        "thread": [opened.thread],
        "confirm": [opened.handshake[-32:]],
        "K, first 32": [k[:32]],
        f"SHA-256(message frame, {len(frame)} B)": [sha256(frame)],
        "head 0": [first_head(address, salt)],
    }
    return {name: [value.hex() for value in several] for name, several in values.items()}


class PublishedValues(unittest.TestCase):
    maxDiff = None

    def test_every_printed_value_follows_from_the_text(self) -> None:
        self.assertEqual(computed(), printed())


if __name__ == "__main__":
    unittest.main()
