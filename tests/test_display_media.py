"""The office's pictures and videos: what is listed and served, and what plays beside the calls."""

import base64
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from display import media
from server.domain.roles import DeviceKind, Role
from tests.hall import SCREEN, Hall, called, opened
from tests.office import Office
from tests.people.wall import Wall
from tests.shelf import BLUE, picture, shelf


@pytest.fixture
def hall(browser: Browser, small_office: Office) -> Iterator[Hall]:
    with opened(browser, small_office) as hall:
        yield hall


@pytest.fixture(scope="session")
def film(browser: Browser) -> bytes:
    """A second of moving picture with sound, as a WebM file."""
    page = browser.new_page()
    recorded: str = page.evaluate("""async () => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 36 })
      const pen = canvas.getContext('2d')
      const audio = new AudioContext()
      const tone = new OscillatorNode(audio)
      const tape = audio.createMediaStreamDestination()
      tone.connect(tape)
      tone.start()
      const tracks = [...canvas.captureStream(20).getTracks(), ...tape.stream.getTracks()]
      const recorder = new MediaRecorder(new MediaStream(tracks), { mimeType: 'video/webm' })
      const parts = []
      recorder.ondataavailable = ({ data }) => parts.push(data)
      recorder.start()
      const until = performance.now() + 1_000
      while (performance.now() < until) {
        pen.fillStyle = `hsl(${performance.now() % 360} 90% 50%)`
        pen.fillRect(0, 0, 64, 36)
        await new Promise(requestAnimationFrame)
      }
      await new Promise(done => { recorder.onstop = done; recorder.stop() })
      const bytes = new Uint8Array(await new Blob(parts).arrayBuffer())
      return btoa(String.fromCharCode(...bytes))
    }""")
    page.close()
    return base64.b64decode(recorded)


def listed(client: FlaskClient) -> list[str]:
    """The names on the list, in its order."""
    answer = client.get("/display/media/")
    return [one["url"].split("/")[-1].split("?")[0] for one in answer.get_json()["items"]]


# ---------------------------------------------------------------- the list and the files


def test_the_folder_is_made_when_a_screen_first_asks(small_office: Office) -> None:
    assert listed(small_office.device(SCREEN)) == []
    assert (small_office.data / "media" / small_office.reads.settings().office.slug).is_dir()


