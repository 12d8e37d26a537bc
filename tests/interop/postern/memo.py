"""Section 3: the message of the legacy transaction that a wallet signs where it cannot sign a text."""

from .base58 import from_base58
from .primitives import fixed, u8

MEMO_PROGRAM = from_base58("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr")
NO_BLOCKHASH = bytes(32)


def memo_message(wallet: bytes, text: bytes) -> bytes:
    header = u8(1) + u8(0) + u8(1)
    keys = u8(2) + fixed(wallet, 32) + fixed(MEMO_PROGRAM, 32)
    length = u8(len(text) % 128 + 128) + u8(len(text) // 128)
    return header + keys + NO_BLOCKHASH + u8(1) + u8(1) + u8(0) + length + text
