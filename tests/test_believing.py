"""What the room of figures tells: against hand-made opinions, on both databases."""

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from server.domain.change import Verdict
from server.domain.day import unix_ms
from server.domain.questionnaire import Questionnaire
from server.domain.rating import Answer
from server.domain.satisfaction import wilson
from server.domain.settings import SampleRule, Satisfaction
from server.domain.versions import answers_shown
from server.links import SURVEY, link_token
from server.store import schema
from tests.office import Office

BANGKOK = ZoneInfo("Asia/Bangkok")
FIRST, LAST = date(2025, 10, 1), date(2026, 3, 31)  # the half-year before the tests' morning's own
TODAY = date(2026, 10, 1)  # of the tests' clock
MINUTES = Satisfaction().survey_expires_hours * 60


@dataclass(frozen=True, slots=True)
class Said:
    """One answer, or one press, where it has no `items`."""

    day: date
    service: str | None = "birth"
    channel: str = "slip_qr"
    score: int = 5
    counter: str | None = None
    items: tuple[tuple[str, str, int], ...] = ()
    reasons: str = "[]"
    flag: str | None = None


def write(office: Office, said: Iterable[Said], questionnaire_id: int | None = None) -> None:
    """`questionnaire_id`: what was answered; the office's first one unless said."""
    services = {one.code: one.id for one in office.reads.services()}
    counters = {one.number: one.id for one in office.reads.counters()}
    with office.store.writing() as db:
        first = db.execute(schema.questionnaires.select()).first().id  # type: ignore[union-attr]
        taken = db.scalar(select(func.count()).select_from(schema.answers)) or 0
        for nth, one in zip(count(1 + taken), said):
            row = {
                "office_id": office.id,
                "id": nth,
                "at": unix_ms(datetime.combine(one.day, time(10), BANGKOK)),
                "day": one.day.isoformat(),
                "channel": one.channel,
                "service_id": None if one.service is None else services[one.service],
                "counter_id": None if one.counter is None else counters[one.counter],
                "reasons": one.reasons,
                "flag": one.flag,
            }
            if not one.items:
                db.execute(schema.presses.insert(), {**row, "score": one.score, "source": "x"})
                continue
            db.execute(
                schema.answers.insert(), {**row, "questionnaire_id": questionnaire_id or first}
            )
            for item, aspect, score in one.items:
                part = {"item": item, "aspect": aspect, "score": score}
                db.execute(
                    schema.answer_items.insert(),
                    {"office_id": office.id, "answer_id": nth, **part},
                )


def tap(score: int) -> tuple[tuple[str, str, int], ...]:
    return (("overall", "overall", score),)


def many(n: int, like: Said) -> list[Said]:
    return [like] * n


def half(n: int, top: int, day: date, service: str = "birth") -> list[Said]:
    """So many presses, `top` of them content."""
    return [Said(day, service, "device", 5 if nth < top else 2) for nth in range(n)]


# ---------------------------------------------------------------- figures


