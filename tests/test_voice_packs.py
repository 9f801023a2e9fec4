"""Voice packs on the disk: whole at any moment, carried as zips, and nothing else let in."""

import io
import json
import struct
import wave
import zipfile
from array import array
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.refusals import BadField, NotAllowed, NotFound
from server.domain.settings import Voice
from server.domain.voice import phrases
from server.voices import LARGEST_ZIP, Pack, Voices, packed
from server.voices.keeping import MOST_PACKS
from server.voices.packs import KNOWN
from server.voices.recording import lasts
from tests.recordings import recording, torn_words, zipped

SIGNS = "AW12"


@pytest.fixture
def voices(tmp_path: Path) -> Voices:
    return Voices(tmp_path / "voices" / "office")


@pytest.fixture
def pack(voices: Voices) -> Pack:
    return voices.add("เสียงหน้าห้อง", "female")


def sounds(pack: Pack) -> dict[tuple[str, str], bytes]:
    """Every recording, as it is read through the manifest."""
    return {
        (language, phrase): (pack.folder / path).read_bytes()
        for language, spoken in pack.files.items()
        for phrase, path in spoken.items()
    }


def refused(act: Callable[[], Any]) -> str:
    """What is wrong with the one field."""
    with pytest.raises(BadField) as mistake:
        act()
    (code,) = mistake.value.fields.values()
    return code


# ---------------------------------------------------------------- packs


def test_a_pack_begins_empty_and_says_what_it_lacks(voices: Voices, pack: Pack) -> None:
    assert [one.name for one in voices.all()] == ["เสียงหน้าห้อง"]
    needed = list(phrases("th", SIGNS, Voice()))
    assert pack.missing("th", SIGNS, Voice()) == needed
    now = voices.keep(pack.id, "th", "invite", recording())
    assert now.missing("th", SIGNS, Voice()) == [one for one in needed if one != "invite"]
    assert now.missing("en", SIGNS, Voice()) == list(phrases("en", SIGNS, Voice()))


def test_ids_are_made_here_and_never_twice(voices: Voices) -> None:
    names = ["เสียงหญิง", "เสียงชาย", "Front Desk!", "front desk", "../../etc", ".", "x" * 60]
    ids = [voices.add(name, "male").id for name in names]
    assert ids == ["voice", "voice-2", "front-desk", "front-desk-2", "etc", "voice-3", "x" * 30]
    assert sorted(pack.name for pack in voices.all()) == sorted(names)


def test_a_recording_is_replaced_and_the_old_one_is_gone(voices: Voices, pack: Pack) -> None:
    first, second = recording(hz=300), recording(hz=500)
    voices.keep(pack.id, "th", "digit-1", first)
    now = voices.keep(pack.id, "th", "digit-1", second)
    assert sounds(now) == {("th", "digit-1"): second}
    assert [file.read_bytes() for file in pack.folder.glob("th/*")] == [second]


def test_a_recording_and_a_pack_are_deleted_from_the_disk(voices: Voices, pack: Pack) -> None:
    voices.keep(pack.id, "th", "digit-1", recording())
    assert sounds(voices.drop(pack.id, "th", "digit-1")) == {}
    assert list(pack.folder.glob("th/*")) == []
    with pytest.raises(NotFound):
        voices.drop(pack.id, "th", "digit-1")
    voices.keep(pack.id, "en", "invite", recording())
    voices.remove(pack.id)
    assert voices.all() == [] and list(pack.folder.parent.rglob("*.wav")) == []
    with pytest.raises(NotFound):
        voices.remove(pack.id)


def test_two_phrases_of_one_file_lose_it_one_by_one(voices: Voices, pack: Pack) -> None:
    """A studio may name one file twice; deleting one phrase leaves the other whole."""
    (pack.folder / "zero.wav").write_bytes(recording())
    spoken = {"th": {"digit-0": "zero.wav", "letter-o": "zero.wav"}}
    said = {"format": 1, "name": "x", "speaker": "male", "phrases": spoken}
    (pack.folder / "manifest.json").write_text(json.dumps(said))
    assert sounds(voices.drop(pack.id, "th", "digit-0")) == {("th", "letter-o"): recording()}


def test_names_and_speakers_change_without_touching_a_recording(voices: Voices, pack: Pack) -> None:
    voices.keep(pack.id, "th", "invite", recording())
    now = voices.describe(pack.id, "ใหม่", "male")
    assert (now.id, now.name, now.speaker) == (pack.id, "ใหม่", "male")
    assert len(sounds(now)) == 1


@pytest.mark.parametrize(
    ("language", "phrase"),
    [("lo", "invite"), ("th", "letter-ก"), ("th", "../x"), ("en", "polite"), ("th", "digit-10")],
)
def test_only_phrases_of_calls_are_kept(
    voices: Voices, pack: Pack, language: str, phrase: str
) -> None:
    with pytest.raises(NotFound):
        voices.keep(pack.id, language, phrase, recording())
    assert [file.name for file in pack.folder.iterdir()] == ["manifest.json"]


