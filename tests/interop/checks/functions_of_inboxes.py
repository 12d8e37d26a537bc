"""Sections 4 to 7, as the vectors call them."""

from postern import handshake, message, owner_box, reply
from postern.addresses import bundle_address, inbox_address, profile_address
from postern.bundle import VerifiedBundle, verify_bundle
from postern.inbox import first_head, inbox_key, next_head

from .inputs import Inputs
from .registry import Outputs, function

# Section 4


@function
def profile_address_(i: Inputs) -> Outputs:
    return {"address": profile_address(i.octets("programId"), i.octets("wallet"))}


@function
def key_bundle_address(i: Inputs) -> Outputs:
    return {"address": bundle_address(i.octets("programId"), i.octets("wallet"), i.number("generation"))}


@function
def inbox_address_(i: Inputs) -> Outputs:
    return {"address": inbox_address(i.octets("programId"), i.octets("writer"), i.number("index"))}


@function
def log_head0(i: Inputs) -> Outputs:
    return {"head": first_head(i.octets("inbox"), i.octets("openSalt"))}


@function
def next_log_head(i: Inputs) -> Outputs:
    return {"head": next_head(i.octets("head"), i.number("seq"), i.number("time"), i.octets("payload"))}


@function
def open_salt(i: Inputs) -> Outputs:
    owner, r32, inbox, writer, peer, link, extra = (i.octets(name) for name in ("owner", "r32", "inbox", "writer", "peerWallet", "link", "extra"))
    return {"openSalt": owner_box.open_salt(owner, r32, inbox, writer, i.number("role"), peer, i.number("peerGeneration"), link, extra)}


@function
def seal_owner_box(i: Inputs) -> Outputs:
    opening = owner_box.Opening(i.number("role"), i.number("peerGeneration"), i.octets("peerWallet"), i.octets("link"), i.octets("thread"))
    return {"ownerBox": owner_box.seal_owner_box(i.octets("owner"), i.inbox(), opening)}


@function
def open_owner_box(i: Inputs) -> Outputs:
    found = owner_box.open_owner_box(i.octets("owner"), i.inbox(), i.octets("ownerBox"))
    return {"role": found.role, "peerGeneration": found.peer_generation, "peerWallet": found.peer_wallet, "link": found.link, "thread": found.thread}


# Section 5


def opened(i: Inputs) -> tuple[handshake.Initiated, VerifiedBundle]:
    deployment = i.deployment()
    peer = verify_bundle(deployment, i.octets("peerCard"), i.octets("peerCertificate"), i.octets("peerXWing"), None, None)
    card, certificate, reader = (i.octets(name) for name in ("ownCard", "ownCertificate", "reader"))
    return handshake.initiate(deployment, i.inbox(), i.keys(deployment.domain), card, certificate, peer, reader), peer


@function
def initiate(i: Inputs) -> Outputs:
    made, _ = opened(i)
    return {
        "handshake": made.handshake,
        "thread": made.thread,
        "coins": made.coins,
        "kemSecret": made.kem_secret,
        "t1": made.t1,
        "boxKey": made.box_key,
        "chain": made.chain,
        "t2": made.t2,
        "staticSecret": made.static_secret,
    }


@function
def split_handshake(i: Inputs) -> Outputs:
    frame_0, frame_1 = handshake.split(i.octets("handshake"), i.number("n"))
    return {"frame0": frame_0, "frame1": frame_1}


@function
def join_handshake(i: Inputs) -> Outputs:
    return {"handshake": handshake.join(i.octets("frame0"), i.octets("frame1"))}


@function
def respond(i: Inputs) -> Outputs:
    found = handshake.respond(i.deployment(), i.inbox(), i.octets("wallet"), i.octets("handshake"), i.held())
    return {
        "generation": found.generation,
        "senderCard": found.card.encode(),
        "senderCertificate": found.certificate,
        "senderBundleHash": found.bundle_hash,
        "reader": found.reader,
        "thread": found.thread,
        "proof": found.proven_by,
    }


@function
def resume_handshake(i: Inputs) -> Outputs:
    made, peer = opened(i)
    box = owner_box.open_owner_box(i.keys(i.deployment().domain).owner, i.inbox(), i.octets("ownerBox"))
    posted = i.byte_list("posted")
    return {"frames": handshake.resume(made, posted[0] if posted else None, box.link, box.thread, peer.hash)}


# Section 6


@function
def inbox_key_(i: Inputs) -> Outputs:
    return {"inboxKey": inbox_key(i.octets("domain"), i.octets("thread"), i.number("role"), i.inbox())}


@function
def bucket(i: Inputs) -> Outputs:
    return {"bucket": message.bucket(i.number("bodyBytes"))}


def inner_fields(inner: message.Inner) -> Outputs:
    return {"kind": inner.kind, "sent": inner.sent, "seen": inner.seen, "body": inner.body}


@function
def seal_message(i: Inputs) -> Outputs:
    inner = message.Inner(i.number("kind"), i.number("sent"), i.number("seen"), i.octets("body"))
    frame = message.seal_message(i.octets("inboxKey"), i.number("seq"), inner, i.octets("r32"))
    return {"padded": message.padded(inner), "salt": frame[2:14], "frame": frame}


@function
def open_message(i: Inputs) -> Outputs:
    return inner_fields(message.open_message(i.octets("inboxKey"), i.number("seq"), i.octets("frame")))


@function
def read_text(i: Inputs) -> Outputs:
    return {"text": message.text_of(message.open_message(i.octets("inboxKey"), i.number("seq"), i.octets("frame")))}


@function
def decode_text(i: Inputs) -> Outputs:
    return {"text": message.decode_text(i.octets("body"))}


# Section 7


@function
def seal_reply_pointer(i: Inputs) -> Outputs:
    domain, thread, r32, x, reader, y = (i.octets(name) for name in ("domain", "thread", "r32", "inboxX", "readerR", "inboxY"))
    return {"pointer": reply.seal_pointer(domain, thread, r32, x, reader, y)}


@function
def open_reply_pointer(i: Inputs) -> Outputs:
    domain, thread, x, reader, pointer = (i.octets(name) for name in ("domain", "thread", "inboxX", "readerR", "pointer"))
    return {"inboxY": reply.open_pointer(domain, thread, x, reader, pointer)}