def test_the_database_counts_as_a_plain_recomputation_does(office: Office) -> None:
    chance = random.Random(6)
    codes = [one.code for one in office.reads.services()][:4]
    said = []
    for nth in range(300):
        given = tuple(
            (f"{aspect}{item}", aspect, chance.randint(1, 5))
            for aspect in ("overall", "staff", "channel")
            for item in range(1, 2 if aspect == "overall" else chance.randint(1, 4))
        )
        said.append(
            Said(
                FIRST + timedelta(days=chance.randrange(180)),
                chance.choice(codes),
                chance.choice(["slip_qr", "web", "paper"]),
                chance.randint(1, 5),
                chance.choice([None, "1", "2"]),
                given if nth % 3 else (),
                flag="burst" if chance.random() < 0.1 else None,
            )
        )
    write(office, said)
    told = office.rooms.believing.period(FIRST, LAST)
    for aspect in ("overall", "staff", "channel"):
        by: dict[str, list[float]] = defaultdict(list)
        for one in said:
            mine = [score for _, of, score in one.items if of == aspect]
            mine = [one.score] if not one.items and aspect == "overall" else mine
            if mine and one.flag is None:
                for code in ("all", one.service or ""):
                    by[code].append(sum(mine) / len(mine))
        rows = {row.code: row.figure for row in told.by_service(aspect) if row.code in codes}
        for code, figure in (("all", told.overview(aspect=aspect)), *rows.items()):
            means = by[code]
            assert figure.n == len(means)
            assert figure.percent == pytest.approx(sum(means) / len(means) * 20)
            top = sum(mean >= 3.5 for mean in means)
            assert (figure.top2_low, figure.top2_high) == pytest.approx(wilson(top, len(means)))
    flagged = sum(one.flag is not None for one in said)
    assert told.overview().flagged == flagged == office.rooms.believing.flags(FIRST, LAST).total()
    api = office.rooms.figures.between(FIRST, LAST, suppress_below=5)
    whole = next(
        row
        for row in api.satisfaction_with_totals
        if (row.service_code, row.channel, row.aspect) == ("all", "all", "overall")
    )
    assert (whole.n, whole.top2) == (told.overview().n, told.overview().top2)
    assert api.flagged == flagged


def test_the_offices_own_check_is_never_part_of_satisfaction(small_office: Office) -> None:
    day = FIRST
    checked = (("e1", "self_check", 100), ("e2", "self_check", 33))
    write(small_office, [Said(day, items=(*tap(2), *checked))] * 6)
    room = small_office.rooms.believing
    assert [row.code for row in room.by_aspect(FIRST, LAST)] == ["overall"]
    assert room.overview(FIRST, LAST).mean == 2.0
    check = room.self_check(FIRST, LAST)
    assert {one.code: one.points for one in check.items} == {"e1": 100.0, "e2": 33.0}
    assert [one.points for one in check.indicators] == [66.5]
    assert check.total == 66.5
    assert "ไม่ใช่คะแนน EIT อย่างเป็นทางการ" in check.notice.th


def test_a_hidden_item_of_the_own_check_does_not_follow_from_its_indicator(
    small_office: Office,
) -> None:
    both = (("e1", "self_check", 67), ("e2", "self_check", 0))
    write(
        small_office,
        [Said(FIRST, items=both)] * 4 + [Said(FIRST, items=(("e1", "self_check", 100),))] * 4,
    )
    check = small_office.rooms.believing.self_check(FIRST, LAST)
    assert [(one.code, one.suppressed) for one in check.items] == [("e1", False), ("e2", True)]
    assert check.indicators[0].suppressed
    assert check.total is None


def test_public_figures_hide_all_that_staff_do_not_see_and_more(small_office: Office) -> None:
    said = half(60, 50, FIRST) + half(7, 7, FIRST, "death") + half(3, 1, FIRST, "land-tax")
    write(small_office, said + half(80, 70, date(2026, 1, 5), "waste-fee"))
    room = small_office.rooms.believing
    inside, public = (
        {row.code for row in room.by_service(FIRST, LAST, public=public) if row.figure.suppressed}
        for public in (False, True)
    )
    assert "land-tax" in inside
    assert inside <= public
    assert "death" in public
    with pytest.raises(ValueError, match="no fiscal half-year"):
        room.overview(FIRST, LAST - timedelta(days=1), public=True)


def test_a_division_has_its_own_figure_and_any_other_choice_none(small_office: Office) -> None:
    with small_office.store.reading() as db:
        services = list(db.execute(schema.services.select()))
    division = services[0].division_id
    mine = [one for one in services if one.division_id == division]
    others = [one for one in services if one.division_id != division]
    write(small_office, half(20, 20, FIRST, mine[0].code) + half(30, 3, FIRST, others[0].code))
    room = small_office.rooms.believing
    assert room.overview(FIRST, LAST, among=[one.id for one in mine]).n == 20
    assert room.overview(FIRST, LAST, among=[others[0].id]).n == 30
    assert room.overview(FIRST, LAST, among=[mine[0].id, others[0].id]).suppressed