def test_only_what_can_be_shown_is_listed(
    small_office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, folder = small_office, shelf(small_office)
    picture(office, "b.png")
    picture(office, "a.JPG")
    (folder / "c.webm").write_bytes(b"film")
    (folder / "empty.mp4").touch()
    (folder / "no-picture.png").write_text("<script>")
    (folder / "page.html").write_text("<script>")
    (folder / "drawing.svg").write_text("<svg/>")
    (folder / "folder.png").mkdir()
    picture(office, ".hidden.png")
    picture(office, "a-webp.webp").rename(folder / "named-wrongly.png")
    monkeypatch.setattr(media, "MOST_PIXELS", 20_000)
    Image.new("RGB", (200, 101)).save(folder / "too-many-pixels.png")
    Image.new("RGB", (200, 100)).save(folder / "just-so.png")
    monkeypatch.setattr(media, "LARGEST_VIDEO", 10)
    (folder / "too-long.mp4").write_bytes(b"x" * 11)
    monkeypatch.setattr(media, "LARGEST_PICTURE", 5_000)
    picture(office, "too-heavy.png").write_bytes(
        picture(office, "b.png").read_bytes() + b" " * 5000
    )
    secret = tmp_path / "secret.png"
    Image.new("RGB", (9, 9)).save(secret)
    (folder / "link.png").symlink_to(secret)
    screen = office.device(SCREEN)
    assert listed(screen) == ["a.JPG", "b.png", "c.webm", "just-so.png"]
    for name in (*(one.name for one in folder.iterdir()), "..%2f..%2fkhiu.db", "%2e%2e", "x" * 300):
        known = name in listed(screen)
        answer = screen.get(f"/display/media/{name}")
        assert (answer.status_code == 200) is known, name
        assert known or answer.status_code == 404, name


def test_a_phones_picture_is_shown_and_an_unreadable_name_hides_nothing(
    small_office: Office,
) -> None:
    folder = shelf(small_office)
    once, again = (Image.new("RGB", (160, 90), BLUE) for _ in range(2))
    once.save(folder / "phone.jpg", format="MPO", save_all=True, append_images=[again])
    os.link(folder / "phone.jpg", os.fsencode(folder) + "/ป้าย.jpg".encode("cp874"))
    assert listed(small_office.device(SCREEN)) == ["phone.jpg"]


def test_of_too_many_files_the_first_ones_are_shown(
    small_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "MOST_PIECES", 2)
    for name in ("c.png", "a.png", "b.png"):
        picture(small_office, name)
    assert listed(small_office.device(SCREEN)) == ["a.png", "b.png"]


def test_a_replaced_file_has_another_address(small_office: Office) -> None:
    screen = small_office.device(SCREEN)

    def address() -> str:
        return str(screen.get("/display/media/").get_json()["items"][0]["url"])

    file = picture(small_office, "ป้าย ประกาศ.png")
    first = address()
    assert screen.get(first).data == file.read_bytes()
    picture(small_office, file.name, BLUE)
    os.utime(file, ns=(1, 1))
    assert address() != first
    assert screen.get(address()).data == file.read_bytes()


def test_only_screens_and_the_administrator_get_the_files(small_office: Office) -> None:
    picture(small_office, "a.png")
    for url in ("/display/media/", "/display/media/a.png"):
        assert small_office.device(SCREEN).get(url).status_code == 200
        assert small_office.signed_in(Role.ADMIN).get(url).status_code == 200
        for other in (
            small_office.app.test_client(),
            small_office.device(DeviceKind.KIOSK),
            small_office.signed_in(Role.OFFICER),
        ):
            assert other.get(url).status_code in (303, 403)


@pytest.mark.parametrize(
    ("asked", "status", "got"),
    [
        ("bytes=0-", 206, slice(0, 10)),  # the beginning: a browser asks on
        ("bytes=4-6", 206, slice(4, 7)),
        ("bytes=20-", 206, slice(20, 26)),
        ("bytes=-3", 206, slice(23, 26)),
        ("bytes=26-", 416, slice(0, 0)),
        ("bytes=rubbish", 200, slice(0, 26)),
    ],
)
def test_a_video_is_sent_piece_by_piece(
    small_office: Office, monkeypatch: pytest.MonkeyPatch, asked: str, status: int, got: slice
) -> None:
    monkeypatch.setattr(media, "AT_ONCE", 10)
    whole = b"abcdefghijklmnopqrstuvwxyz"
    (shelf(small_office) / "a.mp4").write_bytes(whole)
    answer = small_office.device(SCREEN).get("/display/media/a.mp4", headers={"Range": asked})
    assert (answer.status_code, answer.data) == (status, whole[got])
    if status != 416:
        assert answer.mimetype == "video/mp4"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    if status == 206:
        last = got.stop - 1
        assert answer.headers["Content-Range"] == f"bytes {got.start}-{last}/{len(whole)}"


# ---------------------------------------------------------------- beside the calls


def beside(page: Page) -> Any:
    return page.locator(".media img, .media video").filter(visible=True)


def test_pictures_and_videos_take_turns_and_a_broken_one_is_passed_over(
    hall: Hall, film: bytes
) -> None:
    office = hall.office
    picture(office, "1.png")
    (shelf(office) / "2.webm").write_bytes(b"no film at all")
    (shelf(office) / "3.webm").write_bytes(film)
    picture(office, "4.png", BLUE)
    page = hall.screens.open("display", device=SCREEN)
    page.clock.install()
    wall = Wall(page, hall.site)
    elements = page.evaluate("document.querySelectorAll('*').length")
    picture_spot, film_spot = page.locator(".media img"), page.locator(".media video")

    def passes_until(shown: str) -> None:
        """Turns the clock on, in steps, until this file is seen."""
        spot = film_spot if shown.endswith("webm") else picture_spot
        for _ in range(300):
            page.clock.run_for(500)
            if spot.is_visible() and shown in (spot.get_attribute("src") or ""):
                return
        raise AssertionError(f"{shown} was never shown")

    for shown in ("1.png", "3.webm", "4.png", "1.png"):
        passes_until(shown)
        expect(beside(page)).to_have_count(1)
        if shown == "3.webm":
            assert film_spot.evaluate("one => one.muted")
            film_spot.evaluate("one => new Promise(over => one.addEventListener('ended', over))")
        assert wall.digit_height() >= 0.12
    number = called(office)
    wall.shows(number)
    assert wall.overflows() == []
    assert page.evaluate("document.querySelectorAll('*').length") == elements
    picture(office, "5.png")
    (shelf(office) / "1.png").unlink()
    page.clock.run_for(60_000)
    passes_until("5.png")


def test_where_there_is_nothing_to_show_the_calls_have_the_room(hall: Hall) -> None:
    page = hall.screens.open("display", device=SCREEN)
    page.clock.install()
    wall = Wall(page, hall.site)
    board = page.locator(".board")
    expect(board).not_to_contain_class("board--media")
    file = picture(hall.office, "a.png")
    page.clock.run_for(61_000)
    expect(board).to_contain_class("board--media")
    wall.page.reload()
    expect(board).to_contain_class("board--media")  # at the first paint already
    file.unlink()
    for _ in range(20):
        page.clock.run_for(5_000)
    expect(board).not_to_contain_class("board--media")


def test_who_wants_no_motion_sees_pictures_only(hall: Hall, film: bytes) -> None:
    (shelf(hall.office) / "1.webm").write_bytes(film)
    picture(hall.office, "2.png")
    page = hall.screens.open("display", device=SCREEN)
    page.emulate_media(reduced_motion="reduce")
    Wall(page, hall.site)
    expect(page.locator(".media img")).to_be_visible()
    assert page.locator(".media video").get_attribute("src") is None
    assert page.locator(".media").evaluate("one => getComputedStyle(one).transitionDuration") in (
        "0s",
        "0ms",
    )
