"""A wallet with its messaging keys in direct mode, and its registration."""

import time

from solders.pubkey import Pubkey
from solders.system_program import TransferParams, transfer

from . import ed25519
from .accounts import KeyBundle, Profile
from .addresses import bundle_address, profile_address
from .bundle import VerifiedBundle, check_time, verify_bundle
from .card import Card, TEXT_SIGNED, certificate_message, key_hash
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


class Wallet:
    """What connecting derives: two signatures of the root text, the root, and the generations that are published."""

    def __init__(self, rpc: Rpc, program_id: bytes, seed: bytes) -> None:
        self.rpc = rpc
        self.seed = seed
        self.address = ed25519.public_key(seed)
        self.deployment = Deployment(program_id, rpc.genesis_hash())
        self.program = Program(program_id)
        text = root_text(self.deployment, self.address, ROOT_NUMBER)
        signature = ed25519.sign(seed, text)
        check_root_signatures(self.deployment, self.address, ROOT_NUMBER, signature, ed25519.sign(seed, text))
        self._root = derive_root(self.deployment.domain, self.deployment.scope, "wallet", ROOT_NUMBER, self.address, signature)
        profile = self._profile_or_none(self.address)
        self.generation = 0 if profile is None or profile.current_generation is None else profile.current_generation
        self.generations = {k: self._derived(k) for k in range(self.generation + 1)}
        self.certificate_kind = TEXT_SIGNED
        self._bundles: dict[int, tuple[VerifiedBundle, bytes]] = {}

    def _derived(self, generation: int) -> Keys:
        return Keys(self.deployment.domain, generation_secret(self.deployment.domain, self._root, generation))

    @property
    def keys(self) -> Keys:
        """Of the current generation."""
        return self.generations[self.generation]

    def keys_of(self, delegate: bytes) -> Keys | None:
        """Of the generation that has this delegate, if it is ours."""
        return next((keys for keys in self.generations.values() if keys.delegate == delegate), None)

    def _profile_or_none(self, wallet: bytes) -> Profile | None:
        data = self.rpc.account(self.program.id, profile_address(self.program.id, wallet))
        profile = None if data is None else Profile.decode(data)
        require(profile is None or profile.wallet == wallet, "ACCOUNT_INVALID", "profile of another wallet")
        return profile

    def profile(self, wallet: bytes) -> Profile:
        profile = self._profile_or_none(wallet)
        if profile is None:
            raise ProtocolError("NOT_REGISTERED")
        return profile

    def register(self) -> None:
        """The profile, and the keys of generation 0."""
        self.rpc.send([self.program.create_profile(self.address, self.keys.delegate, ROOT_NUMBER, KINDS["wallet"])], [self.seed])
        self._publish(self.generation)

    def rotate(self) -> None:
        """Section 8: the keys of the next generation, which every session of this wallet uses from now on."""
        generation = self.profile(self.address).next_generation
        self.generations[generation] = self._derived(generation)
        self._publish(generation)
        self.generation = generation

    def _publish(self, generation: int) -> None:
        """The wallet signs the card and pays the delegate, which uploads the X-Wing key in chunks and activates it."""
        program, keys, now = self.program, self.generations[generation], int(time.time())
        card = Card(generation, now, now + LIFETIME_SECONDS, self.address, keys.delegate, keys.identity, key_hash(keys.kem_public), self.certificate_kind)
        certificate = ed25519.sign(self.seed, certificate_message(self.deployment, card))
        fund = transfer(TransferParams(from_pubkey=Pubkey(self.address), to_pubkey=Pubkey(keys.delegate), lamports=DELEGATE_LAMPORTS))
        self.rpc.send([program.create_key_bundle(self.address, generation, card.encode(), certificate), fund], [self.seed])
        bundle = bundle_address(program.id, self.address, generation)
        for offset in range(0, len(keys.kem_public), CHUNK_BYTES):
            chunk = keys.kem_public[offset : offset + CHUNK_BYTES]
            self.rpc.send([program.write_key_bundle(keys.delegate, bundle, offset, chunk)], [keys.delegate_seed])
        self.rpc.send([program.activate_key_bundle(keys.delegate, self.address, bundle)], [keys.delegate_seed])

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

    def own_bundle(self, generation: int | None = None) -> tuple[VerifiedBundle, bytes]:
        """Ours as published, by default the current one, and its certificate; ROOT_MISMATCH where its keys are not the derived ones."""
        k = self.generation if generation is None else generation
        if k not in self._bundles:
            bundle, certificate = self.bundle_of(self.address, k)
            require(bundle.card.delegate == self.generations[k].delegate, "ROOT_MISMATCH")
            self._bundles[k] = bundle, certificate
        return self._bundles[k]

    def held(self, generation: int) -> tuple[Keys, bytes] | None:
        keys = self.generations.get(generation)
        return None if keys is None else (keys, self.own_bundle(generation)[0].hash)
