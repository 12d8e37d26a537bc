"""
The program's instructions that a wallet in direct mode needs (docs/ARCHITECTURE.md, Instructions): the first byte is the
number, then the arguments in order; `bytes` are a u32 length and the bytes.
"""

from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey

from .addresses import bundle_address, inbox_address, profile_address
from .primitives import fixed, u8, u16, u32, u64

SYSTEM_PROGRAM = bytes(32)


class Program:
    """Builds instructions for one deployed program."""

    def __init__(self, program_id: bytes) -> None:
        self.id = program_id

    def _build(self, data: bytes, *accounts: tuple[bytes, str]) -> Instruction:
        """Accounts as (address, flags): `s` signs, `w` is written."""
        metas = [AccountMeta(Pubkey(address), "s" in flags, "w" in flags) for address, flags in accounts]
        return Instruction(Pubkey(self.id), data, metas)

    def post(self, writer: bytes, inbox: bytes, expected_seq: int, payload: bytes) -> Instruction:
        return self._build(u8(0) + u32(expected_seq) + u32(len(payload)) + payload, (writer, "s"), (inbox, "w"))

    def acknowledge(self, reader: bytes, inbox: bytes, upto: int) -> Instruction:
        return self._build(u8(1) + u32(upto), (reader, "s"), (inbox, "w"))

    def open_request(self, writer: bytes, index: int, capacity: int, open_salt: bytes, refund: bytes, owner_box: bytes, recipient: bytes) -> Instruction:
        data = u8(2) + u32(index) + u32(capacity) + u8(0) + fixed(open_salt, 16) + fixed(refund, 32) + u64(0) + fixed(owner_box, 120)
        inbox, profile = inbox_address(self.id, writer, index), profile_address(self.id, recipient)
        return self._build(data, (writer, "sw"), (writer, "s"), (inbox, "w"), (profile, "w"), (SYSTEM_PROGRAM, ""))

    def open_inbox(self, writer: bytes, index: int, capacity: int, open_salt: bytes, refund: bytes, reader: bytes, owner_box: bytes) -> Instruction:
        data = u8(3) + u32(index) + u32(capacity) + u8(0) + fixed(open_salt, 16) + fixed(refund, 32) + fixed(reader, 32) + fixed(owner_box, 120)
        inbox = inbox_address(self.id, writer, index)
        return self._build(data, (writer, "sw"), (writer, "s"), (inbox, "w"), (SYSTEM_PROGRAM, ""))

    def accept(self, delegate: bytes, wallet: bytes, inbox: bytes, reader: bytes, reply: bytes) -> Instruction:
        data = u8(4) + fixed(reader, 32) + fixed(reply, 60)
        return self._build(data, (delegate, "s"), (profile_address(self.id, wallet), ""), (inbox, "w"), (wallet, "w"))

    def create_profile(self, wallet: bytes, delegate: bytes, root_number: int, root_kind: int) -> Instruction:
        data = u8(8) + fixed(delegate, 32) + u32(root_number) + u8(root_kind) + u8(0) + u64(0) + wallet
        return self._build(data, (wallet, "sw"), (wallet, "s"), (profile_address(self.id, wallet), "w"), (SYSTEM_PROGRAM, ""))

    def set_policy(self, delegate: bytes, wallet: bytes, policy: int) -> Instruction:
        """update_profile with a policy and no postage; delegate, root number and kind stay."""
        data = u8(9) + u8(0) * 3 + u8(1) + u8(policy) + u8(1) + u64(0)
        return self._build(data, (delegate, "s"), (profile_address(self.id, wallet), "w"))

    def create_key_bundle(self, wallet: bytes, generation: int, card: bytes, certificate: bytes) -> Instruction:
        data = u8(11) + fixed(card, 142) + fixed(certificate, 64) + wallet
        profile, bundle = profile_address(self.id, wallet), bundle_address(self.id, wallet, generation)
        return self._build(data, (wallet, "sw"), (wallet, "s"), (profile, "w"), (bundle, "w"), (SYSTEM_PROGRAM, ""))

    def write_key_bundle(self, delegate: bytes, bundle: bytes, offset: int, chunk: bytes) -> Instruction:
        return self._build(u8(12) + u16(offset) + u32(len(chunk)) + chunk, (delegate, "s"), (bundle, "w"))

    def activate_key_bundle(self, delegate: bytes, wallet: bytes, bundle: bytes) -> Instruction:
        return self._build(u8(13), (delegate, "s"), (profile_address(self.id, wallet), "w"), (bundle, "w"))
