"""Printers: where slips come out, and the slip that tests one."""

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import Row

from printers import address
from server.domain.refusals import BadField, NotAllowed
from server.domain.settings import Words
from server.domain.ticket import SlipState
from server.domain.wish import Actor
from server.office import Turn
from server.setup.ground import Facts, Part, added, changed, did, names
from server.store import printers, schema, setup, slips

WAITS = (SlipState.QUEUED, SlipState.PRINTING, SlipState.FAILED)


@dataclass(frozen=True, slots=True)
class PrinterWish:
    name: Words
    url: str
    default: bool


class Printers(Part):
    def all(self) -> list[Row[Any]]:
        return self._rows(schema.printers)

    def one(self, printer_id: int) -> Row[Any]:
        """Raises `NotFound`."""
        return self._row(schema.printers, printer_id)

    def last_tests(self) -> dict[int, Row[Any]]:
        """The newest test slip of each printer that had one, by its id."""
        with self._looking() as db:
            return printers.last_tests(db, self._office.id)

    def waiting(self) -> dict[int, int]:
        """How many slips wait for each printer, by its id."""
        with self._looking() as db:
            return printers.waiting(db, self._office.id)

    def add(self, wish: PrinterWish, actor: Actor) -> int:
        """Raises `BadField`."""
        _check(wish, None)
        with self._changing() as turn:
            codes = {row.code for row in setup.rows(turn.db, schema.printers, turn.office_id)}
            code = next(f"printer-{n}" for n in range(1, len(codes) + 2) if _free(n, codes))
            values = {"code": code, **_values(wish)}
            printer_id = setup.add(turn.db, schema.printers, turn.office_id, turn.now, values)
            after = self._settle(turn, printer_id, wish)
            added(turn, actor, "printer.added", wish.name.th, after)
        return printer_id

    def change(self, printer_id: int, wish: PrinterWish, actor: Actor) -> None:
        """Raises `NotFound`, `BadField`."""
        with self._changing() as turn:
            row = setup.find(turn.db, schema.printers, turn.office_id, printer_id)
            if _means_the_same(wish.url, row.url):
                wish = replace(wish, url=row.url)
            _check(wish, row.url)
            if row.is_default and not wish.default:
                raise BadField(default="another_default")
            setup.change(turn.db, schema.printers, turn.office_id, printer_id, _values(wish))
            if row.url != wish.url:
                printers.clear_problem(turn.db, turn.office_id, printer_id)
            after = self._settle(turn, printer_id, wish)
            changed(turn, actor, "printer.changed", row.name_th, _facts(row), after)

    def test(self, printer_id: int, actor: Actor) -> None:
        """Orders a test slip; it prints like any other.

        Raises `NotFound`, `NotAllowed` (no printer is set, or the last test still waits for it).
        """
        with self._changing() as turn:
            row = setup.find(turn.db, schema.printers, turn.office_id, printer_id)
            if row.url == "none":
                raise NotAllowed("no_printer_set")
            last = printers.last_tests(turn.db, turn.office_id).get(printer_id)
            if last is not None and last.state in WAITS:
                raise NotAllowed("test_on_its_way")
            job = slips.order(
                turn.db,
                turn.office_id,
                ticket_id=None,
                printer_id=printer_id,
                slip={"test": True},
                now=turn.now,
            )
            turn.ordered.append(job)
            did(turn, actor, "printer.tested", row.name_th)

    def _settle(self, turn: Turn, printer_id: int, wish: PrinterWish) -> Facts:
        if wish.default:
            printers.only_default(turn.db, turn.office_id, printer_id)
        return _facts(setup.find(turn.db, schema.printers, turn.office_id, printer_id))


def _check(wish: PrinterWish, kept: str | None) -> None:
    if wish.url == kept:
        return  # set by the office's file or the command line: whoever did had more rights
    try:
        meant = address.parse(wish.url)
    except address.BadAddress as error:
        raise BadField(url=f"printer_{error.reason}") from None
    if isinstance(meant, address.File):
        # A browser must not make the server write into files of its own.
        path = PurePosixPath(meant.path)
        if PurePosixPath("/dev") not in path.parents or ".." in path.parts:
            raise BadField(url="printer_not_a_device")


def _means_the_same(url: str, kept: str) -> bool:
    try:
        return address.parse(url) == address.parse(kept)
    except address.BadAddress:
        return False


def _free(number: int, codes: set[str]) -> bool:
    return f"printer-{number}" not in codes


def _values(wish: PrinterWish) -> Facts:
    return {"name_th": wish.name.th, "name_en": wish.name.en, "url": wish.url}


def _facts(row: Row[Any]) -> Facts:
    return {**names(row), "url": row.url, "default": bool(row.is_default)}
