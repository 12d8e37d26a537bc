"""Where the program's accounts stand (docs/ARCHITECTURE.md, Accounts)."""

from solders.pubkey import Pubkey

from .primitives import fixed, u32


def _derived(program_id: bytes, *seeds: bytes) -> bytes:
    return bytes(Pubkey.find_program_address(list(seeds), Pubkey(program_id))[0])


def profile_address(program_id: bytes, wallet: bytes) -> bytes:
    return _derived(program_id, b"profile", fixed(wallet, 32))


def bundle_address(program_id: bytes, wallet: bytes, generation: int) -> bytes:
    return _derived(program_id, b"keys", fixed(wallet, 32), u32(generation))


def inbox_address(program_id: bytes, writer: bytes, index: int) -> bytes:
    return _derived(program_id, b"inbox", fixed(writer, 32), u32(index))
