"""Sections 4, 5, 7 and 9 in direct mode: opening a conversation, finding requests, answering them, restoring everything."""

import secrets
from dataclasses import dataclass

from .accounts import ANYONE, NOBODY, REQUEST, Inbox
from .conversation import HANDSHAKE_FRAMES, Conversation, Side, verified_sender
from .errors import InboxGone, require
from .generations import Keys
from .handshake import FIRST_PART_BYTES, Initiated, Responded, initiate, resume, split
from .inbox import InboxLife
from .inboxes import checked, lowest_free, own_addresses, read_inbox
from .owner_box import Opening, open_owner_box, open_salt, seal_owner_box
from .reply import open_pointer, seal_pointer
from .ring import frames
from .wallet import Wallet

CAPACITY_BYTES = 4096


def open_conversation(wallet: Wallet, peer: bytes, continues: bool = False) -> Conversation:
    """
    Two transactions: open_request with frame 0, then frame 1. What `continues` a conversation (section 8) is addressed to
    nobody where the peer takes no requests, or none without postage.
    """
    addressed = not continues or wallet.profile(peer).policy == ANYONE
    address, opened, (_, frame_1) = begin(wallet, peer, FIRST_PART_BYTES, addressed)
    wallet.rpc.send([wallet.program.post(wallet.keys.delegate, address, 1, frame_1)], [wallet.keys.delegate_seed])
    return Conversation(wallet, peer, Side(address, opened.thread, 0), None)


def begin(wallet: Wallet, peer: bytes, first_part_bytes: int, addressed: bool = True) -> tuple[bytes, Initiated, tuple[bytes, bytes]]:
    """The first transaction alone; the inbox, its handshake, and both frames."""
    keys, program = wallet.keys, wallet.program
    own, certificate = wallet.own_bundle()
    to = wallet.bundle_to_write_to(peer)
    index, address = lowest_free(wallet)
    salt = open_salt(keys.owner, secrets.token_bytes(32), address, keys.delegate, 0, peer, to.card.generation, to.hash, own.hash)
    life = InboxLife(address, keys.delegate, salt)
    opened = initiate(wallet.deployment, life, keys, own.card.encode(), certificate, to, keys.delegate)
    box = seal_owner_box(keys.owner, life, Opening(0, to.card.generation, peer, to.hash, opened.thread))
    parts = split(opened.handshake, first_part_bytes)
    if addressed:
        opening = program.open_request(keys.delegate, index, CAPACITY_BYTES, salt, wallet.address, box, peer)
    else:
        opening = program.open_inbox(keys.delegate, index, CAPACITY_BYTES, salt, wallet.address, to.card.delegate, box)
    wallet.rpc.send([opening, program.post(keys.delegate, address, 0, parts[0])], [keys.delegate_seed])
    return address, opened, parts


def resume_openings(wallet: Wallet) -> list[Conversation]:
    """Section 5, Resume: posts what an own opening lacks that stopped before its handshake was whole, on whatever device."""
    found = []
    for generation, keys in wallet.generations.items():
        for address, data in own_addresses(wallet, keys):
            inbox = checked(wallet, address, data) if data is not None else None
            if inbox is not None and inbox.next < HANDSHAKE_FRAMES and open_owner_box(keys.owner, inbox.life(address), inbox.owner_box).role == 0:
                found.append(_resumed(wallet, generation, address, inbox))
    return found


def _resumed(wallet: Wallet, generation: int, address: bytes, inbox: Inbox) -> Conversation:
    keys, life = wallet.generations[generation], inbox.life(address)
    box = open_owner_box(keys.owner, life, inbox.owner_box)
    own, certificate = wallet.own_bundle(generation)
    to = wallet.bundle_of(box.peer_wallet, box.peer_generation)[0]
    opened = initiate(wallet.deployment, life, keys, own.card.encode(), certificate, to, keys.delegate)
    posted = [frame.payload for frame in frames(inbox)]
    missing = resume(opened, posted[0] if posted else None, box.link, box.thread, to.hash)
    for number, frame in enumerate(missing, inbox.next):
        wallet.rpc.send([wallet.program.post(keys.delegate, address, number, frame)], [keys.delegate_seed])
    return Conversation(wallet, box.peer_wallet, Side(address, box.thread, 0), None)


@dataclass(frozen=True, repr=False)
class Request:
    address: bytes
    sender: Responded
    opened_time: int
    reader: bytes = NOBODY
    """Of an inbox that is addressed to nobody."""

    @property
    def addressed(self) -> bool:
        return self.reader == NOBODY


