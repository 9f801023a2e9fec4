"""What breaks in the hall, and is mended; `AT` says in which round."""

from collections.abc import Callable

from tests.day.hall import BUSY, Hall

NAME = "แจ้งเกิด"


def paper_runs_out(hall: Hall) -> None:
    hall.kiosks[0].printer.paper_out = True


def paper_is_put_in(hall: Hall) -> None:
    hall.kiosks[0].printer.paper_out = False


def cover_is_opened(hall: Hall) -> None:
    hall.kiosks[1].printer.cover_open = True


def cover_is_shut(hall: Hall) -> None:
    hall.kiosks[1].printer.cover_open = False


def printer_dies_within_a_slip(hall: Hall) -> None:
    hall.kiosks[0].printer.dies_once_after = 4096


def printer_does_not_answer_once(hall: Hall) -> None:
    hall.kiosks[1].printer.unconfirmed = 1


def printer_is_switched_off(hall: Hall) -> None:
    hall.kiosks[0].switch_off()


def printer_is_switched_on(hall: Hall) -> None:
    hall.kiosks[0].switch_on()


def display_loses_its_network(hall: Hall) -> None:
    hall.displays[0].reached = False
    hall.displays[0].page.context.set_offline(True)


def display_has_its_network_again(hall: Hall) -> None:
    hall.displays[0].page.context.set_offline(False)
    hall.displays[0].reached = True


def display_is_reloaded(hall: Hall) -> None:
    hall.displays[2].reload()


def socket_is_cut(hall: Hall) -> None:
    assert hall.cable.cut() > 0


def server_is_killed(hall: Hall) -> None:
    """Just after calls that no display may have heard, while numbers are given."""
    hall.people_come()
    hall.call_everywhere()
    hall.killed_and_started()
    hall.calls_are_announced()


def visitors_stand_before_the_screens(hall: Hall) -> None:
    for kiosk in hall.kiosks:
        kiosk.gives_on_screen(hall.browser, NAME)
    hall.left -= 2


def visitors_tap_twice(hall: Hall) -> None:
    """A double tap, and the same touch by two connections at once: one number each."""
    hall.have_come()
    before = hall.rows("SELECT count(*) FROM tickets")[0][0]
    hall.kiosks[0].gives_on_screen(hall.browser, NAME, twice=True)
    here, there = hall.kiosks[1].hands(), hall.kiosks[1].hands()
    page = here.looks(f"/kiosk/services/{hall.services['birth']}")
    there.cookies |= here.cookies
    goals = hall.threads.map(
        lambda hand: hand.sends("/kiosk/tickets", page, priority="none"), (here, there)
    )
    assert len(set(goals)) == 1
    assert hall.rows("SELECT count(*) FROM tickets")[0][0] == before + 2
    hall.left -= 2


def counter_closes(hall: Hall) -> None:
    for (ticket_id,) in hall.rows(BUSY.format(hall.counters["4"])):
        hall.post(f"/tickets/{ticket_id}/finish")
    hall.post(f"/counters/{hall.counters['4']}/close")
    hall.closed.add("4")


def counter_opens(hall: Hall) -> None:
    hall.post(f"/counters/{hall.counters['4']}/open")
    hall.closed.discard("4")


AT: dict[int, Callable[[Hall], None]] = {
    3: visitors_stand_before_the_screens,
    6: paper_runs_out,
    10: cover_is_opened,
    13: paper_is_put_in,
    16: cover_is_shut,
    20: printer_dies_within_a_slip,
    23: display_loses_its_network,
    25: printer_does_not_answer_once,
    27: display_has_its_network_again,
    30: printer_is_switched_off,
    34: server_is_killed,
    38: printer_is_switched_on,
    42: socket_is_cut,
    46: display_is_reloaded,
    50: visitors_tap_twice,
    54: counter_closes,
    58: server_is_killed,
    62: counter_opens,
}
"""With the line to the third display, which says things twice and late, thirteen faults."""
