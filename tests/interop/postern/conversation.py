"""Sections 6 and 7: one conversation with a peer; finding its answer, writing, reading, acknowledging."""

import secrets
import time
from dataclasses import dataclass

from .accounts import NOBODY, OPEN, Inbox
from .errors import InboxGone, ProtocolError, require
from .handshake import Responded, join, respond
from .inbox import inbox_key
from .inboxes import read_inbox
from .message import TEXT, Inner, open_message, seal_message, text_of
from .reply import open_pointer
from .ring import frames
from .wallet import Wallet

HANDSHAKE_FRAMES = 2


@dataclass(frozen=True)
class ReadMessage:
    mine: bool
    seq: int
    text: str
    sent: int
    seen: int
    posted: int


@dataclass(frozen=True, repr=False)
class Side:
    """One direction: an inbox, the thread that its key comes from, and its role in that thread."""

    address: bytes
    thread: bytes
    role: int


@dataclass(repr=False)
class Conversation:
    """`mine` is written here, `theirs` by the peer; None until the peer has answered."""

    wallet: Wallet
    peer: bytes
    mine: Side
    theirs: Side | None

    def find_answer(self) -> Side | None:
        """Where the peer writes. For what we opened and it accepted, the sealed pointer says so."""
        if self.theirs is None:
            x = _present(self.wallet, self.mine.address)
            if x.state == OPEN:
                self.theirs = self._pointed(x)
        return self.theirs

    def _pointed(self, x: Inbox) -> Side:
        wallet = self.wallet
        address = open_pointer(wallet.deployment.domain, self.mine.thread, self.mine.address, x.reader, x.reply)
        y = _present(wallet, address)
        if y.recipient == wallet.address:
            sender = verified_sender(wallet, address, y)
            require(sender.card.wallet == self.peer, "ANSWER_INVALID", "of another wallet")
            return Side(address, sender.thread, 0)
        if y.recipient == NOBODY and y.reader == wallet.keys.delegate:
            return Side(address, self.mine.thread, 1)
        raise InboxGone

    def read(self) -> list[ReadMessage]:
        """What we wrote, then what the peer wrote, each in its order."""
        theirs = self.find_answer()
        return self._messages(self.mine, True) + (self._messages(theirs, False) if theirs is not None else [])

    def _messages(self, side: Side, mine: bool) -> list[ReadMessage]:
        inbox = _present(self.wallet, side.address)
        key = self._key(side, inbox)
        found = []
        for frame in frames(inbox):
            if side.role == 0 and frame.number < HANDSHAKE_FRAMES:
                continue
            inner = open_message(key, frame.number, frame.payload)
            found.append(ReadMessage(mine, frame.number, text_of(inner), inner.sent, inner.seen, frame.time))
        return found

    def _key(self, side: Side, inbox: Inbox) -> bytes:
        return inbox_key(self.wallet.deployment.domain, side.thread, side.role, inbox.life(side.address))

    def send(self, text: str) -> int:
        """Writes one message; the frame's number."""
        inbox, theirs = _present(self.wallet, self.mine.address), self.find_answer()
        seen = _present(self.wallet, theirs.address).next if theirs is not None else 0
        inner = Inner(TEXT, int(time.time()), seen, text.encode("utf-8"))
        frame = seal_message(self._key(self.mine, inbox), inbox.next, inner, secrets.token_bytes(32))
        keys = self.wallet.keys
        self.wallet.rpc.send([self.wallet.program.post(keys.delegate, self.mine.address, inbox.next, frame)], [keys.delegate_seed])
        return inbox.next

    def acknowledge(self) -> int:
        """Tells the program that everything of the peer's inbox has been read: below which number."""
        theirs = self.find_answer()
        if theirs is None:
            raise ProtocolError("NOT_OPEN")
        upto, keys = _present(self.wallet, theirs.address).next, self.wallet.keys
        self.wallet.rpc.send([self.wallet.program.acknowledge(keys.delegate, theirs.address, upto)], [keys.delegate_seed])
        return upto


def verified_sender(wallet: Wallet, address: bytes, inbox: Inbox) -> Responded:
    """The handshake in an inbox that names this wallet as its recipient."""
    require(inbox.recipient == wallet.address, "HANDSHAKE_NOT_FOR_ME", "another recipient")
    require(inbox.next >= HANDSHAKE_FRAMES, "HANDSHAKE_INCOMPLETE")
    first, second = (frame.payload for frame in frames(inbox)[:HANDSHAKE_FRAMES])
    return respond(wallet.deployment, inbox.life(address), wallet.address, join(first, second), wallet.held)


def _present(wallet: Wallet, address: bytes) -> Inbox:
    inbox = read_inbox(wallet, address)
    if inbox is None:
        raise InboxGone
    return inbox