# ---------------------------------------------------------------- trend, change, praise


def test_a_month_hidden_in_its_half_year_is_hidden_in_any_trend(small_office: Office) -> None:
    said = half(3, 0, date(2025, 12, 1)) + half(30, 20, date(2026, 1, 5))
    write(small_office, said + half(40, 20, date(2026, 2, 2)))
    room = small_office.rooms.believing
    months = room.trend(12, until=LAST)
    assert [one.month for one in months][0::11] == ["2025-04", "2026-03"]
    shown = {one.month: one.figure.n for one in months}
    assert shown == {one.month: 0 for one in months} | {
        "2025-12": None,
        "2026-01": None,
        "2026-02": 40,
    }
    for length in (1, 2, 3, 5):
        assert all(one.figure.n == shown[one.month] for one in room.trend(length, until=LAST))
    assert not room.trend(1)[-1].whole
    assert months[-1].whole


def test_a_change_is_told_only_where_it_is_clear(small_office: Office) -> None:
    before, after = date(2025, 12, 1), date(2026, 5, 1)
    write(
        small_office,
        half(100, 60, before, "birth")
        + half(100, 90, after, "birth")
        + half(40, 30, before, "death")
        + half(40, 28, after, "death")
        + half(100, 90, before, "land-tax")
        + half(100, 60, after, "land-tax")
        + half(50, 9, after, "waste-fee"),
    )
    told = {one.code: one for one in small_office.rooms.believing.change(2569, 2)}
    assert told["birth"].verdict is Verdict.BETTER
    assert told["birth"].difference == pytest.approx(0.3)
    assert told["death"].verdict is Verdict.UNCLEAR
    assert told["land-tax"].verdict is Verdict.WORSE
    assert told["waste-fee"].verdict is Verdict.UNKNOWN
    assert (told["waste-fee"].low, told["waste-fee"].difference) == (None, None)
    assert told["all"].after.n == 290


def test_praise_goes_by_the_lower_end_and_never_to_a_few_kind_answers(small_office: Office) -> None:
    write(
        small_office,
        half(29, 29, FIRST, "death")
        + half(40, 40, FIRST, "birth")
        + half(400, 390, FIRST, "land-tax")
        + half(100, 50, FIRST, "waste-fee"),
    )
    praise = small_office.rooms.believing.best_unit(FIRST, LAST)
    assert praise.hidden == ()
    assert [unit.code for unit in praise.ranked] == ["land-tax", "birth", "waste-fee"]
    assert praise.best is not None
    assert praise.best.code == "land-tax"
    assert praise.tied == ("birth",)
    assert praise.least == 30


def test_who_is_not_compared_for_praise_since_it_is_hidden_is_named(small_office: Office) -> None:
    best = half(35, 35, FIRST, "death")  # hides with the three: it is the smallest left
    write(small_office, best + half(3, 3, FIRST) + half(90, 60, FIRST, "land-tax"))
    praise = small_office.rooms.believing.best_unit(FIRST, LAST)
    assert praise.best is None
    assert [unit.code for unit in praise.ranked] == ["land-tax"]
    assert set(praise.hidden) == {"birth", "death"}


def test_nobody_is_best_alone(small_office: Office) -> None:
    write(small_office, half(40, 40, FIRST))
    assert small_office.rooms.believing.best_unit(FIRST, LAST).best is None


# ---------------------------------------------------------------- who was asked


