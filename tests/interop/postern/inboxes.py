"""Inboxes on the ledger: any one by its address, and the delegate's own."""

from .accounts import Inbox
from .addresses import inbox_address
from .errors import require
from .generations import Keys
from .ring import check_head
from .wallet import Wallet

GAP_LIMIT = 100


def read_inbox(wallet: Wallet, address: bytes) -> Inbox | None:
    """An inbox whose address follows from its writer and index, with a head that holds; None where there is none."""
    data = wallet.rpc.account(wallet.program.id, address)
    return None if data is None else checked(wallet, address, data)


def checked(wallet: Wallet, address: bytes, data: bytes) -> Inbox:
    inbox = Inbox.decode(data)
    require(inbox_address(wallet.program.id, inbox.writer, inbox.index) == address, "ACCOUNT_INVALID", "address")
    check_head(address, inbox)
    return inbox


def own_addresses(wallet: Wallet, keys: Keys) -> list[tuple[bytes, bytes | None]]:
    """The first addresses of a generation's delegate by index, each with its data. A run this long ends the search for inboxes."""
    addresses = [inbox_address(wallet.program.id, keys.delegate, index) for index in range(GAP_LIMIT)]
    return list(zip(addresses, wallet.rpc.accounts(wallet.program.id, addresses), strict=True))


def lowest_free(wallet: Wallet) -> tuple[int, bytes]:
    """Of the current delegate."""
    return next((index, address) for index, (address, data) in enumerate(own_addresses(wallet, wallet.keys)) if data is None)
