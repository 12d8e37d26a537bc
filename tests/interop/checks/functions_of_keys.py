"""Sections 1 to 3 and vaults, as the vectors call them."""

from postern import bundle, card, ed25519, generations, primitives, root, safety_number, vault, xwing
from postern.domain import Deployment, scope_hash
from postern.errors import ProtocolError

from .inputs import Inputs
from .registry import Outputs, function

# Section 1


@function
def hash_(i: Inputs) -> Outputs:
    return {"hash": primitives.hashed(i.text("label"), i.octets("data"))}


@function
def extract(i: Inputs) -> Outputs:
    return {"prk": primitives.extract(i.octets("salt"), i.octets("ikm"))}


@function
def expand(i: Inputs) -> Outputs:
    return {"key": primitives.expand(i.octets("prk"), i.text("label"), i.octets("context"), i.number("length"))}


@function
def seal(i: Inputs) -> Outputs:
    return {"box": primitives.seal(i.octets("key"), i.octets("message"))}


@function
def open_(i: Inputs) -> Outputs:
    """The one function that says "it does not open" by an output and not by an error: the callers have the codes."""
    try:
        return {"message": primitives.unseal(i.octets("key"), i.octets("box"), "NOT_OPEN")}
    except ProtocolError:
        return {"message": None}


@function
def dh(i: Inputs) -> Outputs:
    return {"shared": primitives.dh(i.octets("secret"), i.octets("publicKey"))}


@function
def kem_public_key(i: Inputs) -> Outputs:
    return {"publicKey": xwing.public_key(i.octets("seed"))}


@function
def encapsulate(i: Inputs) -> Outputs:
    ciphertext, secret = xwing.encapsulate(i.octets("publicKey"), i.octets("coins"))
    return {"ciphertext": ciphertext, "secret": secret}


@function
def decapsulate(i: Inputs) -> Outputs:
    return {"secret": xwing.decapsulate(i.octets("seed"), i.octets("ciphertext"))}


@function
def verify(i: Inputs) -> Outputs:
    return {"valid": ed25519.verify(i.octets("publicKey"), i.octets("message"), i.octets("signature"))}


@function
def domain(i: Inputs) -> Outputs:
    return {"domain": Deployment(i.octets("programId"), i.octets("genesisHash")).domain}


@function
def scope_hash_(i: Inputs) -> Outputs:
    return {"scopeHash": scope_hash(i.text("scope"))}


# Section 2


@function
def root_text(i: Inputs) -> Outputs:
    return {"text": root.root_text(i.deployment(), i.octets("wallet"), i.number("rootNumber"))}


@function
def enrol_wallet(i: Inputs) -> Outputs:
    deployment, wallet, number, signature = i.deployment(), i.octets("wallet"), i.number("rootNumber"), i.octets("signature1")
    root.check_root_signatures(deployment, wallet, number, signature, i.octets("signature2"))
    return {"root": root.derive_root(deployment.domain, deployment.scope, "wallet", number, wallet, signature)}


@function
def derive_root(i: Inputs) -> Outputs:
    return {"root": root.derive_root(i.octets("domain"), i.text("scope"), i.text("kind"), i.number("rootNumber"), i.octets("wallet"), i.octets("ikm"))}


@function
def generation_secret(i: Inputs) -> Outputs:
    return {"generationSecret": generations.generation_secret(i.octets("domain"), i.octets("root"), i.number("generation"))}


@function
def generation_keys(i: Inputs) -> Outputs:
    keys = i.keys()
    return {
        "identitySecret": keys.identity_secret,
        "identity": keys.identity,
        "xWingSeed": keys.kem_seed,
        "xWing": keys.kem_public,
        "delegateSeed": keys.delegate_seed,
        "delegate": keys.delegate,
        "owner": keys.owner,
    }


@function
def writer_key(i: Inputs) -> Outputs:
    seed = i.keys().writer_seed(i.number("index"))
    return {"seed": seed, "publicKey": ed25519.public_key(seed)}


@function
def reader_key(i: Inputs) -> Outputs:
    seed = i.keys().reader_seed(i.octets("inbox"))
    return {"seed": seed, "publicKey": ed25519.public_key(seed)}


# Section 3


def card_fields(found: card.Card) -> Outputs:
    return {
        "generation": found.generation,
        "validFrom": found.valid_from,
        "validUntil": found.valid_until,
        "wallet": found.wallet,
        "delegate": found.delegate,
        "identity": found.identity,
        "keyHash": found.key_hash,
    }


@function
def encode_card(i: Inputs) -> Outputs:
    generation, valid_from, valid_until = (i.number(name) for name in ("generation", "validFrom", "validUntil"))
    wallet, delegate, identity, hash_of_key = (i.octets(name) for name in ("wallet", "delegate", "identity", "keyHash"))
    return {"card": card.Card(generation, valid_from, valid_until, wallet, delegate, identity, hash_of_key).encode()}


@function
def key_hash(i: Inputs) -> Outputs:
    return {"keyHash": card.key_hash(i.octets("xWing"))}


@function
def bundle_hash(i: Inputs) -> Outputs:
    return {"bundleHash": card.bundle_hash(i.octets("domain"), i.octets("card"))}


@function
def certificate_text(i: Inputs) -> Outputs:
    return {"text": card.certificate_text(i.deployment(), card.Card.decode(i.octets("card")))}


@function
def certificate_message(i: Inputs) -> Outputs:
    return {"message": card.certificate_message(i.deployment(), card.Card.decode(i.octets("card")))}


@function
def verify_card(i: Inputs) -> Outputs:
    deployment = i.deployment()
    found = bundle.check_card(deployment, i.octets("card"), i.octets("certificate"), None, None, None)
    return {**card_fields(found), "bundleHash": card.bundle_hash(deployment.domain, i.octets("card"))}


@function
def verify_bundle(i: Inputs) -> Outputs:
    card_bytes, certificate, x_wing, wallet = (i.octets(name) for name in ("card", "certificate", "xWing", "expectedWallet"))
    return {"bundleHash": bundle.verify_bundle(i.deployment(), card_bytes, certificate, x_wing, wallet, i.number("expectedGeneration")).hash}


@function
def check_bundle_time(i: Inputs) -> Outputs:
    bundle.check_time(i.number("validFrom"), i.number("validUntil"), i.number("now"))
    return {}


@function
def check_pin(i: Inputs) -> Outputs:
    pins = [pin(one) for one in i.objects("pinned")]
    return {"outcome": bundle.check_pin(pins[0] if pins else None, pin(i))}


def pin(i: Inputs) -> bundle.Pin:
    return bundle.Pin(i.number("validFrom"), i.number("generation"), i.octets("hash"))


@function
def safety_number_(i: Inputs) -> Outputs:
    one, other = ((i.octets(f"wallet{n}"), i.octets(f"bundleHash{n}")) for n in (1, 2))
    return {"digits": safety_number.safety_number(one, other)}


# Section 9


@function
def seal_vault(i: Inputs) -> Outputs:
    return {"vault": vault.seal_vault(i.octets("ikm"), i.text("passphrase"), i.octets("salt"), i.number("log2N"))}


@function
def open_vault(i: Inputs) -> Outputs:
    return {"ikm": vault.open_vault(i.octets("vault"), i.text("passphrase"))}
