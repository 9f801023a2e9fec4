"""Where a voice may not sound, cannot, or is cut off: the number flashes, nothing is held up."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from server.domain.screen import Screen
from server.domain.settings import Voice
from server.domain.voice import phrases, sentence
from server.store import schema
from tests.hall import SCREEN, Hall, called, opened
from tests.hearing import QUICK, in_words, listening, nothing_overlaps, spoken
from tests.office import Office
from tests.people.ear import Ear
from tests.people.wall import Wall
from tests.voice_pack import make_pack


@pytest.fixture
def hall(browser: Browser, small_office: Office) -> Iterator[Hall]:
    with opened(browser, small_office) as hall:
        yield hall


# ---------------------------------------------------------------- what an office sets


@pytest.mark.parametrize(
    "voice",
    [
        {"quiet": [{"from": "07:30", "to": "08:30"}]},
        {"quiet": [{"from": "22:00", "to": "08:01"}]},
        {"volume": 0},
        {"enabled": False},
    ],
    ids=["by day", "over midnight", "volume 0", "switched off"],
)
def test_where_nothing_may_sound_the_number_still_flashes(
    hall: Hall, voice: dict[str, Any]
) -> None:
    make_pack(hall.office)
    screen = listening(hall, **voice)
    screen.wall.shows(called(hall.office))
    expect(screen.wall.panel).to_contain_class("newest--fresh")
    screen.ear.waits_for(1)
    assert screen.ear.heard() == []
    hall.office.clock.minutes(60)  # quiet hours end by the server's clock, not by the screen's
    number = called(hall.office, "2")
    screen.ear.waits_for(2)
    assert [spoken(call) for call in screen.ear.calls()] == (
        [in_words(number, "2", "th")] if "quiet" in voice else []
    )


@pytest.mark.parametrize(("sound", "chimes"), [("chime", 1), ("silent", 0)])
def test_of_several_screens_in_a_hall_one_speaks(hall: Hall, sound: str, chimes: int) -> None:
    make_pack(hall.office)
    hall.office.set(voice=Voice.model_validate(QUICK))
    page = hall.screens.open("display", device=SCREEN)
    with hall.office.store.writing() as db:
        options = Screen.model_validate({"sound": sound}).text()
        db.execute(schema.devices.update().values(options=options))
    ear = Ear(page)
    Wall(page, hall.site).shows(called(hall.office))
    ear.waits_for(1)
    assert [one.kind for one in ear.heard()] == ["chime"] * chimes


def test_a_changed_volume_is_taken_up_without_a_reload(hall: Hall) -> None:
    make_pack(hall.office)
    hall.office.set(voice=Voice.model_validate({**QUICK, "volume": 100}))
    page = hall.screens.open("display", device=SCREEN)
    ear = Ear(page)
    page.clock.install()
    Wall(page, hall.site)
    volumes = []
    for _ in range(20):
        before = page.evaluate("window.graph.length")
        called(hall.office)
        page.wait_for_function("n => window.graph.length > n", arg=before, polling=20)
        volumes.append(ear.volume())
        if volumes[-1] != 1:
            break
        hall.office.set(voice=Voice.model_validate({**QUICK, "volume": 35}))
        page.clock.fast_forward(61_000)
    assert volumes[0] == 1
    assert volumes[-1] == pytest.approx(0.35)


# ---------------------------------------------------------------- what goes wrong

BROWSER_VOICE = """
  window.uttered = []
  window.ends = true
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text } }
  Object.defineProperty(window, "speechSynthesis", { value: {
    getVoices: () => [{ lang: "en-GB" }, { lang: "th-TH", localService: true }],
    speak(said) {
      window.uttered.push([said.text, said.lang, said.volume])
      if (window.ends) setTimeout(() => said.onend(), 5)
    },
    cancel() {},
  } })
"""


def in_thai(number: str, counter: str) -> str:
    """As words."""
    words = phrases("th", number + counter, Voice())
    return " ".join(words[phrase] for phrase in sentence("th", number, counter))


@pytest.mark.parametrize("spoils", ["incomplete", "damaged", "lost"])
def test_half_a_voice_is_not_heard_but_a_chime_and_the_browsers_own(
    hall: Hall, spoils: str
) -> None:
    recorded = make_pack(hall.office) / "th" / "letter-a.wav"
    if spoils == "incomplete":
        recorded.unlink()
    elif spoils == "damaged":
        recorded.write_bytes(b"no sound")
    lost = "**/letter-a.wav*" if spoils == "lost" else ""
    screen = listening(hall, BROWSER_VOICE, lost=lost, volume=50)
    number = called(hall.office)
    screen.ear.waits_for(1)
    assert [sound.kind for sound in screen.ear.heard()] == ["chime"]
    uttered = screen.wall.page.evaluate("window.uttered")
    assert uttered == [[in_thai(number, "1"), "th-TH", 0.5]]


def test_a_browsers_voice_that_never_ends_holds_nothing_up(hall: Hall) -> None:
    page = hall.screens.open("display", device=SCREEN)
    page.add_init_script(BROWSER_VOICE.replace("ends = true", "ends = false"))
    page.clock.install()
    with page.expect_response("**/display/voice"):
        wall = Wall(page, hall.site)
    numbers = [called(hall.office, counter) for counter in ("1", "2")]
    for heard, number in enumerate(numbers, start=1):
        for _ in range(60):
            page.clock.run_for(500)
            if page.evaluate("window.uttered.length") == heard:
                break
        assert page.evaluate("window.uttered.at(-1)[0]") == in_thai(number, str(heard))
    wall.has_announced(2)


def test_a_sound_that_was_cut_off_holds_nothing_up_and_is_not_heard_later(hall: Hall) -> None:
    make_pack(hall.office)
    unplugged = """
      window.plugged = true
      const { resume } = AudioContext.prototype
      AudioContext.prototype.resume = function () {
        return window.plugged ? resume.call(this) : new Promise(() => {})
      }"""
    screen = listening(hall, unplugged, gap_ms=100)
    page, hint = screen.wall.page, screen.wall.page.get_by_role("button", name="แตะเพื่อเปิดเสียง")
    called(hall.office, "1")
    chimed = "() => window.contexts[0].currentTime > window.graph[0]?.ends"
    page.wait_for_function(chimed, polling=20)
    page.evaluate("window.plugged = false; window.contexts[0].suspend()")
    expect(hint).to_be_visible()
    called(hall.office, "2")
    screen.ear.waits_for(2)
    page.evaluate("window.plugged = true")
    number = called(hall.office, "5")
    screen.ear.waits_for(3)
    expect(hint).to_be_hidden()
    begun = screen.ear.heard()
    nothing_overlaps(begun)
    assert spoken(begun)[-len(sentence("th", number, "5")) :] == in_words(number, "5", "th")
    assert [sound.kind for sound in begun].count("chime") == 2
