"""The few JSON-RPC calls that are needed, over the standard library."""

import base64
import json
import time
import urllib.request
from collections.abc import Sequence
from typing import Any

from solders.hash import Hash
from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.message import MessageV0
from solders.transaction import VersionedTransaction

from .base58 import base58, from_base58

COMMITMENT = "confirmed"
TIMEOUT_SECONDS = 20
POLL_SECONDS = 0.05


class RpcError(Exception):
    """What the endpoint refused, in its own words."""


class Rpc:
    def __init__(self, url: str) -> None:
        self.url = url
        # A local network is never reached through a proxy, whatever the environment names.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def call(self, method: str, *params: Any) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(self.url, body, {"content-type": "application/json"})
        with self._opener.open(request, timeout=TIMEOUT_SECONDS) as response:
            answer = json.loads(response.read())
        if "error" in answer:
            raise RpcError(f"{method}: {json.dumps(answer['error'])}")
        return answer["result"]

    def genesis_hash(self) -> bytes:
        return from_base58(self.call("getGenesisHash"))

    def accounts(self, program_id: bytes, addresses: Sequence[bytes]) -> list[bytes | None]:
        """The data of those that the program owns, None for every other."""
        found = self.call("getMultipleAccounts", [base58(address) for address in addresses], {"encoding": "base64", "commitment": COMMITMENT})
        owner = base58(program_id)
        return [base64.b64decode(value["data"][0]) if value is not None and value["owner"] == owner else None for value in found["value"]]

    def account(self, program_id: bytes, address: bytes) -> bytes | None:
        return self.accounts(program_id, [address])[0]

    def send(self, instructions: Sequence[Instruction], seeds: Sequence[bytes]) -> str:
        """Signs with the seeds, of which the first pays, sends, and waits until it is confirmed."""
        signers = [Keypair.from_seed(seed) for seed in seeds]
        blockhash = Hash.from_string(self.call("getLatestBlockhash", {"commitment": COMMITMENT})["value"]["blockhash"])
        message = MessageV0.try_compile(signers[0].pubkey(), list(instructions), [], blockhash)
        transaction = base64.b64encode(bytes(VersionedTransaction(message, signers))).decode()
        signature = self.call("sendTransaction", transaction, {"encoding": "base64", "preflightCommitment": COMMITMENT})
        self._confirm(signature)
        return str(signature)

    def _confirm(self, signature: str) -> None:
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            status = self.call("getSignatureStatuses", [signature])["value"][0]
            if status is not None and status["err"] is not None:
                raise RpcError(f"transaction failed: {status['err']}")
            if status is not None and status["confirmationStatus"] in ("confirmed", "finalized"):
                return
            time.sleep(POLL_SECONDS)
        raise RpcError("transaction not confirmed in time")
