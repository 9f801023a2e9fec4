"""The voice's pages: an officer records a pack, hears it, brings files, and chooses who speaks."""

import io
import json
import wave
from array import array
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Locator, Page, expect
from werkzeug.test import TestResponse

from server.domain.roles import Role
from server.domain.settings import Voice
from server.voices import LARGEST, LARGEST_ZIP, Pack, Voices
from tests.browser import ARGS, SIZES, Screens, served
from tests.office import Office
from tests.pages import look, text_of
from tests.recordings import heard, recording, zipped
from tests.test_manage import newest, save

NEEDED_FOR_A012 = ("invite", "letter-a", "digit-0", "digit-1", "digit-2", "counter", "polite")


@pytest.fixture
def admin(small_office: Office) -> FlaskClient:
    return small_office.signed_in(Role.ADMIN)


def voices_of(office: Office) -> Voices:
    return Voices(office.data / "voices" / office.reads.settings().office.slug)


@pytest.fixture
def pack(small_office: Office) -> Pack:
    return voices_of(small_office).add("เสียงหน้าห้อง", "female")


def rules(office: Office) -> Voice:
    return office.reads.settings().settings.voice


def board_version(office: Office) -> int:
    return office.reads.board().version


# ---------------------------------------------------------------- rules


def test_the_rules_are_kept_told_to_the_screens_and_in_the_list_of_changes(
    small_office: Office, admin: FlaskClient, pack: Pack
) -> None:
    before = board_version(small_office)
    answer = save(
        admin,
        "/manage/voice",
        pack=pack.id,
        languages="th+en",
        gender="male",
        volume="65",
        repeat="2",
        quiet_from_0="12.00",
        quiet_to_0="13:00",
    )
    assert answer.status_code == 303
    now = rules(small_office)
    assert (now.pack, now.languages, now.gender) == (pack.id, ("th", "en"), "male")
    assert (now.volume, now.repeat, now.enabled) == (65, 2, True)
    assert [(one.from_, one.to) for one in now.quiet] == [("12:00", "13:00")]
    assert now.chime_ms == Voice().chime_ms  # what the page does not show stays
    assert board_version(small_office) > before
    line = newest(admin)
    assert "แก้ไขเสียงประกาศ" in line and "80 → 65" in line and "12:00–13:00" in line
    assert "ไทย → ไทย, อังกฤษ" in line and "เสียงผู้หญิง (ค่ะ) → เสียงผู้ชาย (ครับ)" in line
    lines = len(small_office.contents()["audit"])
    assert save(admin, "/manage/voice").status_code == 303  # as it is shown
    assert len(small_office.contents()["audit"]) == lines and rules(small_office) == now
    assert save(admin, "/manage/voice", enabled=None).status_code == 303
    assert not rules(small_office).enabled


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("pack", "unknown", "ค่านี้ใช้ไม่ได้"),
        ("pack", "../x", "ค่านี้ใช้ไม่ได้"),
        ("languages", "en", "ค่านี้ใช้ไม่ได้"),
        ("gender", "robot", "ค่านี้ใช้ไม่ได้"),
        ("volume", "101", "น้อยหรือมากเกินไป"),
        ("volume", "ดัง", "กรุณาใส่เป็นตัวเลข"),
        ("repeat", "4", "น้อยหรือมากเกินไป"),
        ("quiet_from_0", "25:00", "ใส่เวลาเป็น"),
        ("quiet_from_1", "12:00", "กรุณากรอกช่องนี้"),
    ],
)
def test_what_cannot_be_meant_comes_back_as_typed(
    small_office: Office, admin: FlaskClient, field: str, value: str, said: str
) -> None:
    answer = save(admin, "/manage/voice", **{field: value})
    assert answer.status_code == 422 and said in answer.text
    assert rules(small_office) == Voice()


