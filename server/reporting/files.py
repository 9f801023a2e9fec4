"""Writes a report's files, all from the same figures."""

from pathlib import Path
from tempfile import TemporaryDirectory

import typst

from server.domain.settings import Settings
from server.house import House
from server.reporting import CannotReport
from server.reporting.composing import document_of
from server.reporting.emblem import Emblem, emblem_of
from server.reporting.figures import ReportFigures
from server.reporting.gathering import gather
from server.reporting.periods import Span
from server.reporting.press import pdf
from server.reporting.teller import Teller
from server.reporting.word import docx
from server.reporting.workbook import workbook

# The last says by its fingerprint in the others that all of them are there.
NAMES = ("report.pdf", "report.docx", "report.xlsx", "figures.json")


def write_report(
    house: House, office_id: int, settings: Settings, span: Span, to: Path
) -> tuple[list[Path], str]:
    """Makes the four files in the folder `to`; their names, and what is missing (else empty).

    Files that are there are replaced when all four are made; those for inside are for their owner
    only. Raises `CannotReport`.
    """
    if to.exists() and not to.is_dir():
        raise CannotReport(f"{to} is no directory")
    for name in NAMES:
        if (to / name).is_dir():
            raise CannotReport(f"{to / name} is a directory")
    figures = gather(house, office_id, settings, span)
    emblem, missing = _emblem(house, settings)
    try:
        made = contents(house, office_id, settings, figures, emblem)
    except typst.TypstError as error:
        raise CannotReport(f"cannot lay out the pages: {str(error).splitlines()[0]}") from error
    try:
        to.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".khiu-report-", dir=to) as folder:
            for name in NAMES:
                file = Path(folder) / name
                file.write_bytes(made[name])
                if not figures.public:
                    file.chmod(0o600)
            for name in NAMES:
                (Path(folder) / name).replace(to / name)
    except OSError as error:
        raise CannotReport(f"cannot write in {to}: {error.strerror}") from None
    return [to / name for name in NAMES], missing


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