def test_there_is_room_for_so_many_packs_and_no_more(voices: Voices) -> None:
    for n in range(MOST_PACKS):
        voices.add(f"pack {n}", "male")
    with pytest.raises(NotAllowed, match="too_many_voices"):
        voices.add("one more", "male")


def test_a_pack_holds_no_more_than_fits_into_a_zip(voices: Voices, pack: Pack) -> None:
    with (pack.folder / "long.wav").open("wb") as studio:
        studio.truncate(LARGEST_ZIP - 2 * len(recording()))
    (pack.folder / "manifest.json").write_text(manifest_text({"th": {"polite": "long.wav"}}))
    for phrase in ("invite", "counter"):
        voices.keep(pack.id, "th", phrase, recording())
    assert voices.one(pack.id).size == LARGEST_ZIP
    with pytest.raises(NotAllowed, match="voice_full"):
        voices.keep(pack.id, "th", "digit-0", recording())


def test_a_folder_that_is_no_pack_is_passed_over(voices: Voices, pack: Pack) -> None:
    for name, text in (
        ("broken", "{"),
        ("deep", "[" * 100_000),
        ("later", '{"format": 2, "name": "x", "speaker": "male", "phrases": {}}'),
        ("outside", manifest_text({"th": {"invite": "../../../khiu.db"}})),
        ("rooted", manifest_text({"th": {"invite": "/etc/passwd"}})),
    ):
        folder = pack.folder.parent / name
        folder.mkdir()
        (folder / "manifest.json").write_text(text)
    assert [one.id for one in voices.all()] == [pack.id]


def manifest_text(spoken: dict[str, dict[str, str]], **more: object) -> str:
    return json.dumps({"format": 1, "name": "x", "speaker": "male", "phrases": spoken, **more})


# ---------------------------------------------------------------- at the same time


def test_whoever_reads_meanwhile_finds_the_old_recording_or_the_new(voices: Voices) -> None:
    pack = voices.add("busy", "female")
    takes = [recording(hz=200 + 10 * n, seconds=0.2) for n in range(8)]
    voices.keep(pack.id, "th", "invite", takes[0])
    done = Event()

    def screen() -> int:
        found = 0
        while not done.is_set():
            path = voices.one(pack.id).files["th"]["invite"]
            try:
                heard = (pack.folder / path).read_bytes()
            except FileNotFoundError:  # replaced since: the pack now names another
                assert voices.one(pack.id).files["th"]["invite"] != path
                continue
            assert heard in takes
            found += 1
        return found

    with ThreadPoolExecutor(2) as screens:
        loading = [screens.submit(screen) for _ in range(2)]
        try:
            for n in range(25):
                voices.keep(pack.id, "th", "invite", takes[n % len(takes)])
        finally:
            done.set()
        assert all(one.result() > 10 for one in loading)


def test_two_who_record_at_once_lose_nothing_of_each_other(voices: Voices, pack: Pack) -> None:
    wanted = sorted(KNOWN["th"])[:24]

    def record(phrase: str) -> Pack:
        return voices.keep(pack.id, "th", phrase, recording(seconds=0.1))

    with ThreadPoolExecutor(4) as officers:
        assert len(list(officers.map(record, wanted))) == len(wanted)
    assert sorted(voices.one(pack.id).files["th"]) == wanted


def test_a_change_that_broke_off_leaves_the_old_pack_and_is_swept_up(
    voices: Voices, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    voices.keep(pack.id, "th", "invite", recording())
    before = sounds(voices.one(pack.id))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("os.fsync", full)
        changes: list[Callable[[], Pack]] = [
            lambda: voices.keep(pack.id, "th", "invite", recording(hz=900)),
            lambda: voices.add("another", "male"),
            lambda: voices.describe(pack.id, "other", "male"),
        ]
        for act in changes:
            with pytest.raises(NotAllowed, match="voice_not_kept"):
                act()
    assert [one.id for one in voices.all()] == [pack.id]
    assert sounds(voices.one(pack.id)) == before
    voices.describe(pack.id, "again", "male")
    assert [file.name for file in pack.folder.parent.glob(".part-*")] == []


# ---------------------------------------------------------------- recordings


def wav(samples: bytes, *, channels: int = 1, width: int = 2, rate: int = 24_000) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(width)
        sound.setframerate(rate)
        sound.writeframes(samples)
    return file.getvalue()


LOUD = array("h", [8_000, -8_000] * 12_000).tobytes()


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (b"", "voice_not_wav"),
        (b"RIFF\x00\x00\x00\x00WAVE", "voice_not_wav"),
        (b"ID3\x03" + bytes(500), "voice_not_wav"),
        (b"OggS" + bytes(500), "voice_not_wav"),
        (wav(LOUD, channels=2), "voice_not_mono"),
        (wav(LOUD, width=1), "voice_not_16_bit"),
        (wav(LOUD, rate=8_000), "voice_rate"),
        (wav(LOUD, rate=96_000), "voice_rate"),
        (wav(LOUD * 10 + LOUD[:2]), "voice_too_long"),
        (wav(LOUD * 21), "voice_too_large"),
        (wav(LOUD[:200]), "voice_too_short"),
        (wav(b""), "voice_too_short"),
        (wav(bytes(48_000)), "voice_silent"),
        (wav(LOUD)[:-100], "voice_torn"),
    ],
)
def test_what_is_no_recording_is_refused_with_its_reason(
    voices: Voices, pack: Pack, data: bytes, wrong: str
) -> None:
    assert refused(lambda: voices.keep(pack.id, "th", "invite", data)) == wrong
    assert sounds(voices.one(pack.id)) == {}


