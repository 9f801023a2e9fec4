"""A slip as an image: black and white dots, typeset by Typst."""

import json
import logging
from collections.abc import Callable, Iterator

from PIL import Image

from printers.address import LAYOUTS
from printers.apart import renderer
from printers.own import Unusable, troubles
from printers.press import press_of
from printers.qr import code_for
from printers.raster import WIRE_LIMIT
from printers.slip import Slip
from printers.texts import clean, cut, loosened

log = logging.getLogger(__name__)

Facts = dict[str, object]
Render = Callable[[str], Image.Image]
"""From the facts as JSON to the image."""

_NORMAL = (1, 0.85, 0.7, 0.55)
_LARGE = (1.35, 1.2, 1.1, *_NORMAL)
_EDGE = 8  # dots: the margin is 16, so ink out here belongs to something that did not fit
_COMMANDS = 200  # bytes: what the wire carries beside the image
_MILLIMETRE = 8  # dots

# The longest texts that are still a name, and what is left of them where even that is too much.
_LONGEST = {"office": 90, "service": 150, "date": 60, "time": 20, "wifi": 40}
_LONGEST |= {"office_en": 90, "service_en": 150}
_SHORTEST = {"office": 40, "service": 60, "date": 30, "time": 10, "wifi": 32}
_SHORTEST |= {"office_en": 0, "service_en": 0}
_LATER_SERVICES, _LATER_SERVICE = 6, 60
_DOCUMENTS, _DOCUMENTS_AT_LEAST, _DOCUMENT = 5, 2, 80

# What may be broken anywhere where it would leave the paper. Not the number: it is narrowed.
_LISTS = ("next_services", "next_services_en", "documents")
_BREAKABLE = (*_LONGEST, *_LISTS, "ahead", "likely_from", "likely_to")


def typeset(slip: Slip, dots: int = LAYOUTS[0]) -> Image.Image:
    """The slip as a 1-bit image (0 is black), `dots` wide: 576 for 80 mm paper, 384 for 58 mm.

    An office's own layout that fails on this slip gives way to Khiu's, and `own.troubles` tells.
    May be called from many threads.
    """
    if slip.template:
        try:
            return fitting(slip, dots, renderer(slip.template))
        except Unusable as problem:
            log.warning("the office's own slip gives way to Khiu's: %s", problem)
            troubles.note(slip.template, problem)
    return fitting(slip, dots, press_of("", dots).image)


def fitting(slip: Slip, dots: int, render: Render) -> Image.Image:
    """The slip within its paper and the wire (`raster.WIRE_LIMIT`).

    Where it is too long, first the documents give way, then large print, then texts longer than any
    name; the number's height never does. Raises `Unusable` where an own layout leaves no way.
    """
    rows = (WIRE_LIMIT - _COMMANDS) // (dots // 8)
    for facts in _shorter_and_shorter(slip, dots):
        image = _within_edges(facts, render)
        if image.width != dots:
            raise Unusable("width", facts={"dots": image.width, "wanted": dots})
        if image.height <= rows:
            return image
    raise Unusable("too_long", facts={"mm": image.height // _MILLIMETRE})


def _shorter_and_shorter(slip: Slip, dots: int) -> Iterator[Facts]:
    scales = _LARGE if slip.large else _NORMAL
    facts = _facts(slip, dots)
    documents = facts["documents"]
    assert isinstance(documents, list)
    for kept in sorted({len(documents), min(len(documents), _DOCUMENTS_AT_LEAST)} - {0})[::-1]:
        left = slip.documents_left + len(slip.documents) - kept
        fewer = {"documents": documents[:kept], "documents_left": left}
        yield facts | fewer | {"scale": scales[0]}
    facts |= {"documents": [], "documents_left": 0}
    yield from (facts | {"scale": scale} for scale in scales)
    least = {name: cut(str(facts[name]), length) for name, length in _SHORTEST.items()}
    none = {"next_services": [], "next_services_en": [], "english": False}
    yield facts | least | none | {"scale": scales[-1]}


def _facts(slip: Slip, dots: int) -> Facts:
    kept = slip.as_json()
    facts: Facts = {
        name: clean(value) if isinstance(value, str) else value
        for name, value in kept.items()
        if name not in ("url", "template")
    }
    facts |= {name: cut(str(facts[name]), length) for name, length in _LONGEST.items()}
    for name, most, longest in (
        ("next_services", _LATER_SERVICES, _LATER_SERVICE),
        ("next_services_en", _LATER_SERVICES, _LATER_SERVICE),
        ("documents", _DOCUMENTS, _DOCUMENT),
    ):
        facts[name] = [cut(clean(text), longest) for text in getattr(slip, name)[:most]]
    facts["ahead"] = None if slip.ahead is None else str(slip.ahead)
    code = code_for(slip.url, dots)
    facts["qr"] = code and {"svg": code.as_svg(), "modules": len(code.matrix), "dots": code.dots}
    facts["width"] = dots // _MILLIMETRE
    return facts


def _within_edges(facts: Facts, render: Render) -> Image.Image:
    image = render(json.dumps(facts))
    if _touches_edge(image):
        image = render(json.dumps(facts | {name: loosened(facts[name]) for name in _BREAKABLE}))
    return image


def _touches_edge(image: Image.Image) -> bool:
    left, _, right, _ = image.point(lambda dot: 255 - dot).getbbox() or (_EDGE, 0, 0, 0)
    return left < _EDGE or right > image.width - _EDGE
