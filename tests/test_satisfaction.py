"""What residents say, asked of the room itself: one answer a ticket, every press kept."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.rating import Answer, Press, in_burst
from server.domain.refusals import BadField, Expired, NotAllowed, NotFound, Refusal
from server.domain.roles import DeviceKind
from server.domain.typed import thai_repaired
from server.domain.wish import Actor, RequestKey
from server.links import SURVEY, link_token
from server.satisfaction import questionnaire_shape
from server.store import schema
from tests.office import MINUTE, PROGRAM, Office

HOUR = 60 * MINUTE
WEEK = 168 * HOUR
TABLET = Actor("device", 7)
PLEASED = Answer({"overall": 5})


def token_of(office: Office, ticket_id: int) -> str:
    return link_token(office.house.secret(office.id), SURVEY, ticket_id)


def served(office: Office) -> str:
    """Somebody was served; the token of that visit's survey."""
    return token_of(office, office.serve().ticket.id)


def rows(office: Office, table: str) -> list[dict[str, object]]:
    return [row._asdict() for row in office.contents()[table]]  # type: ignore[attr-defined]


# ---------------------------------------------------------------- when a survey may be answered


def test_a_link_that_nobody_gave_is_unknown(office: Office) -> None:
    asks: list[Callable[[], object]] = [
        lambda: office.rooms.satisfaction.survey("x" * 22),
        lambda: office.rooms.satisfaction.answer("x" * 22, PLEASED),
        lambda: office.rooms.satisfaction.amend("x" * 22, "key", {"p1": 3}),
    ]
    for ask in asks:
        with pytest.raises(NotFound, match="no_such_survey"):
            ask()


def test_a_survey_opens_when_the_first_step_was_served_and_not_before(office: Office) -> None:
    ticket = office.issue("birth", more=("land-tax",)).ticket
    token, room = token_of(office, ticket.id), office.rooms.satisfaction
    for called in (False, True):
        if called:
            office.call_next("1")
        with pytest.raises(NotAllowed, match="survey_not_open"):
            room.survey(token)
        with pytest.raises(NotAllowed, match="survey_not_open"):
            room.answer(token, PLEASED)
    office.desk.finish(ticket.id, PROGRAM)
    survey = room.survey(token)
    assert survey.service_id == office.service("birth").id
    assert not survey.answered
    room.answer(token, PLEASED)
    assert room.survey(token).answered


def test_who_did_not_come_is_not_asked(office: Office) -> None:
    ticket = office.issue().ticket
    office.call_next()
    office.desk.no_show(ticket.id, PROGRAM)
    with pytest.raises(NotAllowed, match="survey_not_open"):
        office.rooms.satisfaction.answer(token_of(office, ticket.id), PLEASED)


def test_a_survey_closes_after_its_hours(office: Office) -> None:
    first, second = served(office), served(office)
    office.clock.now += WEEK
    office.rooms.satisfaction.answer(first, PLEASED)
    office.clock.now += 1
    with pytest.raises(Expired, match="survey_closed"):
        office.rooms.satisfaction.survey(second)
    with pytest.raises(Expired, match="survey_closed"):
        office.rooms.satisfaction.answer(second, PLEASED)
    assert len(rows(office, "answers")) == 1


# ---------------------------------------------------------------- one answer a ticket


def test_a_second_answer_is_refused_for_ever(office: Office) -> None:
    token = served(office)
    office.rooms.satisfaction.answer(token, PLEASED)
    office.clock.minutes(60)
    with pytest.raises(NotAllowed, match="survey_answered"):
        office.rooms.satisfaction.answer(token, Answer({"overall": 1}))
    assert [row["score"] for row in rows(office, "answer_items")] == [5]


def test_of_fifty_answers_at_once_exactly_one_is_kept(office: Office) -> None:
    token = served(office)

    def send(score: int) -> int | None:
        try:
            office.rooms.satisfaction.answer(token, Answer({"overall": score % 5 + 1}))
        except NotAllowed:
            return None
        return score % 5 + 1

    with ThreadPoolExecutor(50) as phones:
        kept = [score for score in phones.map(send, range(50)) if score is not None]
    assert len(kept) == 1
    assert [row["score"] for row in rows(office, "answer_items")] == kept


