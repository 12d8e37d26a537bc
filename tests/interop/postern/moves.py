"""Section 8: moving a conversation to an inbox that is made with current keys, and following the peer's move."""

from .accounts import NOBODY
from .conversation import Conversation, verified_sender
from .errors import ProtocolError, require
from .inboxes import read_inbox
from .message import MOVED
from .opening import Request, accept_request, open_conversation


def move(conversation: Conversation) -> None:
    """Opens an inbox with the current keys of both sides, and says so in the old one, as its last message."""
    opened = open_conversation(conversation.wallet, conversation.peer, continues=True)
    conversation.post(MOVED, opened.mine.address)
    conversation.replace(opened.mine, None)


def follow(conversation: Conversation) -> bool:
    """
    Whether the peer has moved: then its new inbox is answered with one of our own, without anybody's consent. Where the new
    inbox is addressed to us, the pointer in it says where that is; else our old inbox does.
    """
    address = conversation.moved_to()
    if address is None:
        return False
    wallet = conversation.wallet
    inbox = read_inbox(wallet, address)
    if inbox is None or inbox.recipient not in (wallet.address, NOBODY):
        raise ProtocolError("ANSWER_INVALID")
    sender = verified_sender(wallet, address, inbox)
    require(sender.card.wallet == conversation.peer, "ANSWER_INVALID", "of another wallet")
    answer = accept_request(wallet, Request(address, sender, inbox.opened_time, inbox.reader if inbox.recipient == NOBODY else NOBODY))
    if inbox.recipient == NOBODY:
        conversation.post(MOVED, answer.mine.address)
    conversation.replace(answer.mine, answer.theirs)
    return True