def test_quiet_hours_last_some_time(admin: FlaskClient) -> None:
    answer = save(admin, "/manage/voice", quiet_from_0="12:00", quiet_to_0="12:00")
    assert answer.status_code == 422 and "ต้องไม่ตรงกัน" in answer.text


def test_the_page_says_what_the_chosen_pack_lacks(
    small_office: Office, admin: FlaskClient, pack: Pack
) -> None:
    save(admin, "/manage/voice", pack=pack.id)
    said = text_of(look(admin, "/manage/voice"))
    assert "ยังมีวลีภาษาไทยไม่ครบ" in said and "ภาษาอังกฤษไม่ครบ" not in said
    voices_of(small_office).remove(pack.id)  # by hand, on the disk
    assert f"ไม่พบชุดเสียง {pack.id}" in text_of(look(admin, "/manage/voice"))


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_the_pages_are_there_in_both_languages(
    small_office: Office, pack: Pack, role: Role
) -> None:
    voices_of(small_office).keep(pack.id, "th", "invite", recording())
    client = small_office.signed_in(role)
    for url in ("/manage/voice", "/manage/voice/new", f"/manage/voice/pack/{pack.id}"):
        for language in ("th", "en"):
            words = text_of(look(client, f"{url}?lang={language}"))
            assert "manage." not in words and "field." not in words and "%(" not in words


# ---------------------------------------------------------------- packs


def test_a_pack_is_made_named_used_and_deleted(small_office: Office, admin: FlaskClient) -> None:
    made = admin.post("/manage/voice/add", data={"name": "Front desk", "speaker": "male"})
    assert made.headers["Location"] == "/manage/voice/pack/front-desk"
    assert "เพิ่มชุดเสียง Front desk" in newest(admin)
    renamed = {"name": "เสียงใหม่", "speaker": "female"}
    assert admin.post("/manage/voice/pack/front-desk", data=renamed).status_code == 303
    assert "เสียงใหม่" in text_of(look(admin, "/manage/voice"))
    save(admin, "/manage/voice", pack="front-desk")
    assert admin.post("/manage/voice/pack/front-desk/remove").status_code == 409
    assert voices_of(small_office).find("front-desk")
    save(admin, "/manage/voice", pack="")
    assert admin.post("/manage/voice/pack/front-desk/remove").status_code == 303
    assert voices_of(small_office).all() == []
    assert "ลบชุดเสียง เสียงใหม่" in newest(admin)


def test_a_pack_without_a_name_is_none(small_office: Office, admin: FlaskClient) -> None:
    for sent in ({"speaker": "male"}, {"name": "x" * 61, "speaker": "male"}, {"name": "x"}):
        assert admin.post("/manage/voice/add", data=sent).status_code == 422
    assert voices_of(small_office).all() == []


def test_a_pack_goes_out_as_a_zip_and_comes_in_again(
    small_office: Office, admin: FlaskClient, pack: Pack
) -> None:
    voices_of(small_office).keep(pack.id, "th", "invite", recording())
    out = admin.get(f"/manage/voice/pack/{pack.id}/export")
    assert out.mimetype == "application/zip" and "attachment" in out.headers["Content-Disposition"]
    came = admin.post("/manage/voice/bring", data={"zip": (io.BytesIO(out.data), "voice.zip")})
    assert came.headers["Location"].endswith("/voice-2")
    heard = admin.get("/manage/voice/pack/voice-2/th/invite")
    assert heard.data == recording() and heard.mimetype in ("audio/wav", "audio/x-wav")


def test_a_zip_that_is_none_is_refused_in_words(small_office: Office, admin: FlaskClient) -> None:
    sent: list[tuple[dict[str, Any], str]] = [
        ({}, "กรุณาเลือกไฟล์"),
        ({"zip": (io.BytesIO(b"no zip"), "x.zip")}, "ไม่ใช่ zip"),
        ({"zip": (io.BytesIO(zipped({"a.wav": b""})), "x.zip")}, "ไม่พบ manifest.json"),
    ]
    for data, said in sent:
        answer = admin.post("/manage/voice/bring", data=data)
        assert answer.status_code == 422 and said in answer.text
    assert voices_of(small_office).all() == []


