"""
One wallet of the second implementation, led through its standard input: a JSON object a line, answered by one. The first
line names the network and the wallet; every other line has `do`, one of the names of COMMANDS, and its arguments.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from postern.accounts import CLOSED
from postern.base58 import base58, from_base58
from postern.card import TRANSACTION_SIGNED
from postern.conversation import Conversation
from postern.errors import InboxGone, ProtocolError
from postern.moves import follow, move
from postern.opening import accept_request, begin, open_conversation, requests, restore, resume_openings
from postern.rpc import Rpc
from postern.safety_number import safety_number
from postern.wallet import Wallet

SHORTEST_FIRST_PART_BYTES = 462


class Agent:
    def __init__(self, rpc: str, program: str, seed: str) -> None:
        self.wallet = Wallet(Rpc(rpc), from_base58(program), bytes.fromhex(seed))
        self.conversations: dict[str, Conversation] = {}

    def register(self) -> None:
        self.wallet.register()

    def register_by_transactions(self) -> None:
        """As a wallet does that signs no texts: it certifies every card of its own by a transaction that is never sent."""
        self.wallet.certificate_kind = TRANSACTION_SIGNED
        self.wallet.register()

    def rotate(self) -> None:
        self.wallet.rotate()

    def close_to_requests(self) -> None:
        """From now on nobody may ask this wallet for contact."""
        keys = self.wallet.keys
        self.wallet.rpc.send([self.wallet.program.set_policy(keys.delegate, self.wallet.address, CLOSED)], [keys.delegate_seed])

    def move(self, peer: str) -> None:
        move(self.conversations[peer])

    def follow(self, peer: str) -> bool:
        return follow(self.conversations[peer])

    def open(self, peer: str) -> None:
        self.conversations[peer] = open_conversation(self.wallet, from_base58(peer))

    def open_half(self, peer: str) -> None:
        """Only the first transaction, with the shortest first frame, as a device does whose battery dies."""
        begin(self.wallet, from_base58(peer), SHORTEST_FIRST_PART_BYTES)

    def resume(self) -> list[str]:
        """Finishes what another device of this wallet began; the peers."""
        resumed = {base58(conversation.peer): conversation for conversation in resume_openings(self.wallet)}
        self.conversations.update(resumed)
        return list(resumed)

    def requests(self) -> list[dict[str, str]]:
        return [{"from": base58(sender.card.wallet), "provenBy": sender.proven_by} for sender in (request.sender for request in requests(self.wallet))]

    def accept(self, peer: str) -> None:
        """Answers the request of one wallet; with the inbox of our own request to it, where there is one."""
        wanted = from_base58(peer)
        request = next(request for request in requests(self.wallet) if request.sender.card.wallet == wanted)
        self.conversations[peer] = accept_request(self.wallet, request, self.conversations.get(peer))

    def answered(self, peer: str) -> bool:
        return self.conversations[peer].find_answer() is not None

    def send(self, peer: str, text: str) -> int:
        return self.conversations[peer].send(text)

    def read(self, peer: str) -> list[dict[str, Any]]:
        return [asdict(message) for message in self.conversations[peer].read()]

    def acknowledge(self, peer: str) -> int:
        return self.conversations[peer].acknowledge()

    def restore(self) -> list[str]:
        """As a new device does: from the wallet alone."""
        self.conversations = {base58(conversation.peer): conversation for conversation in restore(self.wallet)}
        return list(self.conversations)

    def safety(self, peer: str) -> str:
        theirs, own = self.wallet.bundle_of(from_base58(peer))[0], self.wallet.own_bundle()[0]
        return safety_number((own.card.wallet, own.hash), (theirs.card.wallet, theirs.hash))


COMMANDS = ("register", "register_by_transactions", "rotate", "close_to_requests", "move", "follow", "open", "open_half", "resume", "requests", "accept", "answered", "send", "read", "acknowledge", "restore", "safety")


def answer(command: Callable[..., Any], arguments: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"ok": command(**arguments)}
    except ProtocolError as error:
        return {"code": error.code, "error": str(error)}
    except InboxGone:
        return {"code": "GONE", "error": "an inbox is gone"}


def main() -> None:
    agent = Agent(**json.loads(sys.stdin.readline()))
    for line in sys.stdin:
        arguments = json.loads(line)
        name = arguments.pop("do")
        if name not in COMMANDS:
            raise ValueError(f"no command {name}")
        print(json.dumps(answer(getattr(agent, name), arguments)), flush=True)


if __name__ == "__main__":
    main()
