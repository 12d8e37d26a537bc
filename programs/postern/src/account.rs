//! What every kind of account here shares: its birth at a derived address, and lamports that come and go.

use anchor_lang::address_eq;
use anchor_lang::pinocchio::cpi::{invoke_unchecked, CpiAccount};
use anchor_lang::pinocchio::instruction::{InstructionAccount, InstructionView};
use anchor_lang::prelude::*;

use crate::error::PosternError;
use crate::ID;

/// The layout that this program writes, in every account's `version`.
pub const VERSION: u8 = 1;

/// Number of the System program's `Transfer`, whose argument is lamports u64.
const SYSTEM_TRANSFER: u8 = 2;

/// Refuses an account of another layout.
#[inline(always)]
pub fn check_version(version: u8) -> Result<()> {
    require!(version == VERSION, PosternError::UnsupportedVersion);
    Ok(())
}

/// The seeds of an address: a name, a wallet or writer, and a number, which may be empty.
pub struct Seeds<'a> {
    pub name: &'a [u8],
    pub owner: &'a Address,
    pub number: &'a [u8],
}

/// Creates an account at the address that `seeds` derive, which `target` must be: `space` bytes, zero but for the
/// discriminator. Lamports that lie there already count towards the rent, so that nobody can block an address by
/// funding it. Returns the account and its bump.
#[inline(always)]
pub fn create<T: AnchorAccount + Discriminator>(
    payer: &AccountView,
    target: &AccountView,
    space: usize,
    seeds: &Seeds,
) -> Result<(T, u8)> {
    let mut bump = 0;
    let code = allocate(payer, target, space, seeds, &mut bump);
    require!(code == 0, Error::from(code));
    let mut view = *target;
    let discriminator = T::DISCRIMINATOR;
    view.try_borrow_mut()?[..discriminator.len()].copy_from_slice(discriminator);
    // SAFETY: nothing else refers to the data of an account that did not exist before, and that no other slot of the
    // instruction names: Anchor refuses one account in two writable slots.
    let account = unsafe { T::load_mut(view)? };
    Ok((account, bump))
}

/// Returns 0, or the error's code. One number, because LLVM's BPF back end inlines every function that returns more:
/// this one is large and there are four callers.
#[inline(never)]
fn allocate(payer: &AccountView, target: &AccountView, space: usize, seeds: &Seeds, bump: &mut u8) -> u64 {
    let Seeds { name, owner, number } = *seeds;
    let owner = owner.as_ref();
    match anchor_lang::find_and_verify_program_address(&[name, owner, number], &ID, target.address()) {
        Ok(found) => *bump = found,
        Err(_) => return Error::from(PosternError::WrongAddress).into(),
    }
    match anchor_lang::create_account_signed(payer, target, space, &ID, &[name, owner, number, &[*bump]]) {
        Ok(()) => 0,
        Err(error) => error.into(),
    }
}

/// Refuses a refund address that could never be paid: all zeroes (the System program), this program, or the account itself,
/// which cannot be closed into itself. What else the runtime lets nobody pay (sysvars, its builtin programs) is a list that
/// grows; whoever pays for the account signs for the address.
pub fn check_refund(refund: &Address, account: &Address) -> Result<()> {
    let lost = address_eq(refund, &Address::default()) || address_eq(refund, &ID) || address_eq(refund, account);
    require!(!lost, PosternError::WrongRefund);
    Ok(())
}

/// Moves lamports from `payer`, who signed, to an account of this program, by the System program.
#[inline(never)]
pub fn collect(payer: &AccountView, to: &AccountView, lamports: u64) {
    let mut data = [0; 12];
    data[0] = SYSTEM_TRANSFER;
    data[4..].copy_from_slice(&lamports.to_le_bytes());
    let accounts = [InstructionAccount::writable_signer(payer.address()), InstructionAccount::writable(to.address())];
    let instruction = InstructionView { program_id: &System::id(), accounts: &accounts, data: &data };
    // SAFETY: a transfer changes lamports alone, and Rust holds no reference to those; the data stays as it is. The
    // checked call would refuse an account whose data Anchor has lent out.
    unsafe { invoke_unchecked(&instruction, &[CpiAccount::from(payer), CpiAccount::from(to)]) };
}

/// Moves lamports from an account of this program. `to` is another account, and writable.
pub fn pay(from: &AccountView, to: &AccountView, lamports: u64) -> Result<()> {
    let (mut from, mut to) = (*from, *to);
    let left = from.lamports().checked_sub(lamports).ok_or(PosternError::CorruptAccount)?;
    let paid = to.lamports().checked_add(lamports).ok_or(PosternError::CorruptAccount)?;
    from.set_lamports(left);
    to.set_lamports(paid);
    Ok(())
}
