"""Screens that speak, and what tests hear of them."""

from dataclasses import dataclass
from itertools import pairwise

from playwright.sync_api import expect

from server.domain.settings import Voice
from server.domain.voice import sentence
from tests.hall import SCREEN, Hall
from tests.people.ear import Ear, Sound
from tests.people.wall import Wall

CHIME_S, GAP_S = 0.01, 0.001
QUICK: dict[str, object] = {"chime_ms": 10, "gap_ms": 1, "pack": "tones"}
EXACT_S = 1e-6


@dataclass
class Listening:
    wall: Wall
    ear: Ear


def listening(hall: Hall, script: str = "", lost: str = "", **voice: object) -> Listening:
    """A screen that has its voice, and an ear below it. `lost`: addresses that never answer."""
    hall.office.set(voice=Voice.model_validate({**QUICK, **voice}))
    page = hall.screens.open("display", device=SCREEN)
    ear = Ear(page)
    if script:
        page.add_init_script(script)
    if lost:
        page.route(lost, lambda route: route.abort())
    wall = Wall(page, hall.site)
    expect(page.locator("[data-voice-asked]")).to_be_attached(timeout=30_000)
    return Listening(wall, ear)


def spoken(call: list[Sound]) -> list[tuple[str, str]]:
    return [(sound.language, sound.phrase) for sound in call if sound.kind == "phrase"]


def in_words(number: str, counter: str, *languages: str) -> list[tuple[str, str]]:
    return [(one, phrase) for one in languages for phrase in sentence(one, number, counter)]


def nothing_overlaps(sounds: list[Sound]) -> None:
    late = [sound for sound in sounds if sound.late > 0]
    assert late == [], "something was scheduled too late: it runs into what follows"
    for one, following in pairwise(sounds):
        assert one.ends <= following.starts + EXACT_S, (one, following)