def test_only_the_sound_is_kept_of_a_file(voices: Voices, pack: Pack) -> None:
    """Names and places that a phone writes into its files stay out."""
    plain = recording()
    note = b"LIST" + struct.pack("<I", 20) + b"INFOIART" + struct.pack("<I", 8) + b"somebody"
    tagged = plain + note
    tagged = tagged[:4] + struct.pack("<I", len(tagged) - 8) + tagged[8:]
    assert sounds(voices.keep(pack.id, "th", "invite", tagged)) == {("th", "invite"): plain}


@settings(max_examples=150)
@given(st.data())
def test_no_bytes_break_the_check(data: st.DataObject) -> None:
    whole = bytearray(recording(seconds=0.1))
    for _ in range(data.draw(st.integers(0, 6))):
        whole[data.draw(st.integers(0, 60))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    torn_words(bytes(whole[:cut]))


# ---------------------------------------------------------------- zips


def test_a_pack_travels_whole_to_another_office(voices: Voices, pack: Pack, tmp_path: Path) -> None:
    for n, phrase in enumerate(phrases("th", SIGNS, Voice())):
        voices.keep(pack.id, "th", phrase, recording(hz=200 + 5 * n, seconds=0.1))
    theirs = Voices(tmp_path / "voices" / "theirs")
    came = theirs.bring(packed(voices.one(pack.id)))
    assert (came.name, came.speaker) == (pack.name, pack.speaker)
    assert sounds(came) == sounds(voices.one(pack.id))
    assert voices.bring(packed(came)).id != pack.id  # beside the one there is
    assert [one.name for one in voices.all()] == [pack.name] * 2


spoken_in = {
    language: st.dictionaries(st.sampled_from(sorted(known)), st.integers(150, 900), max_size=3)
    for language, known in KNOWN.items()
}


@settings(max_examples=15)
@given(
    name=st.text(
        st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=60
    ),
    speaker=st.sampled_from(["female", "male"]),
    spoken=st.fixed_dictionaries(spoken_in),
)
def test_any_pack_comes_back_from_its_zip_as_it_was(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    speaker: Any,
    spoken: dict[str, dict[str, int]],
) -> None:
    voices = Voices(tmp_path_factory.mktemp("trip"))
    pack = voices.add("start", speaker)
    for language, tones in spoken.items():
        for phrase, hz in tones.items():
            voices.keep(pack.id, language, phrase, recording(hz=hz, seconds=0.06))
    pack = voices.describe(pack.id, name, speaker)
    whole = packed(pack)
    came = voices.bring(whole)
    assert sounds(came) == sounds(pack) and came.speaker == speaker
    assert packed(came) == packed(voices.bring(packed(came)))
    assert packed(pack) == whole  # the same pack, the same zip


def test_a_zip_made_by_hand_may_have_a_folder_around_and_more_beside(voices: Voices) -> None:
    said = manifest_text({"th": {"invite": "wav/เชิญ 1.wav"}}, studio="somebody's", licence="ours")
    data = zipped(
        {
            "mine/": b"",
            "mine/manifest.json": said.encode(),
            "mine/wav/เชิญ 1.wav": recording(),
            "mine/cover.jpg": b"picture",
            "__MACOSX/mine/._manifest.json": b"x",
        }
    )
    came = voices.bring(data)
    assert sounds(came) == {("th", "invite"): recording()}
    assert sorted(file.suffix for file in came.folder.rglob("*.*")) == [".json", ".wav"]


GOOD = {"manifest.json": manifest_text({"th": {"invite": "a.wav"}}).encode(), "a.wav": recording()}
LINK = 0o120777 << 16


def with_entry(name: str, data: bytes = b"x", **how: Any) -> bytes:
    return zipped(GOOD, more=[(name, data, how)])


def encrypted() -> bytes:
    whole = bytearray(zipped(GOOD))
    for mark, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        for start in range(len(whole)):
            if whole[start : start + 4] == mark:
                whole[start + at] |= 1
    return bytes(whole)


def manifest_only(text: str) -> bytes:
    return zipped({**GOOD, "manifest.json": text.encode()})


def lying_about_size() -> bytes:
    """The list says 10 bytes; there are 20 MB of zeros."""
    whole = bytearray(zipped({**GOOD, "a.wav": bytes(20_000_000)}))
    size = struct.pack("<I", 20_000_000)
    return bytes(whole.replace(size, struct.pack("<I", 10)))


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (b"", "voice_not_zip"),
        (b"PK\x05\x06", "voice_not_zip"),
        (zipped(GOOD)[:-30], "voice_not_zip"),
        (zipped(GOOD)[100:], "voice_not_zip"),
        (zipped({"a.wav": recording()}), "voice_no_manifest"),
        (manifest_only("{"), "voice_manifest"),
        (manifest_only("[" * 50_000), "voice_manifest"),
        (manifest_only('{"format": 2}'), "voice_manifest"),
        (manifest_only(manifest_text({"lo": {"invite": "a.wav"}})), "voice_manifest"),
        (manifest_only(manifest_text({"th": {"../x": "a.wav"}})), "voice_manifest"),
        (manifest_only(manifest_text({"th": {"invite": "b.wav"}})), "voice_zip_lacks"),
        (manifest_only(manifest_text({"th": {"invite": "../a.wav"}})), "voice_zip_lacks"),
        (manifest_only(manifest_text({}, name="x" * 61)), "voice_manifest"),
        (manifest_only(manifest_text({}, name="a\x01b")), "control_characters"),
        (manifest_only(" " * 70_000), "voice_zip_large"),
        (with_entry("../../evil.wav"), "voice_zip_unsafe"),
        (with_entry("/etc/cron.d/evil"), "voice_zip_unsafe"),
        (with_entry(""), "voice_zip_unsafe"),
        (with_entry("C:/evil"), "voice_zip_unsafe"),
        (with_entry("th\\..\\..\\evil"), "voice_zip_unsafe"),
        (with_entry("a.wav"), "voice_zip_unsafe"),
        (with_entry("link", b"/etc/passwd", external_attr=LINK), "voice_zip_unsafe"),
        (with_entry("odd", compress_type=zipfile.ZIP_BZIP2), "voice_zip_unsafe"),
        (encrypted(), "voice_zip_unsafe"),
        (zipped({**GOOD, "a.wav": b"no sound"}), "voice_not_wav"),
        (zipped({**GOOD, "a.wav": bytes(20_000_000)}), "voice_zip_large"),
        (lying_about_size(), "voice_not_zip"),
        (zipped({**GOOD, **{f"{n}.txt": b"" for n in range(500)}}), "voice_zip_entries"),
        (bytes(LARGEST_ZIP + 1), "voice_zip_large"),
    ],
)
def test_a_zip_that_means_ill_leaves_nothing_behind(
    voices: Voices, data: bytes, wrong: str, tmp_path: Path
) -> None:
    assert refused(lambda: voices.bring(data)) == wrong
    assert voices.all() == []
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


