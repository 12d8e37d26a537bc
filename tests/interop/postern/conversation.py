"""Sections 6 and 7: one conversation with a peer; finding its answer, writing, reading, acknowledging."""

import secrets
import time
from dataclasses import dataclass, field

from .accounts import NOBODY, OPEN, Frame, Inbox
from .addresses import inbox_address
from .errors import InboxGone, ProtocolError, require
from .generations import Keys
from .handshake import Responded, join, respond
from .inbox import inbox_key
from .inboxes import GAP_LIMIT, read_inbox
from .message import MOVED, TEXT, Inner, open_message, seal_message, text_of
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
    """`mine` is written here, `theirs` by the peer; None until the peer has answered. What moved away is in `left`, ours and theirs."""

    wallet: Wallet
    peer: bytes
    mine: Side
    theirs: Side | None
    left: list[tuple[Side, Side | None]] = field(default_factory=list)

    def replace(self, mine: Side, theirs: Side | None) -> None:
        """Goes on in other inboxes."""
        self.left.append((self.mine, self.theirs))
        self.mine, self.theirs = mine, theirs

    def find_answer(self) -> Side | None:
        """
        Where the peer writes. For what we opened and it accepted, the sealed pointer says so. For what is addressed to nobody,
        a `moved` message in the inbox that the peer has left, or a search among the inboxes of its delegate (section 8).
        """
        if self.theirs is None:
            x = _present(self.wallet, self.mine.address)
            if x.recipient == NOBODY:
                self.theirs = self._announced() or self._searched(x)
            elif x.state == OPEN:
                self.theirs = self._pointed(x)
        return self.theirs

    def _announced(self) -> Side | None:
        left = next((side for _, side in reversed(self.left) if side is not None and self._stands(side)), None)
        opened = [] if left is None else self._opened(left)
        if not opened or opened[-1][1].kind != MOVED or len(opened[-1][1].body) != 32:
            return None
        return self._answer_at(opened[-1][1].body, named=True)

    def _searched(self, x: Inbox) -> Side | None:
        wallet = self.wallet
        delegate = wallet.bundle_of(self.peer)[0].card.delegate
        places = [inbox_address(wallet.program.id, delegate, index) for index in range(GAP_LIMIT)]
        standing = [place for place, data in zip(places, wallet.rpc.accounts(wallet.program.id, places), strict=True) if data is not None]
        sides = (self._answer_at(place, named=False) for place in standing if _present(wallet, place).opened_slot >= x.opened_slot)
        return next((side for side in sides if side is not None), None)

    def _answer_at(self, address: bytes, named: bool) -> Side | None:
        """An inbox that answers ours: for us to read, and sealed under our thread where it has frames; if it has none, where it was named."""
        y = read_inbox(self.wallet, address)
        if y is None or y.recipient != NOBODY or self.wallet.keys_of(y.reader) is None:
            return None
        side = Side(address, self.mine.thread, 1)
        return side if (named and y.next == 0) or self._opens(side, y) else None

    def _opens(self, side: Side, inbox: Inbox) -> bool:
        key = self._key(side, inbox)
        for frame in frames(inbox):
            try:
                open_message(key, frame.number, frame.payload)
            except ProtocolError:
                continue
            return True
        return False

    def _pointed(self, x: Inbox) -> Side:
        wallet = self.wallet
        address = open_pointer(wallet.deployment.domain, self.mine.thread, self.mine.address, x.reader, x.reply)
        y = _present(wallet, address)
        if y.recipient == wallet.address:
            sender = verified_sender(wallet, address, y)
            require(sender.card.wallet == self.peer, "ANSWER_INVALID", "of another wallet")
            return Side(address, sender.thread, 0)
        if y.recipient == NOBODY and wallet.keys_of(y.reader) is not None:
            return Side(address, self.mine.thread, 1)
        raise InboxGone

    def read(self) -> list[ReadMessage]:
        """What we wrote, then what the peer wrote, each in its order. What was left and closed since is not read any more."""
        self.find_answer()
        ours = [mine for mine, _ in self.left if self._stands(mine)] + [self.mine]
        theirs = [side for _, side in self.left if side is not None and self._stands(side)]
        theirs += [] if self.theirs is None else [self.theirs]
        return [message for mine in ours for message in self._texts(mine, True)] + [message for side in theirs for message in self._texts(side, False)]

    def _stands(self, side: Side) -> bool:
        return read_inbox(self.wallet, side.address) is not None

    def moved_to(self) -> bytes | None:
        """The inbox that the peer's last message names, where that is a move."""
        opened = self._opened(self.theirs) if self.theirs is not None else []
        if not opened or opened[-1][1].kind != MOVED:
            return None
        body = opened[-1][1].body
        require(len(body) == 32, "CONTENT_UNKNOWN")
        return body

    def _opened(self, side: Side) -> list[tuple[Frame, Inner]]:
        inbox = _present(self.wallet, side.address)
        key, first = self._key(side, inbox), HANDSHAKE_FRAMES if side.role == 0 else 0
        return [(frame, open_message(key, frame.number, frame.payload)) for frame in frames(inbox) if frame.number >= first]

    def _texts(self, side: Side, mine: bool) -> list[ReadMessage]:
        opened = [(frame, inner) for frame, inner in self._opened(side) if inner.kind != MOVED]
        return [ReadMessage(mine, frame.number, text_of(inner), inner.sent, inner.seen, frame.time) for frame, inner in opened]

    def _key(self, side: Side, inbox: Inbox) -> bytes:
        return inbox_key(self.wallet.deployment.domain, side.thread, side.role, inbox.life(side.address))

    def send(self, text: str) -> int:
        """Writes one message; the frame's number."""
        return self.post(TEXT, text.encode("utf-8"))

    def post(self, kind: int, body: bytes) -> int:
        inbox, theirs = _present(self.wallet, self.mine.address), self.find_answer()
        seen = _present(self.wallet, theirs.address).next if theirs is not None else 0
        inner = Inner(kind, int(time.time()), seen, body)
        frame = seal_message(self._key(self.mine, inbox), inbox.next, inner, secrets.token_bytes(32))
        keys = self._signer(inbox.writer)
        self.wallet.rpc.send([self.wallet.program.post(keys.delegate, self.mine.address, inbox.next, frame)], [keys.delegate_seed])
        return inbox.next

    def _signer(self, delegate: bytes) -> Keys:
        keys = self.wallet.keys_of(delegate)
        if keys is None:
            raise ProtocolError("GENERATION_UNKNOWN")
        return keys

    def acknowledge(self) -> int:
        """Tells the program that everything of the peer's inbox has been read: below which number."""
        theirs = self.find_answer()
        if theirs is None:
            raise ProtocolError("NOT_OPEN")
        inbox = _present(self.wallet, theirs.address)
        upto, keys = inbox.next, self._signer(inbox.reader)
        self.wallet.rpc.send([self.wallet.program.acknowledge(keys.delegate, theirs.address, upto)], [keys.delegate_seed])
        return upto


def verified_sender(wallet: Wallet, address: bytes, inbox: Inbox) -> Responded:
    """The handshake in an inbox, which proves that it was made for this wallet and by whom."""
    require(inbox.next >= HANDSHAKE_FRAMES, "HANDSHAKE_INCOMPLETE")
    first, second = (frame.payload for frame in frames(inbox)[:HANDSHAKE_FRAMES])
    return respond(wallet.deployment, inbox.life(address), wallet.address, join(first, second), wallet.held)


def _present(wallet: Wallet, address: bytes) -> Inbox:
    inbox = read_inbox(wallet, address)
    if inbox is None:
        raise InboxGone
    return inbox
