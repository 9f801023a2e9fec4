"""What the server tells a screen of the voice, and which files it gives."""

import json
from typing import Any

from server.domain.settings import Voice
from tests.hall import SCREEN
from tests.office import Office
from tests.voice_pack import make_pack


def told(office: Office) -> Any:
    return office.device(SCREEN).get("/display/voice").get_json()


def test_a_language_is_given_whole_or_not_at_all(small_office: Office) -> None:
    folder = make_pack(small_office, languages=("th", "en"))
    small_office.set(voice=Voice(pack="tones", languages=("th", "en"), volume=35))
    thai, english = told(small_office)["languages"]
    assert told(small_office)["volume"] == 35
    for one in (thai, english):
        assert one["phrases"].keys() == one["words"].keys()
        assert {"invite", "counter", "digit-0", "letter-a"} < one["words"].keys()
    assert "letter-b" not in thai["words"]  # no number of this office begins with it
    before = told(small_office)["version"]
    (folder / "en" / "digit-7.wav").unlink()
    thai, english = told(small_office)["languages"]
    assert english["phrases"] is None
    assert thai["phrases"]
    assert told(small_office)["version"] != before
    small_office.set(voice=Voice(pack="gone", languages=("th", "en")))
    assert [one["phrases"] for one in told(small_office)["languages"]] == [None, None]


def test_screens_that_ask_again_are_answered_briefly(small_office: Office) -> None:
    screen = small_office.device(SCREEN)
    mark = screen.get("/display/voice").headers["ETag"]
    assert screen.get("/display/voice", headers={"If-None-Match": mark}).status_code == 304
    small_office.set(voice=Voice(volume=5))
    assert screen.get("/display/voice", headers={"If-None-Match": mark}).status_code == 200


def test_recordings_are_kept_by_content(small_office: Office) -> None:
    folder = make_pack(small_office)
    small_office.set(voice=Voice(pack="tones"))
    screen = small_office.device(SCREEN)
    address = told(small_office)["languages"][0]["phrases"]["invite"]
    answer = screen.get(address)
    assert answer.mimetype == "audio/wav"
    assert answer.data == (folder / "th" / "invite.wav").read_bytes()
    assert "immutable" in answer.headers["Cache-Control"]
    (folder / "th" / "invite.wav").write_bytes((folder / "th" / "digit-1.wav").read_bytes())
    assert told(small_office)["languages"][0]["phrases"]["invite"] != address
    assert "immutable" not in screen.get(address).headers["Cache-Control"]


def test_only_what_a_pack_names_is_given_and_only_as_sound(small_office: Office) -> None:
    folder = make_pack(small_office)
    (folder / "secret.wav").write_bytes(b"not named")
    (folder.parent / "outside.wav").write_bytes(b"not of this pack")
    (folder / "page.html").write_text("<script>alert(1)</script>", "utf-8")
    (folder / "link.wav").symlink_to(folder.parent / "outside.wav")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["phrases"]["th"] |= {"letter-x": "page.html", "letter-y": "link.wav"}
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    screen = small_office.device(SCREEN)

    def given(path: str) -> int:
        return screen.get(f"/display/voice/{path}").status_code

    assert given("tones/th/invite.wav") == 200
    assert screen.get("/display/voice/tones/page.html").mimetype == "application/octet-stream"
    for path in ("secret.wav", "manifest.json", "../outside.wav", "%2e%2e/outside.wav", "th/"):
        assert given(f"tones/{path}") == 404, path
    assert given("tones/link.wav") == 404
    assert given("other/th/invite.wav") == 404
    assert given("../tones/th/invite.wav") == 404
    manifest["phrases"]["th"]["letter-z"] = "../outside.wav"
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert given("tones/../outside.wav") == 404
    assert small_office.app.test_client().get("/display/voice").status_code == 303