def test_many_phrases_of_one_large_file_are_too_much(voices: Voices) -> None:
    """A small zip that would unpack to 36 MB: each phrase names the same ten seconds."""
    spoken = {"th": dict.fromkeys(sorted(KNOWN["th"]), "a.wav")}
    files = {"manifest.json": manifest_text(spoken).encode()}
    data = zipped({**files, "a.wav": recording(seconds=10, rate=48_000)})
    assert refused(lambda: voices.bring(data)) == "voice_zip_large"


@settings(max_examples=150)
@given(st.data())
def test_no_bytes_break_the_reading_of_a_zip(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    small = {**GOOD, "a.wav": recording(seconds=0.06)}
    whole = bytearray(zipped(small))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(
            st.integers(0, len(whole) - 1) | st.integers(len(whole) - 200, len(whole) - 1)
        )
        whole[at] = data.draw(st.integers(0, 255))
    folder = tmp_path_factory.mktemp("fuzz")
    try:
        Voices(folder).bring(bytes(whole))
    except BadField:
        assert Voices(folder).all() == []


def test_a_recording_laid_there_by_hand_has_a_length_or_none(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    file.write_bytes(recording(seconds=0.5))
    assert lasts(file) == pytest.approx(0.5)
    whole = bytearray(recording())
    whole[24:28] = bytes(4)  # samples a second
    for odd in (bytes(whole), b"RIFF", b"ID3 an mp3"):
        file.write_bytes(odd)
        assert lasts(file) is None
    assert lasts(tmp_path / "gone.wav") is None
