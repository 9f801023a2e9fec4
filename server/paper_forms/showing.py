"""What the pages for paper forms show: the columns of the questionnaire, services by number."""

from typing import Any

from server.domain.questionnaire import Questionnaire
from server.domain.roles import Role
from server.domain.settings import Words
from server.domain.transcript import Batch
from server.store import schema, setup
from server.web import house, reads, rooms, who


def columns(of: tuple[int, Questionnaire] | None = None) -> dict[str, Any]:
    """What is asked now, or was by that questionnaire; everything is typed by its number."""
    questionnaire_id, asked = of or rooms().transcripts.asked()
    items: list[tuple[str, Words]] = [(asked.one_tap.item, asked.one_tap.question)]
    items += [(item.code, item) for part in asked.aspect for item in part.items]
    services = [service for service in reads().services() if service.active or of]
    return {
        "questionnaire_id": questionnaire_id,
        "asked": asked,
        "items": items,
        "services": services,
        "levels": sorted(asked.levels, key=lambda level: -level.score),
    }


def people() -> dict[str, Words]:
    """Staff by what batches know them as."""
    with house().store.reading() as db:
        rows = setup.rows(db, schema.staff, who().office_id)
    return {f"staff:{row.id}": Words(th=row.name_th, en=row.name_en) for row in rows}


def adds_to(batch: Batch) -> bool:
    """Whether the caller types this batch in."""
    return any_batch() or batch.actor == str(who().actor)


def any_batch() -> bool:
    """Whether the caller may type in any batch: whoever began it may have left."""
    return who().role is Role.ADMIN
