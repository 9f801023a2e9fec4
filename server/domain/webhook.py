"""What another system is told of alerts: how a message is signed, and when it is tried again."""

import hmac
from urllib.parse import urlsplit

SIGNATURE, DELIVERY = "Khiu-Signature", "Khiu-Delivery"
LONGEST_ADDRESS = 300
MOST_TRIES = 12
FIRST_WAIT_S, LONGEST_WAIT_S = 10, 3 * 3600


def key_of(secret: str, turn: int) -> str:
    """The key (hex) shared with the receiver: made from the office's own, a new one each `turn`.

    `secret` is the office's, in hex; nothing of it can be found from a key.
    """
    return hmac.digest(bytes.fromhex(secret), f"webhook:{turn}".encode(), "sha256").hex()


def signature(key: str, sent_at_s: int, body: bytes) -> str:
    """The value of the header `Khiu-Signature`: `t=SECONDS,v1=HEX`.

    HEX is the HMAC-SHA256 (RFC 2104) of `SECONDS.BODY` under the key's text. The time is signed
    too, so that a receiver can refuse what somebody recorded and sends again later.
    """
    signed = hmac.digest(key.encode(), f"{sent_at_s}.".encode() + body, "sha256").hex()
    return f"t={sent_at_s},v1={signed}"


def wait_s(tries: int) -> int:
    """Seconds until the next try after so many in vain: 10 s, doubled each time, 3 h at most."""
    return int(min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** max(0, tries - 1)))


def is_address(text: str) -> bool:
    """Whether a message can be sent there: http or https, a host, nobody's password in it.

    Private addresses are welcome: the other system often stands in the same building.
    """
    if len(text) > LONGEST_ADDRESS or not text.isascii() or not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    plain = parts.username is None and not parts.fragment and port != 0
    return parts.scheme in ("http", "https") and bool(parts.hostname) and plain
