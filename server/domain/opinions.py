"""What simulated visitors say: presses at the counter's device, and answered questionnaires.

Longer waits and slower service are liked less; each visitor's mood and each question add their own.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from server.domain.daybook import Day
from server.domain.hall import Hall
from server.domain.questionnaire import OVERALL, Questionnaire
from server.domain.self_check import SELF_CHECK
from server.domain.ticket import Outcome, Step, Ticket
from server.domain.visitors import Visitor

SECOND_MS, MINUTE_MS = 1000, 60_000
AT_COUNTER, BY_QR, ON_PAPER = "device", "slip_qr", "paper"  # channels of the office's file
LATEST = "21:00"  # phones answer on the way home, not in the night
PAPER_SHARE = 0.12  # part of the answered questionnaires
SKIPPED = 0.03  # part of the questions left out
CHECKED = 0.4  # part of the answers that go on to the self-check, where it is asked
LONG_WAIT_MIN = 20
CONTENT = 3.8  # mean score from which a comment is a kind one
COMMENTS = 0.08  # part of the answers that say something in words

LEANING = {"procedure": -0.1, "channel": -0.15, "staff": 0.25, "facilities": -0.2}
PLEASED = (
    "เจ้าหน้าที่อธิบายชัดเจน ขอบคุณค่ะ",
    "บริการดี รวดเร็ว",
    "สะดวกกว่าเดิมมาก",
    "เจ้าหน้าที่สุภาพ ใจเย็น",
)
DISPLEASED = (
    "อยากให้เปิดช่องบริการเพิ่มช่วงเช้า",
    "รอนานกว่าที่คิด",
    "อยากให้เพิ่มที่นั่งรอ",
    "ป้ายบอกเอกสารที่ต้องใช้ยังเห็นไม่ชัด",
)


@dataclass(frozen=True, slots=True)
class Press:
    at: int
    score: int
    channel: str
    counter_id: int
    service_id: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """`scores`: (item, aspect, score) for each item answered."""

    at: int
    channel: str
    service_id: int
    scores: tuple[tuple[str, str, int], ...]
    reasons: tuple[str, ...]
    comment: str | None


def opinions(
    hall: Hall, day: Day, visitors: Sequence[Visitor], chance: Random
) -> tuple[list[Press], list[Answered]]:
    """The day's presses and answers, oldest first. `visitors` are those of `day.tickets`."""
    if hall.questionnaire is None:
        return [], []
    asking = _Asking(hall, hall.questionnaire, day, chance)
    for ticket, visitor in zip(day.tickets, visitors, strict=True):
        served = [step for step in ticket.steps if step.outcome is Outcome.SERVED]
        if served and visitor.rates:
            asking.press(ticket, served[-1], visitor)
        if served and visitor.answers:
            asking.answer(ticket, served[0], visitor)
    asking.answers.sort(key=lambda answer: answer.at)
    return asking.spaced_presses(), asking.answers


