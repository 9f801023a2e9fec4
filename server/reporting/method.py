"""Every definition that a report's figures follow, for the method page and the method sheet."""

from server.domain.written import count, decimal
from server.reporting.teller import Teller

_QUEUE = ("unit", "day", "issued", "served", "left", "no_show", "wait", "service", "percentiles")
_OPINIONS = ("top2", "interval", "channels", "flagged")


def definitions(t: Teller) -> list[tuple[str, str]]:
    """Term and definition, as the reports' method page has them, and what is this report's own."""
    found = [_defined(t, name) for name in (*_QUEUE, "standard", "hours", "score", "mean")]
    b5, b4, b3, b2 = (decimal(band, 2) for band in t.f.bands)
    found.append(_defined(t, "level", b5=b5, b4=b4, b3=b3, b2=b2))
    found += [_defined(t, name) for name in _OPINIONS]
    hidden = "reporting.method.hidden.is" if t.f.public else "reporting.method.hidden_inside.is"
    found.append((t.say("reports.method.hidden"), t.say(hidden, n=t.f.suppress_below)))
    if t.f.public:
        few = t.say("reporting.method.few_times.is", n=t.f.suppress_below)
        found.append((t.say("reporting.method.few_times"), few))
    for name in ("change", "best", "response", "rounding"):
        text = t.say(f"reporting.method.{name}.is", least=t.f.best.least)
        found.append((t.say(f"reporting.method.{name}"), text))
    found += _of_this_period(t)
    return found


def _of_this_period(t: Teller) -> list[tuple[str, str]]:
    f = t.f
    left_out = sum(f.flagged.values())
    asked = [
        t.say("reporting.method.version", code=one.code, version=one.version)
        for one in f.questionnaires
    ]
    notes = [
        (
            t.say("reporting.method.left_out"),
            t.say("reporting.method.left_out.is", n=count(left_out)),
        )
    ]
    if asked:
        more = " " + t.say("reporting.method.changed") if len(asked) > 1 else ""
        notes.append((t.say("reporting.method.asked"), ", ".join(asked) + more))
    if not f.complete:
        notes.append(
            (t.say("reporting.method.unfinished"), t.say("reporting.method.unfinished.is"))
        )
    return notes


def _defined(t: Teller, name: str, **facts: object) -> tuple[str, str]:
    return t.say(f"reports.method.{name}"), t.say(f"reports.method.{name}.is", **facts)
