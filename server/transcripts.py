"""Paper forms typed in by staff: each form once, as the paper says, marked as paper."""

from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any

from sqlalchemy import Row

from server import pressing
from server.domain.day import unix_ms
from server.domain.questionnaire import Questionnaire
from server.domain.refusals import NotAllowed, NotFound, NotPermitted
from server.domain.transcript import Batch, Form, Transcript, accepted, alike, check_day
from server.domain.typed import typed
from server.domain.wish import Actor
from server.office import Office, Turn
from server.store import flags, opinions, setup, surveys
from server.store import transcripts as store
from server.store.ids import LOW_BITS, first_of

DAY_MS = 24 * 3600 * 1000
CORRECTED_WITHIN_MS = 7 * DAY_MS  # afterwards what was typed stands, or is flagged
SHOWN = 50
LONGEST_NOTE = 300
TYPED = "typed"  # the flag of a form that was typed in by mistake, or twice


@dataclass(frozen=True, slots=True)
class Kept:
    """`alike`: other forms of that day that say exactly the same."""

    id: int
    number: int
    alike: tuple[Form, ...]


class Transcripts:
    """Bound to one office. Nothing here changes what the hall's screens show."""

    def __init__(self, office: Office) -> None:
        self._office = office

    # ------------------------------------------------------------ looking

    def asked(self) -> tuple[int, Questionnaire]:
        """What is asked now, with its id."""
        with self._office.store.reading() as db:
            return surveys.asked_now(db, self._office.id)

    def recent(self, before: int | None = None) -> list[Batch]:
        """The newest batches first."""
        with self._office.store.reading() as db:
            return store.batches(db, self._office.id, SHOWN, before=before)

    def batch(self, batch_id: int) -> tuple[Batch, list[Form]]:
        """With its forms, the newest first. Raises `NotFound`."""
        with self._office.store.reading() as db:
            found = store.batches(db, self._office.id, 1, only=batch_id)
            if not found:
                raise NotFound("no_such_thing")
            return found[0], store.of_batch(db, self._office.id, found[0])

    def form(self, batch_id: int, form_id: int) -> tuple[Form, Questionnaire, list[Form]]:
        """With what it was asked, and the forms that say the same. Raises `NotFound`."""
        batch, forms = self.batch(batch_id)
        form = next((one for one in forms if one.id == form_id), None)
        if form is None:
            raise NotFound("no_such_thing")
        with self._office.store.reading() as db:
            asked = store.questionnaire(db, self._office.id, form.questionnaire_id)
            others = store.of_day(db, self._office.id, batch.day, form.said.service_id)
        return form, asked, alike(form.said, [one for one in others if one.id != form_id])

    # ------------------------------------------------------------ typing in

    def begin(self, day: date, actor: Actor) -> int:
        """A batch for forms that were filled in on that day; its id. Raises `BadField`."""
        with self._office.verb(board=False) as turn:
            check_day(day, turn.time.date())
            return store.begin(turn.db, turn.office_id, turn.now, str(actor), day.isoformat())

    def keep(
        self,
        batch_id: int,
        key: str,
        questionnaire_id: int,
        given: Transcript,
        actor: Actor,
        *,
        any_batch: bool = False,
    ) -> Kept:
        """One form, by the key that its row was given where it was typed.

        The same key again is the same form: what came last is what the paper says. `any_batch`:
        also one that a colleague types. Raises `NotFound` (batch, service, questionnaire),
        `NotPermitted` (a colleague's batch), `NotAllowed` (too late to correct), `BadField`.
        """
        with self._office.verb(board=False) as turn:
            batch = _locked(turn, batch_id, None if any_batch else actor)
            form_id = _form_id(batch_id, key, unix_ms(_begin_of(turn, batch.day)))
            known = store.find(turn.db, turn.office_id, batch_id, form_id)
            if known is not None:
                return _correct(turn, batch, known, key, given, actor)
            asked = store.questionnaire(turn.db, turn.office_id, questionnaire_id)
            opinions.check_service(turn.db, turn.office_id, given.service_id)
            said, protected = accepted(asked, given)
            number = store.next_number(turn.db, turn.office_id, batch_id)
            form = Form(form_id, number, batch_id, questionnaire_id, None, said)
            at = unix_ms(_some_hour(turn, batch.day))
            store.add(turn.db, turn.office_id, form, asked, batch.day, at)
            pressing.report(turn, key, protected, batch.day)
            return _kept(turn, batch.day, form)

    def correct(
        self,
        batch_id: int,
        form_id: int,
        key: str,
        given: Transcript,
        actor: Actor,
        *,
        any_batch: bool = False,
    ) -> Kept:
        """What the paper says, instead of what was typed; `key`: of the page it was put right on.

        Raises as `keep` does.
        """
        with self._office.verb(board=False) as turn:
            batch = _locked(turn, batch_id, None if any_batch else actor)
            known = _find(turn, batch_id, form_id)
            return _correct(turn, batch, known, key, given, actor)

    def typed_in_error(self, batch_id: int, form_id: int | None, note: str, actor: Actor) -> None:
        """Leaves one form, or all of the batch, out of the figures. Raises `NotFound`, `BadField`.

        What carries another flag keeps it.
        """
        with self._office.verb(board=False) as turn:
            batch = store.lock(turn.db, turn.office_id, batch_id)
            chosen = (
                store.of_batch(turn.db, turn.office_id, batch)
                if form_id is None
                else [_find(turn, batch_id, form_id)]
            )
            why = typed("note", note, LONGEST_NOTE)
            for form in chosen:
                if form.flag is None:
                    _mark(turn, form, TYPED, why, actor)

    def counts_again(self, batch_id: int, form_id: int | None, note: str, actor: Actor) -> None:
        """Takes back what `typed_in_error` did. Raises `NotFound`, `BadField`."""
        with self._office.verb(board=False) as turn:
            batch = store.lock(turn.db, turn.office_id, batch_id)
            why = typed("note", note, LONGEST_NOTE)
            for form in store.of_batch(turn.db, turn.office_id, batch):
                if form.flag == TYPED and form_id in (None, form.id):
                    _mark(turn, form, None, why, actor)