def test_silence_is_counted_as_silence_once_the_survey_is_closed(office: Office) -> None:
    tokens = []
    for _ in range(12):
        served = office.serve().ticket
        tokens.append(link_token(office.house.secret(office.id), SURVEY, served.id))
        office.clock.minutes(1)
    for token in tokens[:6]:
        office.rooms.satisfaction.answer(token, Answer({"overall": 5}))
    room = office.rooms.believing
    asked = room.response(TODAY, TODAY).total
    assert (asked.visits, asked.asked, asked.answered, asked.open, asked.silent) == (
        12,
        12,
        6,
        6,
        0,
    )
    assert asked.rate is None, "who answers early says nothing of who stays silent"
    office.clock.minutes(MINUTES)
    response = room.response(TODAY, TODAY)
    assert (response.total.open, response.total.silent, response.total.rate) == (0, 6, 0.5)
    assert (response.total.low, response.total.high) == wilson(6, 12)
    birth = next(one for one in response.services if one.code == "birth")
    assert (birth.visits, birth.answered) == (12, 6)
    others = [one for one in response.services if one.code != "birth"]
    assert all((one.asked, one.answered, one.rate) == (0, 0, None) for one in others)
    counter = next(one for one in response.counters)
    assert counter.visits == 12
    assert [(one.code, one.n, one.share) for one in response.channels] == [("slip_qr", 6, 0.5)]
    assert room.response(TODAY + timedelta(days=1), TODAY + timedelta(days=9)).total.asked == 0
    for _ in range(9):
        token = link_token(office.house.secret(office.id), SURVEY, office.serve().ticket.id)
        office.clock.minutes(1)
        office.rooms.satisfaction.answer(token, Answer({"overall": 5}))
    later = room.response(TODAY, TODAY + timedelta(days=30)).total
    assert (later.asked, later.answered, later.open, later.rate) == (21, 15, 0, 0.5)


def test_a_few_who_answered_are_not_told_of(office: Office) -> None:
    token = link_token(office.house.secret(office.id), SURVEY, office.serve().ticket.id)
    office.rooms.satisfaction.answer(token, Answer({"overall": 5}))
    for asked in (
        office.rooms.believing.response(TODAY, TODAY).total,
        next(
            one
            for one in office.rooms.believing.response(TODAY, TODAY).services
            if one.code == "birth"
        ),
    ):
        assert asked.suppressed
        assert (asked.asked, asked.answered, asked.silent, asked.rate) == (1, None, None, None)


def test_the_sample_counts_people_served_and_answers_that_count(office: Office) -> None:
    for _ in range(4):
        served = office.serve().ticket
        office.clock.minutes(1)
    token = link_token(office.house.secret(office.id), SURVEY, served.id)
    office.rooms.satisfaction.answer(token, Answer({"overall": 4}))
    left_out = [Said(TODAY, flag="burst"), Said(TODAY, items=tap(1), flag="staff")]
    counted = many(6, Said(TODAY)) + many(5, Said(TODAY, items=tap(5)))
    write(office, left_out + counted)
    sample = office.rooms.believing.sample(2570)
    assert (sample.visits, sample.have, sample.presses, sample.needed_now) == (4, 6, 6, 4)
    assert not sample.have_few
    assert sample.last == date(2027, 9, 30)
    assert sample.visits_expected == 4 * 365
    assert (sample.needed, sample.missing) == (146, 140)


def test_a_few_answers_are_not_told_by_what_the_sample_still_needs(office: Office) -> None:
    for _ in range(40):
        office.serve()
    write(office, [*many(4, Said(TODAY, items=tap(5))), *many(3, Said(TODAY))])
    few = office.rooms.believing.sample(2570)
    assert (few.have, few.have_few, few.presses, few.presses_few) == (0, True, 0, True)
    assert (few.missing, few.pace, few.expected) == (few.needed, 0.0, 0)


def test_a_year_may_have_its_own_rule(small_office: Office) -> None:
    rules = Satisfaction(sample_of_year={"2570": SampleRule(share=0.5, least=400)})
    small_office.set(satisfaction=rules)
    assert small_office.rooms.believing.sample(2570).rule.least == 400
    assert small_office.rooms.believing.sample(2569).rule.least == 30


# ---------------------------------------------------------------- beside the figures


def test_reasons_that_few_gave_and_protected_ones_show_no_number(office: Office) -> None:
    low = Said(FIRST, score=1, reasons='["long_wait", "impolite"]')
    said = [*many(5, low), *many(3, replace(low, reasons='["long_wait"]'))]
    said += many(2, replace(low, reasons='["other"]'))
    write(
        office, [*said, replace(low, flag="burst"), Said(FIRST, items=tap(1), reasons='["other"]')]
    )
    found = office.rooms.believing.reasons(FIRST, LAST)
    assert [(one.code, one.n, one.suppressed) for one in found] == [
        ("long_wait", 8, False),
        ("impolite", 5, False),
        ("other", None, True),
    ]