def requests(wallet: Wallet) -> list[Request]:
    """Of the last eight inboxes that asked this wallet: those not answered yet whose handshake proves its sender."""
    found = []
    for address in wallet.profile(wallet.address).recent:
        inbox = read_inbox(wallet, address)
        if inbox is not None and inbox.state == REQUEST and inbox.next >= HANDSHAKE_FRAMES:
            found.append(Request(address, verified_sender(wallet, address, inbox), inbox.opened_time))
    return found


def accept_request(wallet: Wallet, request: Request, own: Conversation | None = None) -> Conversation:
    """
    Our inbox of role 1 and the sealed pointer to it, in one transaction. Where we have asked the same wallet ourselves
    (`own`), the pointer names that inbox, and nothing is created. In what is addressed to nobody, no pointer can be set.
    """
    address, sender = request.address, request.sender
    check_still_current(wallet, sender, request.opened_time)
    keys, program, domain = wallet.keys, wallet.program, wallet.deployment.domain
    peer, generation = sender.card.wallet, sender.card.generation
    theirs = Side(address, sender.thread, 0)
    if own is not None:
        mine, create = own.mine, []
    else:
        index, free = lowest_free(wallet)
        salt = open_salt(keys.owner, secrets.token_bytes(32), free, keys.delegate, 1, peer, generation, address, sender.thread)
        box = seal_owner_box(keys.owner, InboxLife(free, keys.delegate, salt), Opening(1, generation, peer, address, sender.thread))
        mine = Side(free, sender.thread, 1)
        create = [program.open_inbox(keys.delegate, index, CAPACITY_BYTES, salt, wallet.address, sender.reader, box)]
    if request.addressed:
        pointer = seal_pointer(domain, sender.thread, secrets.token_bytes(32), address, keys.delegate, mine.address)
        create.append(program.accept(keys.delegate, wallet.address, address, keys.delegate, pointer))
        signers = [keys.delegate_seed]
    else:
        # The first acknowledgement in the same transaction: two devices cannot answer twice.
        reader = wallet.keys_of(request.reader)
        require(reader is not None, "ANSWER_INVALID", "not for us to read")
        create.append(program.acknowledge(request.reader, address, HANDSHAKE_FRAMES))
        signers = list(dict.fromkeys([keys.delegate_seed, (reader or keys).delegate_seed]))
    wallet.rpc.send(create, signers)
    return Conversation(wallet, peer, mine, theirs)


def check_still_current(wallet: Wallet, sender: Responded, opened_time: int) -> None:
    """Section 5, before accepting: the sender's keys are its current ones, or were when the inbox was opened."""
    current = wallet.bundle_to_write_to(sender.card.wallet)
    generation = sender.card.generation
    if generation == current.card.generation:
        require(sender.bundle_hash == current.hash, "KEYS_CONFLICT")
        return
    require(generation < current.card.generation, "STALE_SENDER_KEYS")
    successor = wallet.bundle_of(sender.card.wallet, generation + 1)[0]
    require(opened_time < successor.card.valid_from, "STALE_SENDER_KEYS")


def restore(wallet: Wallet) -> list[Conversation]:
    """A conversation for each thread that an owner box names, oldest generation first. Nothing is needed but the wallet."""
    every = [(keys, address, data) for keys in wallet.generations.values() for address, data in own_addresses(wallet, keys)]
    return [_restored(wallet, keys, address, data) for keys, address, data in every if data is not None]


def _restored(wallet: Wallet, keys: Keys, address: bytes, data: bytes) -> Conversation:
    inbox = checked(wallet, address, data)
    box = open_owner_box(keys.owner, inbox.life(address), inbox.owner_box)
    mine = Side(address, box.thread, box.role)
    if box.role == 0:
        conversation = Conversation(wallet, box.peer_wallet, mine, None)
        conversation.find_answer()
        return conversation
    x = read_inbox(wallet, box.link)
    if x is None:
        raise InboxGone
    if x.recipient == NOBODY:
        still_there = x.opened_slot <= inbox.opened_slot  # no pointer can be set in it; a new life of it would be younger
    else:
        still_there = open_pointer(wallet.deployment.domain, box.thread, box.link, x.reader, x.reply) == address
    if not still_there:
        raise InboxGone
    return Conversation(wallet, box.peer_wallet, mine, Side(box.link, box.thread, 0))
