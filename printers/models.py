"""What a printer of a given model is like: ours for what Thai shops sell, else python-escpos's.

Where the facts of `OURS` are from:

- Epson TM-T82, T82II, T82III, T82X: sold in Asia beside the TM-T20 family and served by the same
  drivers (ePOS-Print SDK, "Supported Printers"), so they get its profile: 576 dots of 203 dpi. The
  manual of the sibling TM-T81 describes `DLE EOT 1`-`4`, `GS r 1` and a near-end sensor.
- Xprinter XP-80: the programmer's manual of these 80 mm printers (POS-80XX series) has `DLE EOT n`;
  576 dots. A near-end sensor is not promised for every one sold under the name.
- Xprinter XP-58: the CUPS filter zj-58 drives it with `ESC @`, `GS v 0` and feeds, 384 dots, no
  cutter; its author notes (issue 2) that most such printers take data and never answer.
- Rongta RP326: Rongta's "RP325 RP326 RP327 RP328 Command Set" has `DLE EOT n`; 80 mm paper, 576
  dots, a cutter. python-escpos knows the name, but not the width.

Where a source is silent the careful choice stands: a printer is asked, and a slip that it does not
confirm is uncertain. Only where answers are known to be missing it is asked nothing.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from escpos.capabilities import CAPABILITIES

PROFILES: dict[str, Any] = CAPABILITIES["profiles"]


@dataclass(frozen=True, slots=True)
class Model:
    """One model, as `profile=` in a printer's URL names it."""

    name: str
    maker: str
    profile: str
    """Whose commands of python-escpos's database it takes; this decides about the cutter."""
    dots: int | None
    """How many the head has side by side; None: not known."""
    answers: bool = True
    """False: it takes everything and says nothing, so its slips are `sent` and never `printed`."""
    near_end: bool = False
    """It is known to warn before the roll ends. Any other may, and is heard when it does."""

    @property
    def cuts(self) -> bool:
        """False: after the slip it feeds far enough to tear."""
        features = PROFILES[self.profile]["features"]
        return bool(features.get("paperPartCut") or features.get("paperFullCut"))

    @property
    def prints_images(self) -> bool:
        return bool(PROFILES[self.profile]["features"].get("bitImageRaster"))


OURS = {
    model.name: model
    for model in (
        Model("TM-T82", "Epson", "TM-T20II", 576, near_end=True),
        Model("TM-T82II", "Epson", "TM-T20II", 576, near_end=True),
        Model("TM-T82III", "Epson", "TM-T20II", 576, near_end=True),
        Model("TM-T82X", "Epson", "TM-T20II", 576, near_end=True),
        Model("XP-80", "Xprinter", "NT-80-V-UL", 576),
        Model("XP-58", "Xprinter", "POS-5890", 384, answers=False),
        Model("RP326", "Rongta", "RP326", 576),
    )
}


@cache
def model_of(name: str) -> Model | None:
    """The model of this name; None: nobody knows it."""
    if name in OURS:
        return OURS[name]
    found = PROFILES.get(name)
    if found is None:
        return None
    dots = found["media"].get("width", {}).get("pixels")
    return Model(name, found["vendor"], name, dots if isinstance(dots, int) else None)


def profile_of(name: str) -> tuple[str, Model]:
    """The python-escpos profile to encode with, and what holds instead of its own facts.

    Raises `KeyError`.
    """
    model = model_of(name)
    if model is None:
        raise KeyError(name)
    return model.profile, model


def to_choose() -> list[Model]:
    """Every model that can print a slip's image: ours first, then the others by maker and name."""
    others = (model_of(name) for name in PROFILES if name not in OURS)
    fit = [one for one in others if one and one.prints_images and (one.dots or 384) >= 384]  # noqa: PLR2004
    return [*OURS.values(), *sorted(fit, key=lambda one: (one.maker, one.name))]
