"""Papers for the hall, printed on the office's own printer: the poster, a card of each counter."""

from flask import Response

from server.domain.settings import Words
from server.domain.shown import Counter
from server.manage.face import ID, face
from server.posters import Away, Said, facts_for, pdf
from server.tracking import rate_url
from server.web import reads, rooms, settings, who, words

NOTHING = Words(th="", en="")


@face.get("/papers/poster.pdf")
def poster() -> Response:
    return paper(rate_url(who().office_id, None), "khiu-poster.pdf")


@face.get(f"/papers/<{ID}:counter_id>.pdf")
def card(counter_id: int) -> Response:
    counter = reads().counter(counter_id)
    url = rate_url(who().office_id, counter.id)
    return paper(url, f"khiu-counter-{counter.number}.pdf", counter=counter)


def paper(
    url: str, name: str, *, counter: Counter | None = None, away: Away | None = None
) -> Response:
    """The card of a counter, the poster of a mobile point or, without either, of the office."""
    asked = rooms().satisfaction.questionnaire()
    facts = facts_for(settings(), asked, url, _said(wifi=away is None), counter=counter, away=away)
    answer = Response(pdf(facts), mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=name)
    return answer


def _said(*, wifi: bool) -> Said:
    """`wifi`: the paper hangs where the office's own network is."""
    rules = settings().settings
    network = rules.wifi.name if wifi and not settings().public_url else ""
    return Said(
        title=words().say("manage.slip.poster", "th"),
        label=_both("manage.poster.counter"),
        scan=_both("manage.poster.scan"),
        once=_both("manage.poster.once"),
        wifi=_both("manage.poster.wifi", name=network) if network else NOTHING,
        simulated=_both("common.simulated") if rules.demo else NOTHING,
    )


def _both(message: str, **facts: object) -> Words:
    return Words(**words().both(message, **facts))
