"""One office's register: what was found wanting, what is done about it, what came of it."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from server.believing import Believing
from server.domain.asked_days import Half
from server.domain.day import office_time
from server.domain.finding import About, Drawn, Effect, Kind, Stood
from server.domain.measure import By, Finding, Standing
from server.domain.measure_table import Read
from server.domain.settings import Settings
from server.domain.wish import RequestKey
from server.figures import Figures
from server.measures.drawing import Drawing, Targets
from server.measures.evidence import Shelf
from server.measures.register import AN_ID, add_finding, add_measure, checked, needed
from server.measures.steps import Steps
from server.office import Office, Turn
from server.store import measures as kept
from server.store import offices, rows, setup


class Measures(Steps):
    """Bound to one office. `files`: the data directory's folder of evidence, an office each."""

    def __init__(self, office: Office, figures: Figures, believing: Believing, files: Path) -> None:
        super().__init__(office, Shelf(files / str(office.id)))
        self._figures, self._believing = figures, believing

    def today(self) -> date:
        return office_time(self._office.clock(), self._settings().zone).date()

    def how_many_pressing(self) -> int:
        """Measures that are overdue, or due within two weeks."""
        found = self.reminder(self.today())
        return len(found.overdue) + len(found.soon)

    def targets(self) -> Targets:
        """The office's own, unless a drawing names others."""
        rules = self._settings().settings.measures
        return Targets(rules.within_standard, rules.top2)

    def proposals(self, half: Half, targets: Targets) -> list[Drawn]:
        """What the figures propose that was not proposed of that half-year before."""
        with self._office.store.reading() as db:
            known = kept.drawn_keys(db, self._office.id, half)
        found = self._drawing().proposals(half, targets)
        return [one for one in found if one.about.key not in known]

    def propose(self, half: Half, found: list[tuple[Drawn, str]], by: By) -> int:
        """Writes proposals with their words, none of them twice; returns how many are new."""
        with self._office.verb(board=False) as turn:
            setup.lock(turn.db, turn.office_id)
            known = kept.drawn_keys(turn.db, turn.office_id, half)
            new = [(one, body) for one, body in found if one.about.key not in known]
            for one, body in new:
                add_finding(
                    turn,
                    half,
                    one.about,
                    body,
                    one.stood,
                    by,
                    state=Standing.PROPOSED,
                    drawn=one.about.key,
                    action="finding_proposed",
                )
        return len(new)

    def bring(
        self, half: Half, found: Sequence[Read], by: By, key: RequestKey | None = None
    ) -> int:
        """An office's own table, whole or not at all; returns how many findings. `BadField`."""
        wishes = [
            (needed("body", one.body), [checked(wish) for wish in one.measures]) for one in found
        ]

        def act(turn: Turn) -> int:
            for body, measures in wishes:
                about, action = About(Kind.OWN), "finding_imported"
                finding_id = add_finding(turn, half, about, body, None, by, action=action)
                for wish in measures:
                    add_measure(turn, finding_id, wish, by)
            return len(wishes)

        return self._office.once(key, AN_ID, act, board=False)

    def figure(self, about: About, half: Half) -> Stood | None:
        """The figure of what a finding is about, as it stands in that half-year."""
        return self._drawing().figure(about, half, self._service_id(about))

    def effect(self, finding: Finding, half: Half | None = None) -> Effect | None:
        """The finding's figure and that of `half` (the one under way)."""
        half = half or Half.holding(self.today())
        return self._drawing().effect(finding, half, self._service_id(finding.about))

    def _drawing(self) -> Drawing:
        fewest = self._settings().settings.satisfaction.suppress_below_internal
        return Drawing(self._figures, self._believing, fewest)

    def _service_id(self, about: About) -> int | None:
        with self._office.store.reading() as db:
            services = rows.services_of(db, self._office.id)
        return next((one.id for one in services if one.code == about.service), None)

    def _settings(self) -> Settings:
        with self._office.store.reading() as db:
            return Settings.read(offices.for_verb(db, self._office.id).settings)
