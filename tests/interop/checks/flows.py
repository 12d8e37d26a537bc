"""Sections 8 and 9, as the vectors call them: following a move, and restoring everything from one signature and the chain."""

from dataclasses import dataclass, field

from postern import ed25519, handshake, message, owner_box, reply
from postern.addresses import inbox_address
from postern.bundle import check_card
from postern.card import bundle_hash
from postern.domain import Deployment
from postern.errors import require
from postern.generations import Keys, generation_secret
from postern.inbox import inbox_key
from postern.root import derive_root, root_text

from .functions_of_inboxes import inner_fields
from .inputs import Inputs
from .registry import Outputs, function

NOBODY = bytes(32)
WRITERS_LOOKED_FOR = 256


def at_its_address(deployment: Deployment, inbox: Inputs) -> bool:
    return inbox_address(deployment.program_id, inbox.octets("writer"), inbox.number("index")) == inbox.octets("inbox")


@function
def follow_move(i: Inputs) -> Outputs:
    deployment, wallet = i.deployment(), i.octets("wallet")
    inner = message.open_message(i.octets("oldInboxKey"), i.number("seq"), i.octets("frame"))
    require(inner.kind == message.MOVED and len(inner.body) == 32, "CONTENT_UNKNOWN")
    require(inner.body == i.octets("inbox") and at_its_address(deployment, i), "ANSWER_INVALID")
    require(i.octets("recipient") in (wallet, NOBODY), "ANSWER_INVALID")
    joined = handshake.join(i.octets("frame0"), i.octets("frame1"))
    found = handshake.respond(deployment, i.inbox(), wallet, joined, i.held())
    require(found.card.wallet == i.octets("peerWallet"), "ANSWER_INVALID")
    key = inbox_key(deployment.domain, found.thread, 0, i.inbox())
    return {"generation": found.generation, "senderCard": found.card.encode(), "reader": found.reader, "thread": found.thread, "inboxKey": key}


@dataclass(frozen=True)
class Found:
    role: int
    thread: bytes
    peer_wallet: bytes


@dataclass
class Restoring:
    """What is known so far: by the address of an inbox, whose thread it belongs to."""

    deployment: Deployment
    wallet: bytes
    chain: dict[bytes, Inputs]
    held: dict[int, tuple[Keys, bytes]]
    found: dict[bytes, Found] = field(default_factory=dict)

    def own(self) -> None:
        for keys, _ in self.held.values():
            writers = {keys.delegate} | {ed25519.public_key(keys.writer_seed(n)) for n in range(WRITERS_LOOKED_FOR)}
            for address, inbox in self.chain.items():
                if inbox.octets("writer") in writers and at_its_address(self.deployment, inbox):
                    self._one(address, inbox, owner_box.open_owner_box(keys.owner, inbox.inbox(), inbox.octets("ownerBox")))

    def _one(self, address: bytes, inbox: Inputs, box: owner_box.Opening) -> None:
        self.found[address] = Found(box.role, box.thread, box.peer_wallet)
        if box.role == 1:
            x = self.chain.get(box.link)
            if x is not None and self._pointed(box.link, x, box.thread) == address:
                self.found[box.link] = Found(0, box.thread, box.peer_wallet)
        elif inbox.text("state") == "open":
            answer = self._pointed(address, inbox, box.thread)
            y = self.chain.get(answer)
            if y is not None and y.octets("recipient") == NOBODY and at_its_address(self.deployment, y):
                self.found[answer] = Found(1, box.thread, box.peer_wallet)

    def _pointed(self, address: bytes, inbox: Inputs, thread: bytes) -> bytes:
        return reply.open_pointer(self.deployment.domain, thread, address, inbox.octets("reader"), inbox.octets("reply"))

    def requests(self) -> None:
        for address, inbox in self.chain.items():
            if inbox.octets("recipient") == self.wallet and address not in self.found:
                frames = inbox.byte_list("frames")
                require(len(frames) >= 2, "HANDSHAKE_INCOMPLETE")
                joined = handshake.join(frames[0], frames[1])
                sender = handshake.respond(self.deployment, inbox.inbox(), self.wallet, joined, self.held.get)
                self.found[address] = Found(0, sender.thread, sender.card.wallet)

    def messages(self, address: bytes, found: Found) -> list[Outputs]:
        inbox = self.chain[address]
        key = inbox_key(self.deployment.domain, found.thread, found.role, inbox.inbox())
        first = 2 if found.role == 0 else 0
        frames = list(enumerate(inbox.byte_list("frames")))[first:]
        return [{"inbox": address, "seq": seq, **inner_fields(message.open_message(key, seq, frame))} for seq, frame in frames]


@function
def restore(i: Inputs) -> Outputs:
    deployment, wallet, number, signature = i.deployment(), i.octets("wallet"), i.number("rootNumber"), i.octets("signature")
    require(ed25519.verify(wallet, root_text(deployment, wallet, number), signature), "WALLET_SIGNATURE_INVALID")
    root = derive_root(deployment.domain, deployment.scope, "wallet", number, wallet, signature)
    held = {}
    for bundle in i.objects("bundles"):
        card = check_card(deployment, bundle.octets("card"), bundle.octets("certificate"), None, wallet, None)
        keys = Keys(deployment.domain, generation_secret(deployment.domain, root, card.generation))
        require(keys.delegate == card.delegate, "ROOT_MISMATCH")
        held[card.generation] = (keys, bundle_hash(deployment.domain, bundle.octets("card")))
    restoring = Restoring(deployment, wallet, {inbox.octets("inbox"): inbox for inbox in i.objects("inboxes")}, held)
    restoring.own()
    restoring.requests()
    known = [(address, restoring.found[address]) for address in restoring.chain if address in restoring.found]
    return {
        "threads": [{"inbox": address, "role": one.role, "thread": one.thread, "peerWallet": one.peer_wallet} for address, one in known],
        "messages": [each for address, one in known for each in restoring.messages(address, one)],
    }