def test_counters_have_figures_of_their_own(small_office: Office) -> None:
    write(
        small_office,
        [
            *many(20, Said(FIRST, counter="1")),
            *many(30, Said(FIRST, counter="2", score=1)),
            *many(3, Said(FIRST, counter="3")),
            *many(9, Said(FIRST)),
        ],
    )
    rows = small_office.rooms.believing.counters(FIRST, LAST)
    numbers = {str(one.id): one.number for one in small_office.reads.counters()}
    assert {numbers[row.code]: row.figure.n for row in rows} == {"1": 20, "2": 30, "3": None}


def publish(office: Office, body: Questionnaire, at: datetime | None) -> int:
    """The next version, asked from then on; a draft where there is no moment. Returns its id."""
    with office.store.writing() as db:
        before = list(db.execute(schema.questionnaires.select()))[-1]
        row = before._asdict() | {
            "id": before.id + 1,
            "version": before.version + 1,
            "body": body.model_dump_json(),
            "active": at is not None,
            "asked_from": None if at is None else unix_ms(at),
        }
        db.execute(schema.questionnaires.insert(), row)
    return int(row["id"])


def test_a_question_changed_within_the_period_is_told(office: Office) -> None:
    write(office, many(7, Said(FIRST, items=tap(4))))
    room = office.rooms.believing
    asked = office.rooms.satisfaction.questionnaire()
    assert [(one.answers, one.changed) for one in room.versions(FIRST, LAST)] == [(7, ())]
    staff = next(one for one in asked.aspect if one.code == "staff")
    shorter = staff.model_copy(update={"items": staff.items[:1]})
    others = tuple(shorter if one is staff else one for one in asked.aspect)
    began = datetime(2026, 2, 1, 9, tzinfo=BANGKOK)
    publish(office, asked.model_copy(update={"aspect": others}), began)
    publish(office, asked, None)
    found = room.versions(FIRST, LAST)
    assert [(one.version - found[0].version, one.answers) for one in found] == [(0, 7), (1, 0)]
    assert (found[1].asked_from, found[1].changed) == (date(2026, 2, 1), ("staff",))
    assert len(room.versions(FIRST, date(2026, 1, 31))) == 1
    later = room.versions(date(2026, 4, 1), LAST + timedelta(days=99))
    assert [(one.version, one.changed) for one in later] == [(found[1].version, ())]


def test_a_few_answers_to_a_version_are_not_told_nor_all_less_the_others() -> None:
    assert answers_shown({1: 3, 2: 40, 3: 50}, 5) == {1: None, 2: None, 3: 50}
    assert answers_shown({1: 40, 2: 50, 3: 0}, 5) == {1: 40, 2: 50, 3: 0}
    assert answers_shown({1: 3}, 5) == {1: None}


def test_points_of_an_item_that_was_asked_otherwise_before_are_not_mixed(office: Office) -> None:
    yes_or_no = (("e4", "self_check", 100), ("e5", "self_check", 67))
    four = (("e4", "self_check", 33), ("e5", "self_check", 0))
    asked = office.rooms.satisfaction.questionnaire()
    write(office, many(6, Said(FIRST, items=yes_or_no)))
    check = asked.self_check.model_copy(update={"as_official": not asked.self_check.as_official})
    version = publish(
        office, asked.model_copy(update={"self_check": check}), datetime(2026, 2, 1, tzinfo=BANGKOK)
    )
    write(office, many(8, Said(LAST, items=four)), questionnaire_id=version)
    found = office.rooms.believing.self_check(FIRST, LAST)
    assert {one.code: (one.n, one.points) for one in found.items} == {
        "e4": (8, 33.0),
        "e5": (14, pytest.approx(6 * 67 / 14)),
    }
    assert found.changed == ("e4",)
