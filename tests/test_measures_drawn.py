"""Findings that the figures propose, and what became of a figure afterwards."""

import json
from datetime import date

from server.domain.asked_days import Half
from server.domain.change import Verdict
from server.domain.finding import About, Kind, Name, Stood, effect_of, grown, stood, under_target
from server.domain.roles import Role
from server.domain.written import percent, points
from server.measures import Targets
from server.measuring.wording import interval
from tests.office import PROGRAM, Office
from tests.pages import look, text_of
from tests.test_believing import Said, half, write
from tests.test_measures import BEFORE, THIS, WRITER

APRIL, MARCH, NOW = date(2026, 4, 3), date(2026, 3, 3), date(2026, 10, 1)
TARGETS = Targets(0.85, 0.85)


def keys(office: Office, of: Half = BEFORE) -> set[str]:
    return {one.about.key for one in office.rooms.measures.proposals(of, TARGETS)}


def test_an_aspect_is_proposed_only_where_even_the_intervals_end_lies_below(
    office: Office,
) -> None:
    write(office, [*half(40, 20, APRIL), *half(40, 34, APRIL, "death")])
    assert keys(office) == {"aspect::overall:", "aspect:birth:overall:"}


def test_who_is_hidden_is_never_proposed(office: Office) -> None:
    write(office, [*half(40, 10, APRIL), *half(3, 0, APRIL, "death")])
    assert "aspect:death:overall:" not in keys(office)


def test_a_reason_is_proposed_when_it_is_clearly_given_more_often(office: Office) -> None:
    slow, rude = json.dumps(["long_wait"]), json.dumps(["impolite"])
    before = [Said(MARCH, score=2, reasons=slow)] * 6 + [Said(MARCH, score=2, reasons=rude)] * 3
    now = [Said(APRIL, score=2, reasons=slow)] * 25 + [Said(APRIL, score=2, reasons=rude)] * 25
    write(office, before + half(50, 50, MARCH) + now + half(50, 50, APRIL))
    reasons = {key for key in keys(office) if key.startswith("reason")}
    assert reasons == {"reason:::long_wait"}  # how often the other was given then, is hidden


def test_a_service_under_its_standard_is_proposed_from_enough_steps(office: Office) -> None:
    for _ in range(4):
        slowly(office)
    assert keys(office, THIS) == set()
    slowly(office)
    (found,) = office.rooms.measures.proposals(THIS, TARGETS)
    assert found.about == About(Kind.STANDARD, "birth")
    assert (found.stood.value, found.stood.n, found.stood.target) == (0, 5, 0.85)


def slowly(office: Office) -> None:
    office.issue("birth")
    called = office.call_next("1")
    assert called is not None
    office.clock.minutes(office.service("birth").standard_minutes + 1)
    office.desk.finish(called.ticket.id, PROGRAM)


def test_proposing_twice_makes_nothing_twice_whatever_became_of_the_first(office: Office) -> None:
    write(office, half(40, 20, APRIL))
    room = office.rooms.measures
    found = [(one, one.about.key) for one in room.proposals(BEFORE, TARGETS)]
    assert room.propose(BEFORE, found, WRITER) == 2
    assert room.propose(BEFORE, found, WRITER) == 0  # a colleague pressed at the same time
    first = room.of_half(BEFORE)[0]
    room.dismiss(first.id, 1, "ไม่เกี่ยว", WRITER)
    assert keys(office) == set()
    assert [one.state for one in room.of_half(BEFORE)] == ["dismissed", "proposed"]


def test_the_effect_is_the_figure_as_it_stood_and_as_it_stands(office: Office) -> None:
    write(office, [*half(60, 30, APRIL), *half(60, 36, NOW)])
    room = office.rooms.measures
    about = About(Kind.ASPECT, "birth", "overall")
    before = room.figure(about, BEFORE)
    finding = room.one(room.add_finding(BEFORE, about, "x", before, WRITER))
    effect = room.effect(finding, Half(2570, 2))
    assert effect is not None
    assert (effect.verdict, effect.after) == (Verdict.UNKNOWN, None)
    effect = room.effect(finding)
    assert effect is not None and effect.after is not None
    assert (effect.before.value, effect.after.value, effect.verdict) == (0.5, 0.6, Verdict.UNCLEAR)


def test_less_of_a_reason_is_better_and_less_of_a_share_is_worse() -> None:
    many, few = stood(Name.REASON_SHARE, 40, 100), stood(Name.REASON_SHARE, 10, 100)
    assert effect_of(many, few).verdict is Verdict.BETTER
    assert effect_of(few, many).verdict is Verdict.WORSE
    assert effect_of(stood(Name.TOP2, 40, 100), stood(Name.TOP2, 10, 100)).verdict is Verdict.WORSE
    assert effect_of(many, many).verdict is Verdict.UNCLEAR


def test_shares_are_written_as_the_reports_write_them() -> None:
    assert (percent(13 / 16), percent(-1e-17), percent(None)) == ("81.3", "0.0", "–")
    assert (points(-0.0004), points(-0.0625), points(0.0625)) == ("0.0", "−6.3", "+6.3")
    assert interval(Stood(Name.TOP2, 0.9, 16, 13 / 16, 1.0)) == "81.3–100.0"


def test_the_rules_at_their_edges() -> None:
    at = stood(Name.WITHIN_STANDARD, 85, 100, target=0.85)
    assert under_target(About(Kind.STANDARD, "a"), at, surely=False) is None
    below = stood(Name.WITHIN_STANDARD, 84, 100, target=0.85)
    assert under_target(About(Kind.STANDARD, "a"), below, surely=False) is not None
    assert under_target(About(Kind.STANDARD, "a"), below, surely=True) is None
    reason = About(Kind.REASON, reason="a")
    assert grown(reason, (5, 0), (1, 10)) is None
    assert grown(reason, (12, 10), (1, 10)) is None


def test_the_page_proposes_takes_and_shows_before_and_after(small_office: Office) -> None:
    write(small_office, [*half(60, 20, APRIL), *half(60, 50, NOW)])
    client = small_office.signed_in(Role.MANAGER)
    look(client, f"/measures/draw?half={BEFORE.key}")
    asked = {"half": BEFORE.key, "within_standard": "85", "top2": "85"}
    assert client.post("/measures/draw", data={**asked, "top2": "x"}).status_code == 422
    assert client.post("/measures/draw", data=asked).status_code == 303
    words = text_of(look(client, f"/measures/?half={BEFORE.key}"))
    assert "ตัวเลขเสนอ 2 ประเด็น" in words and "33.3" in words
    first = small_office.rooms.measures.of_half(BEFORE)[0]
    assert not set("0123456789%") & set(first.body)  # others may see less than the office
    client.post(f"/measures/findings/{first.id}/take", data={"version": "1"})
    words = text_of(look(client, f"/measures/findings/{first.id}"))
    assert "ดีขึ้น" in words and "+50.0" in words
    look(client, f"/measures/findings/{first.id}?lang=en")
