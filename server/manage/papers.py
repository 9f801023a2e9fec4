"""Papers for the hall, printed on the office's own printer: the poster, a card of each counter."""

from flask import Response

from server.domain.settings import Words
from server.domain.shown import Counter
from server.manage.face import ID, face
from server.posters import Said, facts_for, pdf
from server.tracking import rate_url
from server.web import reads, rooms, settings, who, words

NOTHING = Words(th="", en="")


@face.get("/papers/poster.pdf")
def poster() -> Response:
    return _paper(None, "khiu-poster.pdf")


@face.get(f"/papers/<{ID}:counter_id>.pdf")
def card(counter_id: int) -> Response:
    counter = reads().counter(counter_id)
    return _paper(counter, f"khiu-counter-{counter.number}.pdf")


def _paper(counter: Counter | None, name: str) -> Response:
    url = rate_url(who().office_id, counter.id if counter else None)
    asked = rooms().satisfaction.questionnaire()
    facts = facts_for(settings(), asked, counter, url, _said())
    answer = Response(pdf(facts), mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=name)
    return answer


def _said() -> Said:
    rules = settings().settings
    wifi = "" if settings().public_url else rules.wifi.name
    return Said(
        title=words().say("manage.slip.poster", "th"),
        label=_both("manage.poster.counter"),
        scan=_both("manage.poster.scan"),
        once=_both("manage.poster.once"),
        wifi=_both("manage.poster.wifi", name=wifi) if wifi else NOTHING,
        simulated=_both("common.simulated") if rules.demo else NOTHING,
    )


def _both(message: str, **facts: object) -> Words:
    return Words(**words().both(message, **facts))
