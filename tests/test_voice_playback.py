"""A day's announcements in a real browser, proven from its audio graph."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from string import ascii_uppercase

import pytest
from playwright.sync_api import Browser, expect

from server.domain.voice import LANGUAGES, sentence
from tests.hall import WORK, Hall, called, opened
from tests.hearing import (
    CHIME_S,
    EXACT_S,
    GAP_S,
    Listening,
    in_words,
    listening,
    nothing_overlaps,
    spoken,
)
from tests.office import PROGRAM, Office
from tests.voice_pack import length_s, make_pack

BREATH_S = 0.5


@pytest.fixture
def hall(browser: Browser, small_office: Office) -> Iterator[Hall]:
    with opened(browser, small_office) as hall:
        yield hall


# ---------------------------------------------------------------- a day


def test_a_days_calls_are_spoken_in_order_gaplessly_and_never_over_each_other(hall: Hall) -> None:
    make_pack(hall.office)
    screen = listening(hall)
    expected = []
    for round_ in range(20):
        for counter in WORK:
            if counter == "3" and round_ % 3 == 2:
                ticket = hall.office.counter(counter).ticket_id
                assert ticket is not None
                number = hall.office.desk.recall(ticket, PROGRAM).ticket.number
            else:
                number = called(hall.office, counter)
            expected.append(in_words(number, counter, "th"))
        screen.ear.waits_for(len(expected))
    calls = screen.ear.calls()
    assert [spoken(call) for call in calls] == expected
    nothing_overlaps(screen.ear.heard())
    for chime, *words in calls:
        assert chime.ends - chime.starts == pytest.approx(CHIME_S)
        assert words[0].starts == pytest.approx(chime.ends, abs=EXACT_S)
        for one, following in pairwise(words):
            gap = 3 * GAP_S if following.phrase == "counter" else GAP_S
            assert following.starts - one.ends == pytest.approx(gap, abs=EXACT_S)


def test_english_follows_thai_twice_where_wanted_and_a_recall_is_spoken_again(hall: Hall) -> None:
    make_pack(hall.office, languages=("th", "en"))
    screen = listening(hall, languages=("th", "en"), repeat=2)
    number = called(hall.office, "5")
    screen.ear.waits_for(1)
    ticket = hall.office.counter("5").ticket_id
    assert ticket is not None
    hall.office.desk.recall(ticket, PROGRAM)
    screen.ear.waits_for(2)
    nothing_overlaps(screen.ear.heard())
    calls = screen.ear.calls()
    assert [spoken(call) for call in calls] == [in_words(number, "5", "th", "en", "th", "en")] * 2
    for one, following in pairwise(calls[0][1:]):
        if following.phrase == "invite":
            assert following.starts - one.ends == pytest.approx(BREATH_S, abs=EXACT_S)


# ---------------------------------------------------------------- several at once

EVENTS = """addEventListener("DOMContentLoaded", () => {
  window.told = []
  for (const what of ["announced", "passed-over"])
    document.querySelector(".board-screen").addEventListener(what, event =>
      window.told.push([what, event.detail]))
})"""


def held(screen: Listening) -> None:
    """From now on an announcement is over only when the page's clock is moved on."""
    clock = screen.wall.page.clock
    clock.install()
    clock.pause_at(datetime.now() + timedelta(seconds=2))


def goes_on(screen: Listening, announced: int, announcing: int) -> None:
    """Moves the clock of a page that is `held` on until so many were, and are to be, announced."""
    page, board = screen.wall.page, screen.wall.screen
    wanted = [str(announced), str(announcing)]
    for _ in range(500):
        said = [board.get_attribute(f"data-{name}") for name in ("announced", "announcing")]
        if said == wanted:
            return
        page.clock.run_for(50)
    pytest.fail(f"it has announced and still is to announce {said}")


def test_what_is_spoken_stands_large_and_then_the_newest(hall: Hall) -> None:
    make_pack(hall.office)
    screen = listening(hall)
    held(screen)
    wall = screen.wall
    first, second = called(hall.office, "1"), called(hall.office, "2")
    expect(wall.screen).to_have_attribute("data-announcing", "2")
    wall.shows(first, "1")
    expect(wall.earlier()).to_have_text([second, "2"])
    goes_on(screen, announced=2, announcing=1)
    wall.shows(second, "2")
    expect(wall.earlier()).to_have_text([first, "1"])
    goes_on(screen, announced=2, announcing=0)
    wall.shows(second, "2")


