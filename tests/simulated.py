"""The demo office as the simulator sees it, without a database."""

from pathlib import Path

from server.domain.hall import Hall, HallCounter, HallService
from server.domain.office_file import OfficeFile, ServiceProfile, read_office
from server.domain.settings import ServiceRules


def file() -> OfficeFile:
    return read_office(Path("deploy/demo-office.toml").read_text("utf-8"))


def hall_of(made: OfficeFile) -> Hall:
    ids = {part.code: at for at, part in enumerate(made.service, 1)}
    kept = made.kept()
    assert kept.arrivals is not None
    return Hall(
        settings=kept,
        arrivals=kept.arrivals,
        services=tuple(
            HallService(
                ids[part.code],
                part.prefix,
                part.standard_minutes,
                ServiceProfile(**part.model_dump(include=set(ServiceProfile.model_fields))),
                ServiceRules(**part.model_dump(include=set(ServiceRules.model_fields))),
            )
            for part in made.service
        ),
        counters=tuple(
            HallCounter(at, part.number, {ids[code]: s for code, s in part.services.items()})
            for at, part in enumerate(made.counter, 101)
        ),
        questionnaire=made.questionnaire,
    )
