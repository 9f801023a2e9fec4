"""Writes a report's files, all from the same figures."""

from pathlib import Path
from tempfile import TemporaryDirectory

from server.domain.settings import Settings
from server.house import House
from server.reporting.composing import document_of
from server.reporting.emblem import Emblem, emblem_of
from server.reporting.figures import ReportFigures
from server.reporting.gathering import gather
from server.reporting.periods import Span
from server.reporting.press import pdf
from server.reporting.teller import Teller
from server.reporting.word import docx
from server.reporting.workbook import workbook


class CannotReport(Exception):
    """The message is one line that says why."""


def write_report(
    house: House, office_id: int, settings: Settings, span: Span, to: Path
) -> tuple[list[Path], str]:
    """Makes the four files in the folder `to`; their names, and what is missing (else empty).

    Files that are there are replaced when all four are made. Raises `CannotReport`.
    """
    if to.exists() and not to.is_dir():
        raise CannotReport(f"{to} is no directory")
    figures = gather(house, office_id, settings, span)
    emblem, missing = _emblem(house, settings)
    made = contents(house, office_id, settings, figures, emblem)
    try:
        to.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".khiu-report-", dir=to) as folder:
            for name, content in made.items():
                (Path(folder) / name).write_bytes(content)
            for name in made:
                (Path(folder) / name).replace(to / name)
    except OSError as error:
        raise CannotReport(f"cannot write in {to}: {error.strerror}") from None
    return [to / name for name in made], missing


def contents(
    house: House,
    office_id: int,
    settings: Settings,
    figures: ReportFigures,
    emblem: Emblem | None = None,
) -> dict[str, bytes]:
    """The four files by their names."""
    words = teller(house, office_id, settings, figures)
    told = document_of(words)
    return {
        "report.pdf": pdf(told, emblem),
        "report.docx": docx(told, emblem, figures.made_at),
        "report.xlsx": workbook(words),
        "figures.json": figures.as_json().encode(),
    }


def teller(house: House, office_id: int, settings: Settings, figures: ReportFigures) -> Teller:
    """The office's own words for its figures, in Thai."""
    rooms = house.rooms(office_id)
    divisions = tuple(row.name_th for row in rooms.reads.divisions())
    return Teller(figures, settings, rooms.satisfaction.questionnaire(), divisions)


def _emblem(house: House, settings: Settings) -> tuple[Emblem | None, str]:
    name = settings.office.emblem
    try:
        return emblem_of(house.data, name), ""
    except OSError:
        return None, f"the emblem {name} cannot be read as a picture; its place stays blank"