# ---------------------------------------------------------------- one phrase, without a script


def put(
    client: FlaskClient, pack_id: str, data: bytes, phrase: str = "th/invite", **headers: str
) -> TestResponse:
    sent = {"recording": (io.BytesIO(data), "a.wav")}
    return client.post(f"/manage/voice/pack/{pack_id}/{phrase}", data=sent, headers=headers)


def test_a_file_is_kept_heard_and_deleted_without_a_script(
    small_office: Office, admin: FlaskClient, pack: Pack
) -> None:
    assert put(admin, pack.id, recording()).status_code == 303
    page = text_of(look(admin, f"/manage/voice/pack/{pack.id}"))
    assert "0.5 วินาที" in page and "ยังขาด 20 วลี" in page
    address = f"/manage/voice/pack/{pack.id}/th/invite"
    assert admin.get(address).data == recording()
    assert admin.post(f"{address}/remove").status_code == 303
    assert admin.get(address).status_code == 404
    assert admin.post(f"{address}/remove").status_code == 404
    assert small_office.contents()["audit"] == []  # nobody in the hall hears this pack


def test_a_change_of_the_pack_in_use_is_told_and_written_down(
    small_office: Office, admin: FlaskClient, pack: Pack
) -> None:
    save(admin, "/manage/voice", pack=pack.id)
    before = board_version(small_office)
    put(admin, pack.id, recording())
    assert board_version(small_office) > before
    assert "แก้ไขชุดเสียงที่ใช้อยู่ เสียงหน้าห้อง" in newest(admin)


def test_wrong_files_are_refused_to_people_and_to_scripts(admin: FlaskClient, pack: Pack) -> None:
    shown = put(admin, pack.id, b"no sound")
    assert shown.status_code == 422 and "ไม่ใช่เสียง WAV" in shown.text
    for language, said in (("th", "ไม่ใช่เสียง WAV"), ("en", "no WAV file")):
        headers = {"Accept": "application/json", "Accept-Language": language}
        told = put(admin, pack.id, b"no sound", **headers)
        assert told.status_code == 422 and told.json is not None
        assert said in told.json["errors"][0]["message"]
    nothing = admin.post(f"/manage/voice/pack/{pack.id}/th/invite")
    assert nothing.status_code == 422 and "กรุณาเลือกไฟล์" in nothing.text


@pytest.mark.parametrize(
    "address", ["other/th/invite", "{}/lo/invite", "{}/th/letter-", "{}/en/polite", "..%2f/th/x"]
)
def test_there_is_nothing_beside_packs_and_phrases(
    admin: FlaskClient, pack: Pack, address: str
) -> None:
    assert put(admin, "", recording(), address.format(pack.id)).status_code == 404
    assert admin.get(f"/manage/voice/pack/{address.format(pack.id)}").status_code == 404


def test_bodies_are_larger_here_and_nowhere_else(
    small_office: Office, admin: FlaskClient, pack: Pack
) -> None:
    assert put(admin, pack.id, recording(seconds=10, rate=48_000)).status_code == 303
    assert put(admin, pack.id, bytes(LARGEST + 1)).status_code == 422
    assert put(admin, pack.id, bytes(LARGEST + 64 * 1024)).status_code == 413
    too_much = {"zip": (io.BytesIO(bytes(LARGEST_ZIP + 64 * 1024)), "x.zip")}
    assert admin.post("/manage/voice/bring", data=too_much).status_code == 413
    assert admin.post("/manage/voice/add", data={"name": "x" * 70_000}).status_code == 413
    small_office.app.config["WTF_CSRF_ENABLED"] = True  # reads the body of whoever comes
    stranger = put(small_office.app.test_client(), pack.id, bytes(100_000))
    assert stranger.status_code == 413
    auditor = small_office.signed_in(Role.AUDITOR)
    assert put(auditor, pack.id, bytes(100_000)).status_code in (403, 413)


