"""Base58 of 32-byte values, as it stands in the texts that wallets sign."""

from solders.pubkey import Pubkey

from .primitives import fixed


def base58(data: bytes) -> str:
    return str(Pubkey(fixed(data, 32)))


def from_base58(text: str) -> bytes:
    return bytes(Pubkey.from_string(text))
