"""The whole report in words: memo, summary, tables, method."""

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from server.domain.thai import document_clock, thai_digits
from server.reporting.detail_pages import detail_section
from server.reporting.document import Block, Chart, Column, Document, Section, Table, Text
from server.reporting.memo import memo_of
from server.reporting.method import definitions
from server.reporting.opinion_pages import (
    check_section,
    comments_section,
    opinions_section,
)
from server.reporting.queue_pages import queue_section, volumes_section
from server.reporting.summary import summary_of
from server.reporting.teller import Teller

T = TypeVar("T")

# Digits that are no part of a name that machines read: p50, top2_low.
_NUMBER = re.compile(r"(?<![A-Za-z_0-9])[0-9]+(?![A-Za-z_0-9])")


def document_of(t: Teller) -> Document:
    """In the digits that the office's documents have."""
    made = document_clock(t.f.made_at)
    sections = (
        summary_of(t),
        queue_section(t),
        volumes_section(t),
        opinions_section(t),
        detail_section(t),
        check_section(t),
        comments_section(t),
        _method(t),
    )
    found = Document(
        title=t.say("reporting.title", period=t.period),
        office=t.office,
        running=f"{t.office} · {t.period}",
        mark=" · ".join(t.marks),
        page=t.say("reporting.page"),
        memo=memo_of(t),
        sections=tuple(section for section in sections if section),
        code_label=t.say("reporting.as_of", date=t.date(t.f.made_at.date()), time=made),
        code_name=t.say("reporting.fingerprint"),
        code=t.f.fingerprint[:32],
        thai=t.settings.settings.document_digits == "thai",
    )
    return replace(_thai(found), code=found.code) if found.thai else found


def _method(t: Teller) -> Section:
    columns = (
        Column(t.say("reporting.column.term"), 4.2, number=False),
        Column(t.say("reporting.column.definition"), number=False),
    )
    blocks: list[Block] = [Table(columns, tuple(definitions(t)))]
    if t.marks:
        blocks.append(Text("notice", " · ".join(t.marks)))
    return Section(t.say("reports.method"), tuple(blocks))


def _thai(told: T) -> T:
    """The same with Thai digits in all words; a chart's shapes stay as they are."""
    found: Any = told
    if isinstance(told, str):
        found = _NUMBER.sub(lambda found: thai_digits(found[0]), told)
    elif isinstance(told, tuple):
        found = tuple(_thai(part) for part in told)
    elif isinstance(told, Chart):
        found = replace(told, alt=_thai(told.alt), labels=_thai(told.labels))
    elif is_dataclass(told) and not isinstance(told, type):
        parts = {field.name: _thai(getattr(told, field.name)) for field in fields(told)}
        found = replace(told, **parts)
    result: T = found
    return result
