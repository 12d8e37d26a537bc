"""Section 2: the root text, and the root from a wallet's signature, a vault or the caller."""

from . import ed25519
from .base58 import base58
from .domain import Deployment, scope_hash
from .errors import require
from .primitives import expand, extract, fixed, u8, u32

KINDS = {"wallet": 1, "vault": 2, "given": 3}
FIRST_ROOT_NUMBER = 1
IKM_BYTES = {"wallet": 64, "vault": 32, "given": 32}

TEXT = """Postern messages: open my messages on this device

WARNING: sign this only in an app that you trust with all your messages. Whoever holds this signature can read every message of this wallet, past and future, and write in its name. It moves no funds. It is never sent anywhere. If a website other than your messaging app asks for it, refuse.

Wallet: {wallet}
Program: {program}
Network: {network}
Scope: {scope}
Root: {root}
Version: 1"""


def root_text(deployment: Deployment, wallet: bytes, root_number: int) -> bytes:
    require(root_number >= FIRST_ROOT_NUMBER, "INVALID_ARGUMENT", "root number")
    fields = {"wallet": base58(wallet), "program": base58(deployment.program_id), "network": base58(deployment.genesis_hash)}
    return TEXT.format(**fields, scope=deployment.scope, root=root_number).encode("ascii")


def check_root_signatures(deployment: Deployment, wallet: bytes, root_number: int, first: bytes, second: bytes) -> None:
    """Rules (b) and (a): both verify, and are the same bytes."""
    text = root_text(deployment, wallet, root_number)
    for signature in (first, second):
        require(ed25519.verify(wallet, text, signature), "WALLET_SIGNATURE_INVALID")
    require(first == second, "WALLET_NOT_DETERMINISTIC")


def derive_root(domain: bytes, scope: str, kind: str, root_number: int, wallet: bytes, ikm: bytes) -> bytes:
    require(kind in KINDS and root_number >= FIRST_ROOT_NUMBER, "INVALID_ARGUMENT", "root")
    context = u8(KINDS[kind]) + u32(root_number) + fixed(wallet, 32) + scope_hash(scope)
    return expand(extract(domain, fixed(ikm, IKM_BYTES[kind])), "root", context, 32)
