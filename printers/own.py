"""An office's own layout: what it may say, and how it is typeset apart from the server.

Whoever writes one is an administrator, but a slip of the pen must not stop the house: such a layout
is never compiled in the server's process (`apart.py`).
"""

import json
import re
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from types import MappingProxyType

LONGEST_LAYOUT = 48 * 1024
"""Bytes of UTF-8."""

REMEMBERED = 64

# What stands before may be anything: `-eval` is a sum's end, not a longer name.
_WORD = re.compile(r"(?<!\w)(import|include|eval|std)(?![\w-])")
_NO_TEXT = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f]")
_OURS = re.compile(r'\s*"slip\.typ"')


class Unusable(Exception):
    """The layout gives no slip.

    `code`: too_large forbidden broken pages endless heavy slow width too_long no_code small_number;
    `line`, where it is known, counts from 1; `facts` fill the gaps of the sentence that tells it.
    """

    def __init__(
        self,
        code: str,
        line: int | None = None,
        facts: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        told = ", ".join(f"{name} {value}" for name, value in facts.items())
        super().__init__(f"{code}{f', line {line}' if line else ''}{f' ({told})' if told else ''}")
        self.code, self.line, self.facts = code, line, dict(facts)

    def as_json(self) -> str:
        """As it is kept; `from_json` gives the same again."""
        return json.dumps({"code": self.code, "line": self.line, "facts": self.facts})

    @classmethod
    def from_json(cls, kept: str) -> "Unusable":
        return cls(**json.loads(kept))


def check_text(layout: str) -> None:
    """Raises `Unusable` for what no layout may say, whatever Typst would make of it.

    Typst itself keeps it from files outside `templates`; packages would come from the internet, and
    `eval` (or `std`, which holds it) would hide an import from this look.
    """
    if len(layout.encode(errors="surrogatepass")) > LONGEST_LAYOUT:
        raise Unusable("too_large", facts={"most": LONGEST_LAYOUT // 1024})
    if sign := _NO_TEXT.search(layout):
        line = layout.count("\n", 0, sign.start()) + 1
        raise Unusable("forbidden", line, {"word": f"U+{ord(sign[0]):04X}"})
    for found in _WORD.finditer(layout):
        if found[1] in ("eval", "std") or not _OURS.match(layout, found.end()):
            line = layout.count("\n", 0, found.start()) + 1
            raise Unusable("forbidden", line, {"word": found[1]})


class Troubles:
    """What came of own layouts that had to give way, until somebody asks; kept in memory."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Unusable] = OrderedDict()
        self._lock = Lock()

    def __bool__(self) -> bool:
        return bool(self._kept)

    def note(self, layout: str, problem: Unusable) -> None:
        with self._lock:
            self._kept[layout] = problem
            while len(self._kept) > REMEMBERED:
                self._kept.popitem(last=False)

    def take(self, layout: str) -> Unusable | None:
        """The last trouble of this layout that nobody took yet."""
        with self._lock:
            return self._kept.pop(layout, None)


troubles = Troubles()
