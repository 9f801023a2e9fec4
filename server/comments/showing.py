"""What every page of comments shows: names of services, channels, reasons; the words of a mask."""

from datetime import date
from typing import Any

from server.catalogue import FIRST
from server.domain import roles
from server.domain.masking import KINDS
from server.domain.settings import Words
from server.domain.thai import month_words
from server.store import schema, setup
from server.web import house, language, rooms, settings, who, words


def marks() -> dict[str, str]:
    """What stands in place of a number or name: in Thai, as the comments are."""
    return {kind: words().say(f"comments.mask.{kind}", FIRST) for kind in KINDS}


def shared() -> dict[str, Any]:
    room = rooms()
    asked = room.satisfaction.questionnaire()
    return {
        "services": room.reads.services(),
        "service_names": {service.id: service.name for service in room.reads.services()},
        "counters": _counters(),
        "channels": settings().channels.survey,
        "channel_names": {one.code: one for one in settings().channels.survey},
        "aspect_names": {aspect.code: aspect.name for aspect in asked.aspect},
        "reason_names": {reason.code: reason.text for reason in asked.reason},
        "month_name": lambda month: month_words(date.fromisoformat(f"{month}-01"), language()),
        "date_of": date.fromisoformat,
    }


def _counters() -> dict[int, str]:
    """Numbers of counters, for those who may see what was said there."""
    if who().role not in roles.STAFF_FIGURES:
        return {}
    return {counter.id: counter.number for counter in rooms().reads.counters()}


def people() -> dict[str, Words]:
    """Staff by what notes know them as."""
    with house().store.reading() as db:
        rows = setup.rows(db, schema.staff, who().office_id)
    return {f"staff:{row.id}": Words(th=row.name_th, en=row.name_en) for row in rows}
