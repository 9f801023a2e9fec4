"""The office's own layout, tried: an image of each sample, and what is wrong in plain words."""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy import Row
from werkzeug.datastructures import ImmutableMultiDict

from printers.own import Unusable
from printers.proof import prove
from printers.slip import Slip
from server.web import say

PAPERS = {"80": 576, "58": 384}
"""Millimetres of paper, and the dots printed across it."""

LINE_SHOWN = 60  # characters of the line at fault

# What Typst says most often, in words for somebody who never met it.
KNOWN = (
    ("unknown_name", re.compile(r"unknown (?:variable|font family)|does not contain")),
    ("no_such_file", re.compile(r"file not found|project root|failed to load")),
    ("unclosed", re.compile(r"unclosed|unexpected end")),
    ("expected", re.compile(r"expected|unexpected|cannot")),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """`image`: a data: address of the PNG, empty where there is none."""

    kind: str
    paper: str
    image: str
    problem: str


@dataclass(frozen=True, slots=True)
class Trial:
    """`problem`: what is wrong with the text itself; then there are no samples."""

    samples: tuple[Sample, ...]
    problem: str = ""

    @property
    def good(self) -> bool:
        return not self.problem and not any(sample.problem for sample in self.samples)

    @property
    def problems(self) -> list[str]:
        """Each thing that is wrong, once."""
        return list(dict.fromkeys(filter(None, (self.problem, *(s.problem for s in self.samples)))))


def layout_from(form: ImmutableMultiDict[str, str]) -> str:
    """The text as typed; browsers send it with line ends of their own."""
    return form.get("layout", "").replace("\r\n", "\n")


def tried(layout: str, slips: Mapping[str, Slip]) -> Trial:
    cases = [(kind, paper) for paper in PAPERS for kind in slips]
    try:
        proofs = list(prove(layout, ((slips[kind], PAPERS[paper]) for kind, paper in cases)))
    except Unusable as problem:
        return Trial((), words_of(problem, layout))
    return Trial(
        tuple(
            Sample(
                kind,
                paper,
                "data:image/png;base64," + b64encode(png(proof.image)).decode()
                if proof.image
                else "",
                words_of(proof.problem, layout) if proof.problem else "",
            )
            for (kind, paper), proof in zip(cases, proofs, strict=False)
        )
    )


def trouble_of(newest: Row[Any] | None) -> str:
    """Why slips were printed in Khiu's own layout, last time that happened with this one."""
    if newest is None or not newest.body or not newest.problem:
        return ""
    return words_of(Unusable.from_json(newest.problem), newest.body)


def words_of(problem: Unusable, layout: str) -> str:
    """What is wrong, with the line where it is known, and how that line begins."""
    told = say(f"manage.slip.problem.{problem.code}", **problem.facts)
    message = str(problem.facts.get("told", ""))
    known = next((name for name, found in KNOWN if found.search(message)), None)
    if known:
        told = f"{say(f'manage.slip.typst.{known}')} ({message})"
    lines = layout.split("\n")
    if not problem.line or problem.line > len(lines):
        return told
    begins = lines[problem.line - 1].strip()[:LINE_SHOWN]
    return say("manage.slip.line", line=problem.line, begins=begins, told=told)


def png(image: Image.Image) -> bytes:
    drawn = BytesIO()
    image.save(drawn, "PNG", optimize=True)
    return drawn.getvalue()
