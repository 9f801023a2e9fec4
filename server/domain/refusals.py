"""The ways the office says no. A refusal names its reason by a code; faces word it, once."""


class Refusal(Exception):
    """Something the caller asked for and the office does not do.

    `code` names the sentence in the message catalogue (`refusal.CODE`), `facts` fill its gaps.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(f"{code} {facts}" if facts else code)
        self.code = code
        self.facts = facts


class NotFound(Refusal):
    """No such ticket, counter, service or link."""


class NotAllowed(Refusal):
    """The state of the ticket, the counter or the office does not permit this."""


class KeyReused(Refusal):
    """An idempotency key that already answered another request."""


class Expired(Refusal):
    """It was there, and its time has passed."""


class NotSignedIn(Refusal):
    """Nobody known is asking."""


class NotPermitted(Refusal):
    """Somebody known is asking for what their role does not do."""


class TooOften(Refusal):
    """Asked too many times; `retry_after_s` says when to come again."""

    def __init__(self, code: str, *, retry_after_s: int, **facts: object) -> None:
        super().__init__(code, **facts)
        self.retry_after_s = retry_after_s


class BadField(Refusal):
    """Values that came in and cannot be meant: `fields` maps each name to a sentence's code."""

    def __init__(self, /, **fields: str) -> None:  # a field may be called "self"
        super().__init__("bad_fields")
        self.fields = fields
