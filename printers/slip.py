"""What stands on a slip."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True, slots=True)
class Slip:
    """One ticket as it goes on paper. All texts are plain text, already in `language`.

    Whether and why somebody goes first is not among the fields, so it is never on paper.
    """

    number: str
    office: str
    service: str
    url: str
    """What the QR holds, the ticket's `track_url`; empty: no QR."""
    date: str
    """The office's day in words, such as วันจันทร์ที่ 16 มีนาคม 2569."""
    time: str
    """When the ticket was issued, `10:24`."""
    language: str
    """`th` or `en`; any other is printed with Thai words."""
    next_services: tuple[str, ...] = ()
    """The later services of the same visit, in order."""
    ahead: int | None = None
    """How many wait before this one; None: not said."""
    likely_from: str = ""
    likely_to: str = ""
    """Between which times (`10:44`) the call is likely; empty: not said."""
    wifi: str = ""
    """The network a phone must join to open `url`; empty: any will do."""
    large: bool = False
    """Large print."""
    reprint: bool = False
    demo: bool = False
    """Says that the data are simulated."""
    test: bool = False
    """Says that it is nobody's ticket."""
    documents: tuple[str, ...] = ()
    """What to have ready at the counter, the first few."""
    documents_left: int = 0
    """How many more there are."""
    english: bool = False
    """Office, services and labels stand once more in English, beneath the Thai."""
    office_en: str = ""
    service_en: str = ""
    next_services_en: tuple[str, ...] = ()
    template: str = ""
    """The office's own layout, as Typst; empty: the one that comes with Khiu."""

    def as_json(self) -> dict[str, object]:
        """The fields as JSON values; `from_json` gives the same slip again."""
        return asdict(self) | {name: list(getattr(self, name)) for name in _LISTS}

    @classmethod
    def from_json(cls, kept: Mapping[str, object]) -> "Slip":
        """The slip that `as_json` gave. Raises `ValueError`: a field is missing or not its type.

        Unknown names are passed over: a row written by a later version can still be printed.
        """
        known: dict[str, object] = {f.name: kept[f.name] for f in fields(cls) if f.name in kept}
        for name in _LISTS:
            texts = known.get(name, ())
            if not isinstance(texts, list | tuple) or not all(isinstance(t, str) for t in texts):
                raise ValueError(f"{name} of a slip must be a list of texts")
            known[name] = tuple(texts)
        for name, value in known.items():
            if type(value) not in _TYPES[name]:  # not isinstance: True would be a number
                raise ValueError(f"{name} of a slip must not be {value!r}")
        try:
            return cls(**known)  # type: ignore[arg-type]  # each was checked against _TYPES
        except TypeError as error:
            raise ValueError(f"a slip lacks fields: {error}") from error


_LISTS = ("next_services", "next_services_en", "documents")
_TYPES: dict[str, tuple[type, ...]] = {
    **{field.name: (str,) for field in fields(Slip)},
    **dict.fromkeys(("large", "reprint", "demo", "test", "english"), (bool,)),
    **dict.fromkeys(_LISTS, (tuple,)),
    "ahead": (int, type(None)),
    "documents_left": (int,),
}
