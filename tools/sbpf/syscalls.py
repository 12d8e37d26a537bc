"""The functions that the Solana runtime offers to programs, and the hash by which sBPF v3 calls them.

The list is that of the crate `solana-define-syscall`. An undefined symbol outside it is a link error: the loader would
otherwise reject the program at deployment, or call something else.
"""

from __future__ import annotations

_MASK = 0xFFFF_FFFF

SYSCALLS = frozenset(
    """
    abort sol_panic_
    sol_memcpy_ sol_memmove_ sol_memset_ sol_memcmp_
    sol_log_ sol_log_64_ sol_log_compute_units_ sol_log_pubkey sol_log_data
    sol_create_program_address sol_try_find_program_address
    sol_sha256 sol_sha512 sol_keccak256 sol_keccak_p1600 sol_blake3 sol_poseidon
    sol_secp256k1_recover sol_big_mod_exp
    sol_curve_validate_point sol_curve_group_op sol_curve_multiscalar_mul sol_curve_pairing_map sol_curve_decompress
    sol_alt_bn128_group_op sol_alt_bn128_compression
    sol_get_sysvar sol_get_clock_sysvar sol_get_rent_sysvar sol_get_epoch_schedule_sysvar sol_get_fees_sysvar
    sol_get_last_restart_slot sol_get_epoch_rewards_sysvar sol_get_epoch_stake sol_get_leader
    sol_invoke_signed_c sol_invoke_signed_rust
    sol_set_return_data sol_get_return_data
    sol_get_stack_height sol_get_processed_sibling_instruction sol_remaining_compute_units
    """.split()
)


def murmur3_32(key: bytes) -> int:
    """MurmurHash3_x86_32 with seed 0 (Austin Appleby, public domain)."""
    state = 0
    body = len(key) & ~3
    for at in range(0, body, 4):
        state ^= _scramble(int.from_bytes(key[at : at + 4], "little"))
        state = (_rotate(state, 13) * 5 + 0xE654_6B64) & _MASK
    state ^= _scramble(int.from_bytes(key[body:], "little"))
    state ^= len(key)
    state = ((state ^ state >> 16) * 0x85EB_CA6B) & _MASK
    state = ((state ^ state >> 13) * 0xC2B2_AE35) & _MASK
    return state ^ state >> 16


def syscall_hash(name: str) -> int:
    """The immediate of a `call` to syscall `name` in sBPF v3 (SIMD-0178)."""
    return murmur3_32(name.encode())


def _scramble(block: int) -> int:
    return (_rotate((block * 0xCC9E_2D51) & _MASK, 15) * 0x1B87_3593) & _MASK


def _rotate(value: int, bits: int) -> int:
    return (value << bits | value >> (32 - bits)) & _MASK
