"""What the office asks: a draft is written, looked at and published as a new version.

An answer stays with the version it was given to; nothing that was asked is ever changed.
"""

from datetime import date, datetime, time, timedelta

from server.domain.day import unix_ms
from server.domain.questionnaire import Questionnaire, Version, asked_between, codes_of
from server.domain.refusals import NotAllowed
from server.domain.settings import Settings
from server.domain.tongues import TONGUES
from server.domain.wish import Actor
from server.office import Office, Turn
from server.store import offices, setup
from server.store import questions as kept


class Questions:
    """Bound to one office. Each change stands in the audit list; no screen of the hall shows it."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def versions(self) -> list[Version]:
        """The newest first; a draft is the newest."""
        with self._office.store.reading() as db:
            return kept.versions(db, self._office.id)

    def version(self, version_id: int) -> Version:
        """Raises `NotFound`."""
        with self._office.store.reading() as db:
            return kept.version(db, self._office.id, version_id)

    def versions_between(self, first: date, last: date) -> list[Version]:
        """Those asked on any of these office dates, both included, oldest first.

        More than one: the questions changed meanwhile, each from its `asked_from` on.
        """
        with self._office.store.reading() as db:
            zone = Settings.read(offices.for_verb(db, self._office.id).settings).zone
            known = kept.versions(db, self._office.id)
        start = datetime.combine(first, time(), zone)
        end = datetime.combine(last + timedelta(days=1), time(), zone)
        return asked_between(known, unix_ms(start), unix_ms(end))

    def codes(self) -> set[str]:
        """Every code that any version has used."""
        return set[str]().union(*(codes_of(one.asked) for one in self.versions()))

    def draft(self, wanted: Questionnaire, actor: Actor) -> int:
        """Keeps it as the draft, in place of the draft there was; returns its id."""
        with self._office.verb(board=False) as turn:
            setup.lock(turn.db, turn.office_id)
            now, draft = _now_and_draft(turn)
            body = wanted.model_copy(update={"code": now.asked.code, "version": now.number + 1})
            if draft:
                kept.change_draft(turn.db, turn.office_id, draft.id, body, str(actor))
                return draft.id
            _note(turn, actor, "questions.drafted", body)
            return kept.add_draft(turn.db, turn.office_id, body, turn.now, str(actor))

    def publish(self, actor: Actor, mark: str | None = None) -> int:
        """From now on the draft is what is asked; returns its version. `mark`: of the draft as it
        was looked at.

        Raises `NotAllowed` (no draft, changed since, or it says what is asked already).
        """
        with self._office.verb(board=False) as turn:
            setup.lock(turn.db, turn.office_id)
            now, draft = _now_and_draft(turn)
            if draft is None:
                raise NotAllowed("no_draft")
            if mark not in (None, draft.mark):
                raise NotAllowed("draft_changed")
            if draft.asked == now.asked.model_copy(update={"version": draft.number}):
                raise NotAllowed("draft_changes_nothing")
            kept.publish(turn.db, turn.office_id, draft.id, turn.now)
            _note(turn, actor, "questions.published", draft.asked, now.asked)
            return draft.number

    def drop(self, actor: Actor) -> None:
        """Throws the draft away. Raises `NotAllowed` (there is none)."""
        with self._office.verb(board=False) as turn:
            setup.lock(turn.db, turn.office_id)
            _, draft = _now_and_draft(turn)
            if draft is None:
                raise NotAllowed("no_draft")
            kept.drop(turn.db, turn.office_id, draft.id)
            _note(turn, actor, "questions.dropped", draft.asked)


def _now_and_draft(turn: Turn) -> tuple[Version, Version | None]:
    """What is asked now, and the draft. An office always asks something: its file says what."""
    known = kept.versions(turn.db, turn.office_id)
    now = next(one for one in known if not one.draft)
    return now, next((one for one in known if one.draft), None)


def _note(
    turn: Turn, actor: Actor, action: str, asked: Questionnaire, before: Questionnaire | None = None
) -> None:
    """A line in the audit list; with what was asked before, the facts that differ."""
    new = _facts(asked)
    old = _facts(before) if before else new
    differing = [name for name in new if old[name] != new[name]]
    was, now = ({name: facts[name] for name in differing} or None for facts in (old, new))
    setup.note(turn.db, turn.office_id, turn.now, str(actor), action, str(asked.version), was, now)


def _facts(asked: Questionnaire) -> dict[str, object]:
    """What the audit list shows of a version, in the words that were asked."""
    check = asked.self_check
    return {
        "asked_languages": [TONGUES[code] for code in asked.languages],
        "asked_tap": asked.one_tap.question.th,
        "asked_items": [item.th for part in asked.aspect for item in part.items],
        "asked_reasons": [reason.text.th for reason in asked.reason],
        "asked_about": [one.text.th for one in asked.demographic],
        "asked_comment": asked.comment.th,
        "self_check": check.on,
        "self_check_items": [item.th for item in check.item] if check.on else [],
    }