class _Asking:
    def __init__(self, hall: Hall, asked: Questionnaire, day: Day, chance: Random) -> None:
        self._asked, self._chance = asked, chance
        self._channels = {channel.code for channel in hall.settings.channels.survey}
        self._burst_ms = hall.settings.settings.satisfaction.rating_burst_seconds * SECOND_MS
        self._standard_s = {s.id: s.standard_minutes * 60 for s in hall.services}
        self._latest = hall.at(day.date, LATEST)
        self._presses: list[Press] = []
        self.answers: list[Answered] = []

    def press(self, ticket: Ticket, step: Step, visitor: Visitor) -> None:
        if AT_COUNTER not in self._channels or step.counter_id is None or step.ended_at is None:
            return
        score = self._score(self._pleasure(ticket, step, visitor, OVERALL))
        at = step.ended_at + self._chance.randrange(4 * SECOND_MS, 20 * SECOND_MS)
        reasons = self._reasons(ticket, score)
        self._presses.append(
            Press(at, score, AT_COUNTER, step.counter_id, step.service_id, reasons)
        )

    def spaced_presses(self) -> list[Press]:
        """No two at one counter so close that the second looks like the same hand."""
        kept: list[Press] = []
        last: dict[int, int] = {}
        for press in sorted(self._presses, key=lambda press: press.at):
            since = last.get(press.counter_id)
            if since is None or press.at - since > self._burst_ms + SECOND_MS:
                last[press.counter_id] = press.at
                kept.append(press)
        return kept

    def answer(self, ticket: Ticket, step: Step, visitor: Visitor) -> None:
        channel = ON_PAPER if self._chance.random() < PAPER_SHARE else BY_QR
        later_min = 3 + self._chance.expovariate(1 / 40)
        at = (step.ended_at or ticket.issued_at) + round(later_min * MINUTE_MS)
        scores = [(self._asked.one_tap.item, OVERALL)]
        scores += [(item.code, part.code) for part in self._asked.aspect for item in part.items]
        given = tuple(
            (item, aspect, self._score(self._pleasure(ticket, step, visitor, aspect)))
            for item, aspect in scores
            if self._chance.random() >= SKIPPED
        )
        if channel not in self._channels or at > self._latest or not given:
            return
        lowest = min(score for _, _, score in given)
        self.answers.append(
            Answered(
                at=at,
                channel=channel,
                service_id=step.service_id,
                scores=given + self._checks(ticket, step, visitor),
                reasons=self._reasons(ticket, lowest),
                comment=self._comment(sum(score for *_, score in given) / len(given)),
            )
        )

    def _checks(
        self, ticket: Ticket, step: Step, visitor: Visitor
    ) -> tuple[tuple[str, str, int], ...]:
        """Points of the self-check: whoever is pleased thinks better of the office too."""
        check = self._asked.self_check
        if not check.on or self._chance.random() >= CHECKED:
            return ()
        found = []
        for item in check.item:
            offered = sorted(choice.points for choice in check.choices(item))
            share = (self._pleasure(ticket, step, visitor, SELF_CHECK) - 1) / 4
            share += 0.3 * item.reverse  # few are asked for anything
            place = min(len(offered) - 1, max(0, math.floor(share * (len(offered) - 1) + 0.5)))
            found.append((item.code, SELF_CHECK, offered[place]))
        return tuple(found)

    def _pleasure(self, ticket: Ticket, step: Step, visitor: Visitor, aspect: str) -> float:
        """On the scale of the five levels, before rounding."""
        wait_min = _wait_min(ticket)
        felt = 1.0 if aspect in (OVERALL, "procedure") else 0.4
        pleasure = 4.55 + 0.5 * visitor.mood + LEANING.get(aspect, 0.0)
        pleasure -= felt * 1.6 * min(wait_min / 60, 1.2)
        since = step.started_at or step.called_at
        if since is not None and step.ended_at is not None:
            took_s = (step.ended_at - since) / SECOND_MS
            pleasure -= 0.35 * (took_s > 1.5 * self._standard_s[step.service_id])
        return pleasure + self._chance.gauss(0, 0.45)

    def _score(self, pleasure: float) -> int:
        return min(5, max(1, math.floor(pleasure + 0.5)))

    def _reasons(self, ticket: Ticket, score: int) -> tuple[str, ...]:
        """One or two codes for a low score; never one that belongs to the complaint channel."""
        codes = [reason.code for reason in self._asked.reason if not reason.protected]
        if score > self._asked.one_tap.ask_reasons_up_to or not codes:
            return ()
        drawn = self._chance.sample(codes, k=min(len(codes), self._chance.randrange(1, 3)))
        if "long_wait" in codes and _wait_min(ticket) > LONG_WAIT_MIN:
            drawn[0] = "long_wait"
        return tuple(sorted(set(drawn)))

    def _comment(self, mean: float) -> str | None:
        if self._chance.random() >= COMMENTS:
            return None
        return self._chance.choice(PLEASED if mean >= CONTENT else DISPLEASED)


def _wait_min(ticket: Ticket) -> float:
    called_at = ticket.steps[0].first_called_at
    return 0.0 if called_at is None else (called_at - ticket.issued_at) / MINUTE_MS
