"""What a tablet sends: a batch of presses that it kept, or, without scripts, one form each."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from werkzeug.datastructures import MultiDict

from server.domain.device_clock import corrected
from server.domain.questionnaire import Questionnaire
from server.domain.rating import Press, check_score
from server.domain.refusals import BadField
from server.rating.stand import Stand, open_reasons

Form = MultiDict[str, str]
MOST = 200
LATEST = 2**53  # ms: what a browser counts exactly
PressId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
Moment = Annotated[int, Field(strict=True, ge=0, le=LATEST)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Kept(Strict):
    """One press as its tablet keeps it. `at`: by its own clock (Unix ms)."""

    press_id: PressId
    at: Moment
    score: Annotated[int, Field(strict=True, ge=1, le=5)]
    reasons: Annotated[tuple[str, ...], Field(max_length=20)] = ()


class Body(Strict):
    """`now`: what the tablet's clock says while it sends."""

    now: Moment
    presses: Annotated[list[dict[str, object]], Field(max_length=MOST)]


@dataclass(frozen=True, slots=True)
class Sent:
    """`ids`: of all that came, also of what cannot be read: it would come again for ever."""

    now: int
    ids: list[str]
    presses: list[Kept]


def batch_from(body: bytes) -> Sent:
    """Raises `BadField` for what is no batch, or one of more than 200."""
    try:
        batch = Body.model_validate_json(body)
    except ValidationError:
        raise BadField(presses="invalid") from None
    ids = [str(one["press_id"]) for one in batch.presses if "press_id" in one]
    return Sent(batch.now, ids, [kept for one in batch.presses if (kept := _kept(one))])


def presses_of(sent: Sent, stand: Stand, asked: Questionnaire, now: int) -> list[Press]:
    """When they were by our clock (`now`, Unix ms), where the tablet stood then; in their order."""
    return [_press(one, sent.now, stand, asked, now) for one in sent.presses]


def _kept(one: dict[str, object]) -> Kept | None:
    try:
        return Kept.model_validate(one)
    except ValidationError:
        return None


def _press(kept: Kept, device_now: int, stand: Stand, asked: Questionnaire, now: int) -> Press:
    at = corrected(kept.at, device_now, now)
    spot = stand.stood(now if at is None else at)
    return Press(
        kept.score,
        spot.channel,
        counter_id=spot.counter_id,
        service_id=spot.service_id,
        reasons=tuple(code for code in open_reasons(asked) if code in kept.reasons),
        at=now if at is None else at,
        press_id=kept.press_id,
        wrong_clock=at is None,
    )


# ---------------------------------------------------------------- without scripts


def score_from(form: Form) -> int:
    """Raises `BadField`."""
    text = form.get("score", "")
    score = int(text) if text in ("1", "2", "3", "4", "5") else 0
    check_score("score", score)
    return score


def once_from(form: Form) -> str | None:
    once = form.get("once", "")
    return once if 16 <= len(once) <= 64 else None  # noqa: PLR2004


def reasons_from(form: Form, asked: Questionnaire) -> tuple[str, ...]:
    """Only those that are offered here."""
    chosen = form.getlist("reason")
    return tuple(code for code in open_reasons(asked) if code in chosen)