def test_a_call_answered_or_made_anew_while_it_waited_is_passed_over(hall: Hall) -> None:
    make_pack(hall.office)
    screen = listening(hall, EVENTS)
    held(screen)
    office, wall = hall.office, screen.wall
    spoken_first = called(office, "1")
    wall.has_announced(1)
    gone, stays = called(office, "2"), called(office, "5")
    expect(wall.screen).to_have_attribute("data-announcing", "3")
    ids = {call.number: str(call.call_id) for call in office.reads.board().recent}
    again = office.counter("5").ticket_id
    assert again is not None
    office.desk.recall(again, PROGRAM)
    followed = called(office, "2")
    wall.shows(spoken_first, "1")
    expect(wall.earlier()).to_have_text([followed, "2", stays, "5"])
    goes_on(screen, announced=3, announcing=0)
    assert [spoken(call) for call in screen.ear.calls()] == [
        in_words(spoken_first, "1", "th"),
        in_words(stays, "5", "th"),
        in_words(followed, "2", "th"),
    ]
    told = wall.page.evaluate("window.told")
    assert {id_ for what, id_ in told if what == "passed-over"} == {ids[gone], ids[stays]}
    assert [what for what, _ in told].count("announced") == 3


# ---------------------------------------------------------------- what is rendered

RENDER = """async ({ phrases, calls, lasts }) => {
  const { createVoice, ring } = await import("speech")
  const rate = 48_000
  const audio = new OfflineAudioContext(1, lasts * rate, rate)
  const out = new GainNode(audio, { gain: 0.5 })
  out.connect(audio.destination)
  const voice = await createVoice(audio, phrases, { to: out, gapMs: 60 })
  let free = 0.1
  const times = calls.map(ids => {
    const chime = ring(audio, { at: free, lasts: 0.5, to: out })
    const said = voice.say(ids, { at: chime.ends })
    free = said.ends + 0.2
    return [chime.starts, said.starts, said.ends, voice.lasts(ids)]
  })
  const sound = (await audio.startRendering()).getChannelData(0)
  const loud = (from, to) => {
    let most = 0
    for (let n = Math.ceil(from * rate) + 2; n < Math.floor(to * rate) - 2; n++)
      most = Math.max(most, Math.abs(sound[n]))
    return most
  }
  return { times, loud: times.map(([chime, starts, ends], n) => [
    loud(chime + 0.05, chime + 0.2), loud(starts, ends),
    loud(ends, times[n + 1]?.[0] ?? lasts)]) }
}"""


def test_what_is_scheduled_is_what_sounds(hall: Hall) -> None:
    make_pack(hall.office)
    page = listening(hall).wall.page
    (told,) = page.evaluate("fetch('/display/voice').then(one => one.json())")["languages"]
    calls = [sentence("th", "A012", "3"), sentence("th", "R999", "12")]
    facts = {"phrases": told["phrases"], "calls": calls, "lasts": 4}
    rendered = page.evaluate(RENDER, facts)
    for (_, starts, ends, lasts), ids in zip(rendered["times"], calls, strict=True):
        phrases_s = sum(length_s("th", one) for one in ids)
        gaps_s = 0.06 * (len(ids) - 1 + 2)  # a breath before the counter
        assert ends - starts == pytest.approx(lasts) == pytest.approx(phrases_s + gaps_s)
    for chime, speech, rest in rendered["loud"]:
        assert 0.02 < chime < 0.5
        assert speech == pytest.approx(0.5 * 20_000 / 32_768, rel=0.02)
        assert rest == 0


# ---------------------------------------------------------------- one order in two languages


def test_server_and_screen_say_the_same(hall: Hall) -> None:
    page = listening(hall).wall.page
    numbers = [f"{letter}{n:03}" for letter in ascii_uppercase for n in (1, 20, 307, 999, 1000)]
    asked = [
        (language, number, counter)
        for language in LANGUAGES
        for number in [*numbers, "a007", "", "AB12", "A-01", "ก012", "A๑๒", "ß1", "1ﬀ"]
        for counter in ("1", "9", "10", "21", "3A", "B2", "ช่อง 4")
    ]
    said = page.evaluate(
        """async asked => {
          const { sentence } = await import("sentence")
          return asked.map(one => sentence(...one))
        }""",
        asked,
    )
    assert said == [list(sentence(*one)) for one in asked]
