"""Section 3: the message of the legacy transaction that a wallet signs where it cannot sign a text."""

from solders.hash import Hash
from solders.instruction import Instruction
from solders.message import Message
from solders.pubkey import Pubkey

MEMO_PROGRAM = Pubkey.from_string("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr")


def memo_message(wallet: bytes, text: bytes) -> bytes:
    memo = Instruction(MEMO_PROGRAM, text, [])
    return bytes(Message.new_with_blockhash([memo], Pubkey.from_bytes(wallet), Hash.default()))