def test_the_same_request_again_gets_the_same_key_to_go_on_with(office: Office) -> None:
    token = served(office)
    key = RequestKey("resident", "POST", "/s", "k1", "")
    first = office.rooms.satisfaction.answer(token, PLEASED, key)
    assert office.rooms.satisfaction.answer(token, PLEASED, key) == first
    office.rooms.satisfaction.amend(token, first.continue_key, {"p1": 4})
    assert len(rows(office, "answers")) == 1


def test_a_phone_that_sends_its_own_key_again_goes_on_with_its_answer(office: Office) -> None:
    token, room = served(office), office.rooms.satisfaction
    with ThreadPoolExecutor(8) as taps:
        sent = [taps.submit(room.answer, token, PLEASED, continue_key="k" * 16) for _ in range(8)]
        given = {tap.result() for tap in sent}
    assert [one.continue_key for one in given] == ["k" * 16]
    assert len(rows(office, "answers")) == 1
    with pytest.raises(NotAllowed, match="survey_answered"):
        room.answer(token, PLEASED, continue_key="j" * 16)
    assert "k" * 16 not in str(office.contents())


@pytest.mark.parametrize("late_ms", [31 * MINUTE, WEEK + HOUR])
def test_the_same_request_is_known_long_after_its_key_is_of_no_more_use(
    office: Office, late_ms: int
) -> None:
    token, room = served(office), office.rooms.satisfaction
    given = room.answer(token, PLEASED, continue_key="k" * 16)
    office.clock.now += late_ms
    assert room.answer(token, PLEASED, continue_key="k" * 16) == given
    with pytest.raises(Expired, match="continue_expired"):
        room.amend(token, given.continue_key, {"p1": 3})
    with pytest.raises((NotAllowed, Expired)):
        room.answer(token, PLEASED, continue_key="j" * 16)
    assert len(rows(office, "answers")) == 1
    (mine,), (answer,) = rows(office, "survey_tokens"), rows(office, "answers")
    assert set(mine.values()).isdisjoint({answer["id"], answer["continue_hash"]})
    office.clock.now += WEEK + 49 * HOUR
    room.forget_due()
    assert rows(office, "survey_tokens")[0]["answered_with"] is None


