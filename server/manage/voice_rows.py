"""What the pages of the voice show of packs: phrases with their words, and how much is there."""

from collections.abc import Mapping
from dataclasses import dataclass

from server.domain.settings import Voice
from server.domain.voice import LANGUAGES, phrases
from server.voices import Pack, Voices, lasts
from server.web import reads, say, settings, voices_of, who


@dataclass(frozen=True, slots=True)
class Row:
    """One phrase of a pack. `needed`: this office's calls are made of it; `lasts_s`: its length."""

    language: str
    phrase: str
    words: str
    needed: bool
    recorded: bool
    lasts_s: float | None


def voices() -> Voices:
    return voices_of(who().office_id)


def rules() -> Voice:
    return settings().settings.voice


def prefixes() -> set[str]:
    return {service.prefix for service in reads().services()}


def signs() -> set[str]:
    """What this office's numbers and counters are made of."""
    return set("".join(prefixes()) + "".join(counter.number for counter in reads().counters()))


def complete(pack: Pack, known: set[str]) -> Mapping[str, tuple[int, int]]:
    """Language → how many phrases are recorded, of how many that calls of these signs need."""
    found = {}
    for language in LANGUAGES:
        needed = len(phrases(language, known, rules()))
        found[language] = needed - len(pack.missing(language, known, rules())), needed
    return found


def rows(pack: Pack, language: str, known: set[str]) -> list[Row]:
    """In the order of a call; also letters that only other offices need, where it has them."""
    spoken = rules().model_copy(update={"gender": pack.speaker})
    more = {one[-1] for one in pack.files.get(language, {}) if one.startswith("letter-")}
    needed = phrases(language, known, spoken)
    found = []
    for phrase, words in phrases(language, known | more, spoken).items():
        file = pack.file(language, phrase)
        length = lasts(file) if file else None
        found.append(Row(language, phrase, words, phrase in needed, file is not None, length))
    return found


def state_words(row: Row) -> str:
    if not row.recorded:
        return say("manage.voice.state.missing" if row.needed else "manage.voice.state.spare")
    if row.lasts_s is None:
        return say("manage.voice.state.recorded")
    return say("manage.voice.state.lasts", s=f"{row.lasts_s:.1f}")


def progress_words(complete: tuple[int, int]) -> str:
    recorded, needed = complete
    if recorded == needed:
        return say("manage.voice.progress.all", n=needed)
    return say("manage.voice.progress.missing", n=needed - recorded)
