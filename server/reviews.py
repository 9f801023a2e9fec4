"""What is done with what residents say: comments read, published or not; doubtful answers."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from server.domain.masking import masked
from server.domain.refusals import BadField, NotAllowed
from server.domain.review import Comment, Doubtful, Wanted
from server.domain.typed import typed
from server.domain.wish import Actor
from server.office import Office, Turn
from server.store import flags, setup
from server.store import reviews as store

Facts = dict[str, Any]
Said = tuple[str, int]  # answer or press, and its id

PAGE = 30
MOST_HIDDEN = 20
LONGEST_NAME, LONGEST_NOTE = 120, 300
MOST_AT_ONCE = 200
BY_STAFF = "staff"  # the flag that is set by hand


@dataclass(frozen=True, slots=True)
class Page:
    """`tags`: all that stand at comments of these days, for the chooser."""

    comments: list[Comment]
    total: int
    tags: list[str]


class Reviews:
    """Bound to one office. Nothing here changes what the hall's screens show."""

    def __init__(self, office: Office) -> None:
        self._office = office

    # ------------------------------------------------------------ comments

    def comments(self, asked: Wanted, days: tuple[str, str], page: int = 1) -> Page:
        """Comments of these days (first and last), the newest first; `page` counts from 1."""
        with self._office.store.reading() as db:
            part = (page - 1) * PAGE, PAGE
            found, total = store.comments(db, self._office.id, days, asked, part)
            return Page(found, total, store.tags(db, self._office.id, days))

    def comment(self, answer_id: int) -> Comment:
        """Raises `NotFound`."""
        with self._office.store.reading() as db:
            return store.comment(db, self._office.id, answer_id)

    def tag(self, answer_id: int, tags: tuple[str, ...], actor: Actor) -> None:
        """Staff's words for the comment, instead of those before. Raises `NotFound`."""
        with self._office.verb(board=False) as turn:
            was = _locked(turn, answer_id)
            if tags != was.tags:
                store.change(turn.db, turn.office_id, answer_id, {"tags": tags})
                facts = {"tags": list(was.tags)}, {"tags": list(tags)}
                _note(turn, actor, "comment.tagged", was, *facts)

    def publish(
        self, answer_id: int, hide: tuple[str, ...], marks: dict[str, str], actor: Actor
    ) -> None:
        """Anybody may read it now, but for numbers, addresses and the words to `hide`.

        `marks`: what stands in their place. Raises `NotFound`, `BadField` (a word that is not in
        it), `NotAllowed` (it carries a flag).
        """
        names = tuple(typed("hide", name, LONGEST_NAME) for name in hide if name.strip())
        if len(names) > MOST_HIDDEN:
            raise BadField(hide="too_many_lines")
        with self._office.verb(board=False) as turn:
            was = _locked(turn, answer_id)
            if was.flag is not None:
                raise NotAllowed("comment_flagged")
            text = masked(was.text, names, marks)
            _review(turn, answer_id, actor, text)
            facts = {"published": was.published is not None}, {"published": True}
            _note(turn, actor, "comment.published", was, *facts)

    def keep_back(self, answer_id: int, actor: Actor) -> None:
        """It was read and nobody else reads it; what was published is withdrawn.

        Raises `NotFound`.
        """
        with self._office.verb(board=False) as turn:
            was = _locked(turn, answer_id)
            _review(turn, answer_id, actor, None)
            done = "comment.kept_back" if was.published is None else "comment.withdrawn"
            facts = {"published": was.published is not None}, {"published": False}
            _note(turn, actor, done, was, *facts)

    # ------------------------------------------------------------ doubtful ones

    def doubtful(self, days: tuple[str, str]) -> list[Doubtful]:
        """Answers and presses of these days that carry a flag, or once did; the newest first."""
        with self._office.store.reading() as db:
            return store.doubtful(db, self._office.id, days)

    def said_on(self, day: str) -> list[Doubtful]:
        """All of one day, the newest first: to find what is to be left out."""
        with self._office.store.reading() as db:
            return store.said_on(db, self._office.id, day)

    def flag(self, chosen: Collection[Said], note: str, actor: Actor, *, on: bool) -> int:
        """Leaves answers and presses out of the main figures, or counts them again; how many.

        What is so already stays: a colleague was quicker, and a flag that is there says why.
        `note` says why. Raises `NotFound`, `BadField`.
        """
        why = typed("note", note, LONGEST_NOTE)
        if not why or not chosen:
            raise BadField(note="missing" if not why else "nothing_chosen")
        if len(chosen) > MOST_AT_ONCE:
            raise BadField(note="too_many_lines")
        with self._office.verb(board=False) as turn:
            mine = turn.db, turn.office_id
            new = [
                one
                for one in sorted(set(chosen))  # in one order: nobody waits for another in a ring
                if (flags.flag_of(*mine, *one) is not None) != on
            ]
            for one in new:
                flag = BY_STAFF if on else None
                flags.mark(*mine, turn.now, str(actor), *one, flag, why)
            if new:
                did = "opinions.left_out" if on else "opinions.counted"
                facts = {"how_many": len(new)}
                setup.note(*mine, turn.now, str(actor), did, why, None, facts)
            return len(new)


def _locked(turn: Turn, answer_id: int) -> Comment:
    store.lock(turn.db, turn.office_id, answer_id)
    return store.comment(turn.db, turn.office_id, answer_id)


def _review(turn: Turn, answer_id: int, actor: Actor, text: str | None) -> None:
    values = {"reviewed_at": turn.now, "reviewed_by": str(actor), "published": text}
    store.change(turn.db, turn.office_id, answer_id, values)


def _note(turn: Turn, actor: Actor, action: str, was: Comment, before: Facts, after: Facts) -> None:
    # By its day, not its words: the list of changes is read by more people than the comment.
    subject = f"{was.day} #{was.id}"
    setup.note(turn.db, turn.office_id, turn.now, str(actor), action, subject, before, after)
