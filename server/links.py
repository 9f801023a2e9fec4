"""Residents' links: made from the office's key, so that a slip can be printed again.

The database keeps only hashes of them, for look-up.
"""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256

TRACK, SURVEY, RATE, POINT = "track", "survey", "rate", "point"
FOLDER = {TRACK: "t", SURVEY: "s", RATE: "rate", POINT: "rate"}
TOKEN_BYTES = 16  # 128 bits: nobody guesses one


def link_token(secret: str, purpose: str, ticket_id: int) -> str:
    """22 characters that stand for this ticket, for this purpose only. `secret` is hex.

    For `RATE` it is a counter's id, 0 for the whole office; for `POINT` a mobile point's.
    """
    made = hmac.digest(bytes.fromhex(secret), f"{purpose}:{ticket_id}".encode(), "sha256")
    return urlsafe_b64encode(made[:TOKEN_BYTES]).decode().rstrip("=")


def turning_token(secret: str, counter_id: int, turn: int, turn_ms: int) -> str:
    """What a QR that changes stands for during one of its turns, counted from 1970: it says which
    one, so that an old one is known as such. Of turns of another length none is good."""
    text = f"turn:{counter_id}:{turn_ms}:{turn}"
    made = hmac.digest(bytes.fromhex(secret), text.encode(), "sha256")
    return f"{turn:x}.{urlsafe_b64encode(made[:TOKEN_BYTES]).decode().rstrip('=')}"


def link(base_url: str, secret: str, purpose: str, ticket_id: int) -> str:
    """The address of a ticket's live page (`TRACK`) or survey (`SURVEY`), or of the page that rates
    a counter (`RATE`) or a mobile point (`POINT`). `secret` is hex."""
    return f"{base_url}/{FOLDER[purpose]}/{link_token(secret, purpose, ticket_id)}"


def token_hash(token: str) -> str:
    """What is stored of a token of any kind (hex)."""
    return sha256(token.encode(errors="surrogatepass")).hexdigest()
