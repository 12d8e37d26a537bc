"""A wallet with its messaging keys in direct mode, and its registration."""

import time

from solders.pubkey import Pubkey
from solders.system_program import TransferParams, transfer

from . import ed25519
from .accounts import KeyBundle, Profile
from .addresses import bundle_address, profile_address
from .bundle import VerifiedBundle, check_time, verify_bundle
from .card import Card, bundle_hash, certificate_text, key_hash
from .domain import Deployment
from .errors import ProtocolError, require
from .generations import Keys, generation_secret
from .instructions import Program
from .root import KINDS, check_root_signatures, derive_root, root_text
from .rpc import Rpc

LIFETIME_SECONDS = 180 * 24 * 60 * 60
CHUNK_BYTES = 800
DELEGATE_LAMPORTS = 500_000_000
ROOT_NUMBER = 1
GENERATION = 0


class Wallet:
    """What connecting derives: two signatures of the root text, the root, generation 0."""

    def __init__(self, rpc: Rpc, program_id: bytes, seed: bytes) -> None:
        self.rpc = rpc
        self.seed = seed
        self.address = ed25519.public_key(seed)
        self.deployment = Deployment(program_id, rpc.genesis_hash())
        self.program = Program(program_id)
        text = root_text(self.deployment, self.address, ROOT_NUMBER)
        signature = ed25519.sign(seed, text)
        check_root_signatures(self.deployment, self.address, ROOT_NUMBER, signature, ed25519.sign(seed, text))
        root = derive_root(self.deployment.domain, self.deployment.scope, "wallet", ROOT_NUMBER, self.address, signature)
        self.keys = Keys(self.deployment.domain, generation_secret(self.deployment.domain, root, GENERATION))
        self._bundle: VerifiedBundle | None = None
        self._certificate = b""

    def profile(self, wallet: bytes) -> Profile:
        data = self.rpc.account(self.program.id, profile_address(self.program.id, wallet))
        require(data is not None, "NOT_REGISTERED")
        profile = Profile.decode(data or b"")
        require(profile.wallet == wallet, "ACCOUNT_INVALID", "profile of another wallet")
        return profile

    def register(self) -> None:
        """Profile, delegate's balance, key bundle in chunks, activation."""
        delegate, program = self.keys.delegate, self.program
        now = int(time.time())
        card = Card(GENERATION, now, now + LIFETIME_SECONDS, self.address, delegate, self.keys.identity, key_hash(self.keys.kem_public))
        certificate = ed25519.sign(self.seed, certificate_text(self.deployment, card))
        fund = transfer(TransferParams(from_pubkey=Pubkey(self.address), to_pubkey=Pubkey(delegate), lamports=DELEGATE_LAMPORTS))
        self.rpc.send([program.create_profile(self.address, delegate, ROOT_NUMBER, KINDS["wallet"]), fund], [self.seed])
        self.rpc.send([program.create_key_bundle(self.address, GENERATION, card.encode(), certificate)], [self.seed])
        bundle, key = bundle_address(program.id, self.address, GENERATION), self.keys.kem_public
        for offset in range(0, len(key), CHUNK_BYTES):
            chunk = key[offset : offset + CHUNK_BYTES]
            self.rpc.send([program.write_key_bundle(delegate, bundle, offset, chunk)], [self.keys.delegate_seed])
        self.rpc.send([program.activate_key_bundle(delegate, self.address, bundle)], [self.keys.delegate_seed])

    def bundle_of(self, wallet: bytes, generation: int | None = None) -> tuple[VerifiedBundle, bytes]:
        """The bundle of a generation, by default the current one, verified as section 3 says; and its certificate."""
        if generation is None:
            generation = self.profile(wallet).current_generation
        if generation is None:
            raise ProtocolError("NOT_REGISTERED")
        data = self.rpc.account(self.program.id, bundle_address(self.program.id, wallet, generation))
        require(data is not None, "NOT_REGISTERED")
        found = KeyBundle.decode(data or b"")
        require(found.activated, "NOT_REGISTERED")
        return verify_bundle(self.deployment, found.card, found.certificate, found.kem_public, wallet, generation), found.certificate

    def bundle_to_write_to(self, wallet: bytes) -> VerifiedBundle:
        bundle = self.bundle_of(wallet)[0]
        check_time(bundle.card.valid_from, bundle.card.valid_until, int(time.time()))
        return bundle

    def own_bundle(self) -> tuple[VerifiedBundle, bytes]:
        """Ours as published; ROOT_MISMATCH where its keys are not the derived ones."""
        if self._bundle is None:
            bundle, certificate = self.bundle_of(self.address)
            require(bundle.card.delegate == self.keys.delegate, "ROOT_MISMATCH")
            require(bundle.hash == bundle_hash(self.deployment.domain, bundle.card.encode()), "ROOT_MISMATCH")
            self._bundle, self._certificate = bundle, certificate
        return self._bundle, self._certificate

    def held(self, generation: int) -> tuple[Keys, bytes] | None:
        return (self.keys, self.own_bundle()[0].hash) if generation == GENERATION else None