def test_until_when_an_answer_may_be_added_to_does_not_tell_when_it_was_given(
    office: Office,
) -> None:
    office.clock.now += 3 * MINUTE + 1234
    for _ in range(2):
        office.rooms.satisfaction.answer(served(office), PLEASED)
        office.clock.now += MINUTE
    until = {row["continue_until"] for row in rows(office, "answers")}
    assert until == {office.clock.now // (5 * MINUTE) * 5 * MINUTE + 30 * MINUTE}


@pytest.mark.parametrize(
    ("answer", "field", "code"),
    [
        (Answer({}), "answers", "missing"),
        (Answer({"p9": 3}), "answers", "unknown_item"),
        (Answer({"overall": 0}), "answers", "score_range"),
        (Answer({"overall": 6}), "answers", "score_range"),
        (replace(PLEASED, reasons=("nonsense",)), "reasons", "unknown_reason"),
        (replace(PLEASED, channel="smoke"), "channel", "unknown_channel"),
        (replace(PLEASED, comment="ก" * 2001), "comment", "too_long"),
        (replace(PLEASED, comment="a\x00b"), "comment", "control_characters"),
        (replace(PLEASED, comment="a\x1bb"), "comment", "control_characters"),
        (replace(PLEASED, comment="a\ud800b"), "comment", "control_characters"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_the_link_stays_unused(
    small_office: Office, answer: Answer, field: str, code: str
) -> None:
    token = served(small_office)
    with pytest.raises(BadField) as refused:
        small_office.rooms.satisfaction.answer(token, answer)
    assert refused.value.fields == {field: code}
    small_office.rooms.satisfaction.answer(token, PLEASED)


# ---------------------------------------------------------------- what may be added


def test_items_reasons_and_a_comment_may_be_added_and_nothing_changed(office: Office) -> None:
    token, room = served(office), office.rooms.satisfaction
    key = room.answer(token, Answer({"overall": 2, "p1": 3}, ("long_wait",))).continue_key
    room.amend(token, key, {"p1": 3, "p2": 4}, ("impolite",))
    room.amend(token, key, comment="ดี\r\nมาก ")
    room.amend(token, key, comment="ดี\nมาก")
    with pytest.raises(NotAllowed, match="already_given"):
        room.amend(token, key, {"p2": 5, "p3": 5})
    with pytest.raises(NotAllowed, match="already_given"):
        room.amend(token, key, comment="ไม่ดี")
    so_far = room.so_far(token, key)
    assert so_far is not None
    assert so_far.items == {"overall": 2, "p1": 3, "p2": 4}
    assert so_far.reasons == ("long_wait", "impolite")
    assert so_far.comment == "ดี\nมาก"


def test_nothing_is_added_after_half_an_hour_nor_with_another_key_or_link(office: Office) -> None:
    token, other, room = served(office), served(office), office.rooms.satisfaction
    key = room.answer(token, PLEASED).continue_key
    for wrong in ((token, "x" * 32), (other, key)):
        with pytest.raises(Expired, match="continue_expired"):
            room.amend(*wrong, {"p1": 3})
    office.clock.minutes(29.9)
    room.amend(token, key, {"p1": 3})
    office.clock.minutes(0.2)
    with pytest.raises(Expired, match="continue_expired"):
        room.amend(token, key, {"p2": 3})
    assert room.so_far(token, key) is None


def test_the_same_addition_from_eight_sides_is_there_once(office: Office) -> None:
    token, room = served(office), office.rooms.satisfaction
    key = room.answer(token, Answer({"overall": 1})).continue_key

    def add(_: int) -> None:
        room.amend(token, key, {"p1": 3}, ("asked_for_money", "other"))

    with ThreadPoolExecutor(8) as phones:
        list(phones.map(add, range(8)))
    assert len(rows(office, "answer_items")) == 2
    assert len(rows(office, "protected_reports")) == 1


# ---------------------------------------------------------------- what an answer tells, and not


def test_a_protected_reason_is_on_no_answer_and_on_no_press(office: Office) -> None:
    room, said = office.rooms.satisfaction, ("asked_for_money", "long_wait")
    room.answer(served(office), Answer({"overall": 1}, said))
    room.press(Press(1, "tablet", reasons=said), TABLET)
    for table in ("answers", "presses"):
        assert [json.loads(str(row["reasons"])) for row in rows(office, table)] == [["long_wait"]]
    reports = rows(office, "protected_reports")
    assert [row["reason"] for row in reports] == ["asked_for_money"] * 2
    told = {"message", "closed_at", "done"}
    assert set(reports[0]) == {"office_id", "id", "day", "reason", *told}


def test_an_answer_knows_its_hour_only_and_its_token_not_even_that(office: Office) -> None:
    office.clock.now += 17 * MINUTE + 123
    token = served(office)
    hour_at = office.clock.now // HOUR * HOUR
    office.rooms.satisfaction.answer(token, PLEASED)
    (answer,) = rows(office, "answers")
    assert answer["at"] == hour_at
    (token_row,) = rows(office, "survey_tokens")
    assert token_row["answered_at"] == token_row["closes_at"]  # that it was, and not when
    ids = {
        row["id"] for name in ("tickets", "steps", "ticket_events") for row in rows(office, name)
    }
    assert ids.isdisjoint(answer.values())


def test_the_key_to_an_answer_is_forgotten_with_the_next_one(office: Office) -> None:
    first, second, room = served(office), served(office), office.rooms.satisfaction
    room.answer(first, PLEASED)
    office.clock.minutes(31)
    room.answer(second, PLEASED)
    assert [row["continue_hash"] is None for row in rows(office, "answers")] == [True, False]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("น\u0e4d\u0e32ใจ", "นำใจ"),
        ("น\u0e49\u0e4d\u0e32", "น้ำ"),
        ("น\u0e4d\u0e49\u0e32", "น้ำ"),
        ("น\u0e33\u0e49", "น้ำ"),
        ("เเม่", "แม่"),
        ("กตัญญู ฐานะ เปี๊ยะ ½ ๑", "กตัญญู ฐานะ เปี๊ยะ ½ ๑"),
    ],
)
def test_thai_is_kept_as_typed_but_for_what_keyboards_split(typed: str, kept: str) -> None:
    assert thai_repaired(typed) == kept


@given(st.text("กนแเำ\u0e4d\u0e32\u0e48\u0e49 ab½"))
def test_repairing_twice_is_repairing_once(text: str) -> None:
    once = thai_repaired(text)
    assert thai_repaired(once) == once


# ---------------------------------------------------------------- presses at a device


def test_every_press_is_kept_and_a_burst_is_flagged(office: Office) -> None:
    room, flags = office.rooms.satisfaction, []
    # 4.9 s after one that counted; 5.1 s after it, though 0.2 s after the flagged one.
    for after_s in (0, 4.9, 0.2, 60):
        office.clock.now += round(1000 * after_s)
        flags.append(room.press(Press(3, "tablet"), PROGRAM).flag)
    assert flags == [None, "burst", None, None]
    assert len(rows(office, "presses")) == 4


def test_at_our_own_tablet_a_burst_lasts_until_nobody_presses(office: Office) -> None:
    room, flags = office.rooms.satisfaction, []
    for after_s in (0, *[2] * 20, 5.1):
        office.clock.now += round(1000 * after_s)
        flags.append(room.press(Press(1, "exit"), TABLET).flag)
    assert flags == [None, *["burst"] * 20, None]


def test_presses_at_two_counters_are_no_burst_but_two_devices_at_one_are(office: Office) -> None:
    room, one, two = office.rooms.satisfaction, office.counter("1").id, office.counter("2").id
    flags = [
        room.press(Press(3, "device", counter_id=counter), Actor("device", device)).flag
        for counter, device in ((one, 7), (two, 7), (one, 8))
    ]
    assert flags == [None, None, "burst"]


def test_of_eight_presses_at_once_on_one_counter_one_counts(office: Office) -> None:
    press = Press(5, "device", counter_id=office.counter("1").id)
    with ThreadPoolExecutor(8) as fingers:
        pressed = list(
            fingers.map(lambda _: office.rooms.satisfaction.press(press, PROGRAM), range(8))
        )
    assert [one.flag for one in pressed].count(None) == 1
    assert len(rows(office, "presses")) == 8


def test_one_press_id_is_one_press_for_ever(office: Office) -> None:
    room, press = office.rooms.satisfaction, Press(4, "tablet", press_id="t1-000017")
    with ThreadPoolExecutor(8) as retries:
        pressed = set(retries.map(lambda n: room.press(press, Actor("device", n)), range(8)))
    office.clock.now += 400 * 24 * HOUR
    pressed.add(room.press(replace(press, score=1), TABLET))
    assert len(pressed) == 1
    assert len(rows(office, "presses")) == 1


def test_a_press_belongs_to_the_service_of_who_was_called_there(office: Office) -> None:
    room, counter_id = office.rooms.satisfaction, office.counter("1").id

    def service_of(at: int | None = None) -> int | None:
        office.clock.minutes(1)
        return room.press(Press(4, "device", counter_id, at=at), TABLET).service_id

    assert service_of() is None
    office.serve("birth", "1")
    birth_at = office.clock.now
    assert service_of() == office.service("birth").id
    office.serve("move", "1")
    assert service_of() == office.service("move").id
    assert service_of(birth_at + 30_000) == office.service("birth").id  # kept while offline
    chosen = office.service("land-tax").id
    assert room.press(Press(4, "device", counter_id, chosen), TABLET).service_id == chosen


def test_a_press_may_come_late_but_not_from_the_future(office: Office) -> None:
    room, now = office.rooms.satisfaction, office.clock.now
    late = room.press(Press(4, "tablet", at=now - 26 * HOUR), TABLET)
    assert late.at == now - 26 * HOUR
    assert room.press(Press(4, "tablet", at=now + 5 * MINUTE), TABLET).flag is None
    with pytest.raises(BadField) as refused:
        room.press(Press(4, "tablet", at=now + 5 * MINUTE + 1), TABLET)
    assert refused.value.fields == {"at": "in_the_future"}
    assert [row["day"] for row in rows(office, "presses")] == ["2026-09-30", "2026-10-01"]


@pytest.mark.parametrize(
    ("press", "expected"),
    [
        (Press(0, "tablet"), BadField),
        (Press(6, "tablet"), BadField),
        (Press(3, "smoke"), BadField),
        (Press(3, "tablet", reasons=("nonsense",)), BadField),
        (Press(3, "tablet", press_id="x" * 65), BadField),
        (Press(3, "tablet", counter_id=1), NotFound),
        (Press(3, "tablet", service_id=1), NotFound),
    ],
)
def test_a_press_that_cannot_be_meant_is_not_kept(
    small_office: Office, press: Press, expected: type[Refusal]
) -> None:
    with pytest.raises(expected):
        small_office.rooms.satisfaction.press(press, TABLET)
    assert rows(small_office, "presses") == []


@given(st.lists(st.integers(0, 30_000), max_size=40), st.integers(0, 8_000))
def test_presses_that_count_are_never_closer_than_a_burst(times: list[int], burst: int) -> None:
    counted: list[int] = []
    for at in times:  # in the order of arrival, which need not be that of the presses
        if not in_burst(at, counted, burst):
            counted.append(at)
    gaps = [b - a for a, b in zip(sorted(counted), sorted(counted)[1:], strict=False)]
    assert burst == 0 or all(gap > burst for gap in gaps)
    for at in times:  # and nothing is left out without a reason
        assert any(abs(at - other) <= burst for other in counted)


def naive_flags(times: list[int], burst_ms: int) -> list[str | None]:
    """The contract's sentence, read aloud: against every press before, oldest first."""
    flags: list[str | None] = []
    for n, at in enumerate(times):
        counted = [times[i] for i in range(n) if flags[i] is None]
        close = counted and at - counted[-1] <= burst_ms
        flags.append("burst" if close else None)
    return flags


def test_flags_are_those_of_a_naive_reader_of_the_contract(office: Office) -> None:
    room = office.rooms.satisfaction
    fresh = iter(range(1, 1000))

    @given(st.lists(st.integers(0, 9_000), min_size=1, max_size=8))
    def holds(gaps: list[int]) -> None:
        program = Actor("token", next(fresh))
        times: list[int] = []
        for gap in gaps:
            times.append((times[-1] if times else office.clock.now - HOUR) + gap)
        flags = [room.press(Press(3, "tablet", at=at), program).flag for at in times]
        assert flags == naive_flags(times, 5_000)

    holds()


def test_a_questionnaire_shows_the_one_tap_first_and_says_what_is_protected(
    small_office: Office,
) -> None:
    shape = questionnaire_shape(small_office.rooms.satisfaction.questionnaire())
    assert shape["items"][0]["id"] == shape["items"][0]["aspect"] == "overall"
    assert [item["id"] for item in shape["items"]][1:4] == ["p1", "p2", "p3"]
    assert [level["score"] for level in shape["levels"]] == [5, 4, 3, 2, 1]
    protected = [reason["code"] for reason in shape["reasons"] if reason["protected"]]
    assert protected == ["asked_for_money"]


def test_what_residents_say_changes_no_screen(small_office: Office) -> None:
    token = served(small_office)
    before = small_office.reads.board().version
    key = small_office.rooms.satisfaction.answer(token, PLEASED).continue_key
    small_office.rooms.satisfaction.amend(token, key, {"p1": 2})
    device = small_office.device_token(DeviceKind.TABLET)
    assert device
    small_office.rooms.satisfaction.press(Press(5, "tablet"), TABLET)
    assert small_office.reads.board().version == before
    assert len(small_office.contents()[schema.presses.name]) == 1