def _locked(turn: Turn, batch_id: int, of: Actor | None) -> Row[Any]:
    """The batch, which only who began it (`of`) adds to: its list says who typed it."""
    batch = store.lock(turn.db, turn.office_id, batch_id)
    if of is not None and batch.actor != str(of):
        raise NotPermitted("not_your_batch")
    return batch


def _correct(
    turn: Turn, batch: Row[Any], known: Form, key: str, given: Transcript, actor: Actor
) -> Kept:
    asked = store.questionnaire(turn.db, turn.office_id, known.questionnaire_id)
    opinions.check_service(turn.db, turn.office_id, given.service_id)
    said, protected = accepted(asked, given)
    form = Form(known.id, known.number, known.batch_id, known.questionnaire_id, known.flag, said)
    if said != known.said:
        if turn.now > batch.at + CORRECTED_WITHIN_MS:
            raise NotAllowed("form_stands")
        store.replace(turn.db, turn.office_id, form, asked)
        subject = f"{batch.day} #{known.number}"
        facts = _facts(known.said), _facts(said)
        args = turn.db, turn.office_id, turn.now, str(actor), "paper.corrected", subject
        setup.note(*args, *facts)
    pressing.report(turn, key, protected, batch.day)
    return _kept(turn, batch.day, form)


def _facts(said: Transcript) -> dict[str, object]:
    """As the list of changes keeps them: the scores, not the person's words."""
    scores = " ".join(f"{item}={score}" for item, score in sorted(said.items.items()))
    return {"paper_scores": scores, "paper_comment": bool(said.comment)}


def _kept(turn: Turn, day: str, form: Form) -> Kept:
    others = store.of_day(turn.db, turn.office_id, day, form.said.service_id)
    same = alike(form.said, [one for one in others if one.id != form.id])
    return Kept(form.id, form.number, tuple(same))


def _find(turn: Turn, batch_id: int, form_id: int) -> Form:
    found = store.find(turn.db, turn.office_id, batch_id, form_id)
    if found is None:
        raise NotFound("no_such_thing")
    return found


def _mark(turn: Turn, form: Form, flag: str | None, note: str, actor: Actor) -> None:
    flags.mark(turn.db, turn.office_id, turn.now, str(actor), "answer", form.id, flag, note)


def _form_id(batch_id: int, key: str, began_at: int) -> int:
    """The form's id: the same key in the same batch is the same row, for ever.

    It lies among the ids of its day (`store.ids`); two of a thousand forms meet once in 10⁸ days.
    """
    digest = sha256(f"paper {batch_id} {key}".encode()).digest()
    return first_of(began_at) + int.from_bytes(digest[:8]) % (DAY_MS << LOW_BITS)


def _begin_of(turn: Turn, day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), turn.settings.zone)


def _some_hour(turn: Turn, day: str) -> datetime:
    """Noon, or the hour that it is: no paper says when it was filled in."""
    noon = _begin_of(turn, day).replace(hour=12)
    return min(noon, turn.time.replace(minute=0, second=0, microsecond=0))
