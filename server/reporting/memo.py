"""The cover memo (บันทึกข้อความ): what the head of the office reads before signing."""

from server.domain.figures import ALL
from server.domain.questionnaire import OVERALL
from server.domain.written import count, minutes, percent
from server.reporting.document import Line, Memo, Paragraph, Signature
from server.reporting.numerals import between
from server.reporting.periods import Kind
from server.reporting.teller import Teller

BLANK = "." * 47  # where a name is signed


def memo_of(t: Teller) -> Memo:
    office = t.settings.office
    unit = t.say("reporting.memo.unit", phone=office.phone) if office.phone else ""
    head, chief = t.local(office.head_title), t.local(office.chief_title)
    prefix = office.document_prefix
    subject = t.say("reporting.memo.subject", period=t.period)
    return Memo(
        title=t.say("reporting.memo.title"),
        unit=Line(t.say("reporting.memo.from"), unit or t.office),
        number=Line(t.say("reporting.memo.number"), f"{prefix}/" if prefix else ""),
        date=Line(t.say("reporting.memo.date"), t.date(t.f.made_at.date())),
        subject=Line(t.say("reporting.memo.about"), subject),
        to=Line(t.say("reporting.memo.to"), _reader(t, head, chief)),
        paragraphs=_paragraphs(t),
        closing=t.say("reporting.memo.closing"),
        signer=Signature("", BLANK, t.say("reporting.memo.signer")),
        orders=(
            Signature(t.say("reporting.memo.chief_says"), BLANK, chief),
            Signature(t.say("reporting.memo.head_says"), BLANK, head),
        ),
        circulate=Line(t.say("reporting.memo.circulate"), ""),
        divisions=t.divisions,
    )


def _reader(t: Teller, head: str, chief: str) -> str:
    """Titles that the office has not set leave room to write them."""
    if head and chief:
        return t.say("reporting.memo.through", head=head, chief=chief)
    return head or chief or BLANK


def _paragraphs(t: Teller) -> tuple[Paragraph, ...]:
    times = t.settings.settings.satisfaction.report_times_per_year
    dates = {"first": t.date(t.f.first), "last": t.date(t.f.last)}
    cause = "reporting.memo.because" if t.span.kind is Kind.HALF else "reporting.memo.because.other"
    because = Paragraph(t.say(cause, office=t.office, times=times))
    if not t.f.total.issued and not t.f.satisfaction:
        return (because, Paragraph(t.say("reporting.memo.nothing", **dates)))
    found = tuple(f"{at}. {item}" for at, item in enumerate(_items(t), 1))
    return (
        because,
        Paragraph(t.say("reporting.memo.so", **dates), found),
        Paragraph(t.say("reporting.memo.asks")),
    )


def _items(t: Teller) -> list[str]:
    total, before = t.f.total, t.f.before.total
    counts = {"served": count(total.served), "issued": count(total.issued)}
    name = "reporting.memo.served" if total.issued else "reporting.memo.no_tickets"
    items = [t.say(name, **counts)]
    if before.issued:
        items[0] += " " + t.say("reporting.memo.before", before=count(before.served))
    if total.wait_p50_s is not None:
        waits = {"p50": minutes(total.wait_p50_s), "p90": minutes(total.wait_p90_s)}
        items.append(t.say("reporting.memo.wait", **waits))
    kept = t.f.within_standard
    if kept:
        items.append(
            t.say(
                "reporting.memo.standard",
                share=percent(kept.value),
                interval=between(kept.low, kept.high),
            )
        )
    row = t.f.row_of(ALL, ALL, OVERALL)
    if row is None:
        items.append(t.say("reporting.memo.no_opinions"))
    elif row.n is None:
        items.append(t.say("reporting.memo.few_opinions", n=t.f.suppress_below))
    else:
        interval = between(row.top2_low, row.top2_high)
        facts = {"share": percent(row.top2), "interval": interval, "n": count(row.n)}
        items.append(t.say("reporting.memo.pleased", **facts))
    return items