def test_a_disk_that_is_full_is_a_plain_answer(
    admin: FlaskClient, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("os.fsync", full)
        answer = put(admin, pack.id, recording())
    assert answer.status_code == 409 and "พื้นที่ดิสก์" in answer.text


def test_an_auditor_hears_and_exports_but_changes_nothing(small_office: Office, pack: Pack) -> None:
    voices_of(small_office).keep(pack.id, "th", "invite", recording())
    auditor = small_office.signed_in(Role.AUDITOR)
    address = f"/manage/voice/pack/{pack.id}"
    assert auditor.get(f"{address}/th/invite").status_code == 200
    assert auditor.get(f"{address}/export").status_code == 200
    page = look(auditor, address)
    assert not [one for one in page.iter() if one.get("data-record") is not None]
    for url in ("", "/remove", "/th/invite", "/th/invite/remove"):
        assert auditor.post(address + url).status_code == 403
    assert voices_of(small_office).one(pack.id).file("th", "invite")


# ---------------------------------------------------------------- samples, in the browser


@pytest.fixture
def waves(screens: Screens) -> Page:
    """A page that knows the house's modules."""
    page = screens.open("desk", role=Role.ADMIN)
    page.goto(f"{screens.site}/manage/voice")
    return page


SOUND = """
const { trim, normalise, encode, verdict, level, decibels, mono, RATE } =
  await import("manage/voice_wave")
// A room's noise; `parts` of speech in it: from, to (s) and how loud (0 … 1).
let seed = 7
const noise = () => (seed = (seed * 16807) % 2147483647) / 1073741823.5 - 1
const sound = (seconds, parts, room = 0.0005) =>
  Float32Array.from({ length: seconds * RATE }, (_, at) => {
    const spoken = parts.find(([from, to]) => at >= from * RATE && at < to * RATE)
    return (spoken ? spoken[2] * Math.sin(at / 9) : 0) + room * noise()
  })
"""


def in_page(page: Page, script: str) -> Any:
    return page.evaluate(f"async () => {{ {SOUND} {script} }}")


def test_silence_goes_but_for_a_breath(waves: Page) -> None:
    lengths = in_page(
        waves,
        """return [
          [[0.5, 0.9, 0.3]],                       // one word
          [[0.5, 0.7, 0.3], [1.0, 1.2, 0.05]],     // two, the second softer
          [[0.0, 2.0, 0.3]],                       // no silence at all
          [[0.1, 0.105, 0.9], [0.5, 0.9, 0.3]],    // the click of a mouse before it
          [],                                      // nobody spoke
        ].map(parts => trim(sound(2, parts), RATE).length / RATE)""",
    )
    assert lengths == pytest.approx([0.48, 0.78, 2.0, 0.48, 0.0], abs=0.021)


def test_phrases_become_equally_loud_and_never_clip(waves: Page) -> None:
    heard = in_page(
        waves,
        """const tones = [0.01, 0.05, 0.3, 0.98].map(loud => [[0.04, 0.44, loud]])
        const even = tones.map(parts => normalise(sound(0.48, parts, 0.00005), RATE))
        const peaky = sound(0.48, [[0.04, 0.44, 0.02]])
        for (let at = 2000; at < 9000; at += 900) peaky[at] = 0.9
        return {
          loud: even.map(one => decibels(level(one.subarray(0.1 * RATE, 0.4 * RATE)).rms)),
          edges: even.map(one => Math.max(Math.abs(one[0]), Math.abs(one.at(-1)))),
          peak: decibels(level(normalise(peaky, RATE)).peak),
        }""",
    )
    assert heard["loud"] == pytest.approx([-20] * 4, abs=0.5)
    assert heard["edges"] == pytest.approx([0] * 4, abs=1e-3)
    assert heard["peak"] == pytest.approx(-1, abs=0.05)


def test_what_is_too_soft_or_too_loud_is_told(waves: Page) -> None:
    said = in_page(
        waves,
        """return [0.0003, 0.004, 0.2, 1.2].map(loud => verdict(
          sound(1, [[0.3, 0.7, loud]], 0.0001).map(one => Math.max(-1, Math.min(1, one))), RATE,
        ))""",
    )
    assert said == ["silent", "faint", "good", "clipped"]


def test_the_browsers_file_is_one_that_the_server_takes(waves: Page, pack: Pack) -> None:
    found = in_page(
        waves,
        """const samples = mono([sound(0.4, [[0.1, 0.3, 0.5]]), sound(0.4, [[0.1, 0.3, 0.1]])])
        return [[...new Uint8Array(encode(samples, RATE))], [...samples]]""",
    )
    data, samples = bytes(found[0]), found[1]
    kept = Voices(pack.folder.parent).keep(pack.id, "th", "invite", data)
    file = kept.file("th", "invite")
    assert file and file.read_bytes() == data
    with wave.open(io.BytesIO(data)) as sound:
        whole = array("h", sound.readframes(sound.getnframes()))
        assert sound.getframerate() == 24_000
    assert [one / 32_767 for one in whole] == pytest.approx(samples, abs=1 / 32_000)


# ---------------------------------------------------------------- the page of a pack


HEARD = """(meter, levels) => new Promise(over => {
  const look = () => {
    if (meter.dataset.level === levels[0]) levels.shift()
    levels.length ? requestAnimationFrame(look) : over()
  }
  look()
})"""


class Studio:
    """An officer at the page of a pack."""

    def __init__(self, page: Page, screens: Screens, pack: Pack) -> None:
        self.page, self.site, self.pack = page, screens.site, pack
        self.errors = screens.errors
        self.panel = page.locator("[data-recorder]")
        self.step = self.panel.locator("[data-step]")

    def opens(self) -> "Studio":
        self.page.goto(f"{self.site}/manage/voice/pack/{self.pack.id}")
        expect(self.page.locator(".pack[data-mounted]")).to_be_attached()
        return self

    def row(self, phrase: str, language: str = "th") -> Locator:
        return self.page.locator(f"#phrase-{language}-{phrase}")

    def brings(self, phrase: str, data: bytes, name: str = "phone.wav") -> Locator:
        """Chooses a file for a phrase; where the page says what became of it."""
        row = self.row(phrase)
        if row.locator("details[open]").count() == 0:
            row.locator("summary").click()
        file: Any = {"name": name, "mimeType": "audio/wav", "buffer": data}
        row.locator("[type=file]").set_input_files(file)
        return row.locator("[data-said]")

    def speaks_and_stops(self) -> None:
        """Records one word of the microphone's, from its beginning to its end."""
        self.page.keyboard.press("Enter")
        expect(self.panel).to_have_class("recorder stack stack--1 recorder--on")
        self.panel.get_by_role("meter").evaluate(HEARD, ["low", "good", "low"])
        self.page.keyboard.press("Enter")


WORD_S, PAUSE_S = 0.5, 1.0


@pytest.fixture(scope="module")
def microphone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the browser's microphone hears: a word, silence, and again."""
    with wave.open(io.BytesIO(recording(hz=300, seconds=WORD_S, rate=48_000))) as tone:
        word = tone.readframes(tone.getnframes())
    file = tmp_path_factory.mktemp("microphone") / "word.wav"
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(48_000)
        sound.writeframes(word + bytes(2 * round(PAUSE_S * 48_000)))
    return file


@pytest.fixture(scope="module")
def listening(browser: Browser, microphone: Path) -> Iterator[Browser]:
    """A browser with a microphone that may be used without asking."""
    fakes = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    fakes.append(f"--use-file-for-fake-audio-capture={microphone}")
    launched = browser.browser_type.launch(executable_path=which("chromium"), args=ARGS + fakes)
    yield launched
    launched.close()


@pytest.fixture
def studio(listening: Browser, small_office: Office, pack: Pack) -> Iterator[Studio]:
    with served(small_office.app) as site:
        screens = Screens(listening, small_office, site)
        yield Studio(screens.open("desk", role=Role.ADMIN), screens, pack).opens()
        for context in listening.contexts:
            context.close()
    assert screens.errors == []


def test_an_officer_records_phrase_after_phrase_with_one_key(
    studio: Studio, small_office: Office
) -> None:
    studio.step.focus()
    for phrase, words, left in (("invite", "ขอเชิญหมายเลข", 20), ("digit-0", "ศูนย์", 19)):
        expect(studio.panel.locator("[data-words]")).to_have_text(words)
        studio.speaks_and_stops()
        expect(studio.panel.get_by_role("status")).to_contain_text("ระดับเสียงดี")
        expect(studio.step).to_have_text("ใช้เสียงนี้ แล้วไปต่อ")
        studio.page.keyboard.press("Enter")
        expect(studio.row(phrase).locator("[data-state]")).to_contain_text("วินาที")
        expect(studio.page.locator("[data-progress=th]")).to_have_text(f"ยังขาด {left} วลี")
        expect(studio.step).to_be_focused()
        kept = voices_of(small_office).one(studio.pack.id).file("th", phrase)
        assert kept is not None
        sound = heard(kept.read_bytes())
        assert sound.loudest_db == pytest.approx(-20, abs=1)
        assert max(sound.silence_before_s, sound.silence_after_s) < 0.06  # of seconds of pause
    expect(studio.panel.locator("[data-words]")).to_have_text("หนึ่ง")


def test_a_take_is_heard_and_done_again_before_it_is_kept(
    studio: Studio, small_office: Office
) -> None:
    studio.row("digit-3").locator("[data-record]").click()
    expect(studio.step).to_be_focused()
    studio.speaks_and_stops()
    studio.panel.get_by_role("button", name="ฟัง").click()
    studio.panel.get_by_role("button", name="อัดใหม่").click()
    expect(studio.step).to_be_focused()
    expect(studio.step).to_have_text("หยุด")
    for _ in range(5):
        studio.page.keyboard.down("Enter")  # held down, it is one press
    studio.page.keyboard.up("Enter")
    expect(studio.step).not_to_have_text("หยุด")
    assert voices_of(small_office).one(studio.pack.id).files == {}


def test_a_call_is_heard_with_the_pack_and_its_times_are_shown(
    studio: Studio, small_office: Office
) -> None:
    voices = voices_of(small_office)
    for phrase in NEEDED_FOR_A012[1:]:
        seconds = 1.5 if phrase == "polite" else 0.1
        voices.keep(studio.pack.id, "th", phrase, recording(seconds=seconds))
    studio.opens()
    listen = studio.page.get_by_role("button", name="ฟังประโยค")
    listen.click()
    said = studio.page.locator("form [data-said]").first
    expect(said).to_have_text("ยังขาด ขอเชิญหมายเลข")
    expect(studio.brings("invite", recording(seconds=0.3))).to_have_text("บันทึกแล้ว")
    listen.click()
    expect(said).to_contain_text("วินาที")
    line = studio.page.locator(".heard > li")
    words = ["ระฆัง", "ขอเชิญหมายเลข", "เอ", "ศูนย์", "หนึ่ง", "สอง", "ที่ช่องบริการ", "หนึ่ง", "ค่ะ"]
    told = [item.inner_text().rsplit(" ", 1) for item in line.all()]
    assert [one for one, _ in told] == words
    times = [tuple(map(float, span.split("–"))) for _, span in told]
    assert times[0] == (0, 1) and times[1][0] == 1
    assert times[1][1] - times[1][0] == pytest.approx(0.3, abs=0.02)
    assert all(one[1] <= after[0] + 0.011 for one, after in pairwise(times))
    expect(studio.page.locator(".heard > .is-heard")).to_contain_text("ค่ะ")
    expect(studio.page.locator(".heard > .is-heard")).to_have_count(0)


def test_where_no_browser_lends_a_microphone_the_page_takes_files(
    screens: Screens, small_office: Office, pack: Pack
) -> None:
    screens.site = screens.site.replace("127.0.0.1", "khiu.test")
    studio = Studio(screens.open("desk", role=Role.ADMIN), screens, pack).opens()
    expect(studio.panel).to_be_hidden()
    expect(studio.page.locator("[data-unsafe]")).to_contain_text("https")
    expect(studio.brings("invite", stereo(), "phone.wav")).to_have_text("บันทึกแล้ว")
    kept = voices_of(small_office).one(pack.id).file("th", "invite")
    assert kept is not None
    sound = heard(kept.read_bytes())
    assert sound.lasts_s == pytest.approx(0.48, abs=0.03)
    assert sound.loudest_db == pytest.approx(-20, abs=1)
    expect(studio.brings("digit-1", b"no sound")).to_contain_text("เปิดไฟล์เสียงนี้ไม่ได้")
    expect(studio.brings("digit-1", recording()[:44] + bytes(40_000))).to_contain_text("ไม่ได้ยิน")
    assert list(voices_of(small_office).one(pack.id).files["th"]) == ["invite"]
    expect(studio.row("invite").get_by_role("link", name="ฟัง")).to_be_visible()


def stereo() -> bytes:
    """A soft word between silences, at 44.1 kHz on two channels."""
    with wave.open(io.BytesIO(recording(hz=300, seconds=0.4, rate=44_100))) as tone:
        word = array("h", tone.readframes(tone.getnframes()))
    silence = array("h", bytes(2 * 22_050))
    samples = silence + array("h", (one // 8 for one in word)) + silence
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(44_100)
        sound.writeframes(array("h", (one for one in samples for _ in range(2))).tobytes())
    return file.getvalue()


def test_what_the_server_refuses_is_said_beside_the_phrase(studio: Studio) -> None:
    studio.page.route("**/th/invite", lambda route: route.abort())
    expect(studio.brings("invite", recording())).to_have_text("ส่งเสียงไม่สำเร็จ กรุณาลองอีกครั้ง")
    studio.page.unroute("**/th/invite")
    Voices(studio.pack.folder.parent).remove(studio.pack.id)
    expect(studio.brings("digit-1", recording())).to_have_text("ไม่พบชุดเสียงนี้")
    (refused,) = studio.errors
    assert "404" in refused
    studio.errors.clear()


def test_a_zip_that_is_too_large_is_not_even_sent(screens: Screens) -> None:
    page = screens.open("desk", role=Role.ADMIN)
    page.goto(f"{screens.site}/manage/voice/new")
    form = page.locator("form[data-mounted]")
    form.evaluate("form => form.dataset.most = 1000")
    whole: Any = {"name": "v.zip", "mimeType": "application/zip", "buffer": bytes(2_000)}
    form.locator("[type=file]").set_input_files(whole)
    form.get_by_role("button", name="นำเข้า").click()
    expect(form.get_by_role("alert")).to_contain_text("30 MB")
    assert page.url.endswith("/new")


@pytest.mark.parametrize("address", ["/manage/voice", "/manage/voice/new", "/manage/voice/pack/{}"])
def test_axe_finds_nothing_and_200_percent_fits(
    screens: Screens, pack: Pack, small_office: Office, address: str
) -> None:
    for phrase in NEEDED_FOR_A012:
        voices_of(small_office).keep(pack.id, "th", phrase, recording(seconds=0.06))
    page = screens.open("desk", role=Role.ADMIN)
    page.goto(screens.site + address.format(pack.id))
    for width in (SIZES["desk"]["width"], SIZES["desk"]["width"] // 2, SIZES["phone"]["width"]):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page)
    assert found.violations_count == 0, json.dumps(found.response["violations"], ensure_ascii=False)
