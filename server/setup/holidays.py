"""Holidays: the office's own, and those of the country on which it works all the same."""

from datetime import date

from server.domain.holidays import works_anyway
from server.domain.refusals import BadField, NotFound
from server.domain.settings import Holidays, OwnHoliday, Words
from server.domain.wish import Actor
from server.setup.ground import Facts, Part, added, changed, did, keep_settings, settings_now

MOST_OWN = 200


class OfficeHolidays(Part):
    def work(self, day: date, actor: Actor, *, on: bool) -> None:
        """Whether the office works on this holiday of the country.

        One that it works on every year is a day off again in every year, when `on` is false.
        """
        with self._changing(board=True) as turn:
            old = settings_now(turn)
            listed = old.holidays.work_anyway
            if on and not works_anyway(listed, day):
                listed = (*listed, day.isoformat())
            elif not on:
                listed = tuple(one for one in listed if one not in (f"{day:%m-%d}", f"{day}"))
            part = old.holidays.model_copy(update={"work_anyway": listed})
            new = keep_settings(turn, old.model_copy(update={"holidays": part}))
            facts = _facts(old.holidays), _facts(new.holidays)
            changed(turn, actor, "holiday.work", day.isoformat(), *facts)

    def add(self, day: date, name: Words, actor: Actor) -> None:
        """From now on no number is given on that day; who has one is served. Raises `BadField`."""
        with self._changing(board=True) as turn:
            old = settings_now(turn)
            own = old.holidays.own
            if any(one.date == day for one in own):
                raise BadField(date="taken")
            if len(own) >= MOST_OWN:
                raise BadField(date="too_many_lines")
            both = sorted((*own, OwnHoliday(date=day, name=name)), key=lambda one: one.date)
            part = old.holidays.model_copy(update={"own": tuple(both)})
            keep_settings(turn, old.model_copy(update={"holidays": part}))
            facts = {"name_th": name.th, "name_en": name.en}
            added(turn, actor, "holiday.added", day.isoformat(), facts)

    def remove(self, day: date, actor: Actor) -> None:
        """Raises `NotFound`."""
        with self._changing(board=True) as turn:
            old = settings_now(turn)
            left = tuple(one for one in old.holidays.own if one.date != day)
            if len(left) == len(old.holidays.own):
                raise NotFound("no_such_thing")
            part = old.holidays.model_copy(update={"own": left})
            keep_settings(turn, old.model_copy(update={"holidays": part}))
            did(turn, actor, "holiday.removed", day.isoformat())


def _facts(holidays: Holidays) -> Facts:
    return {"work_anyway": list(holidays.work_anyway)}
