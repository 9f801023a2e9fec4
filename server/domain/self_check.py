"""The office's own check: questions that mirror those asked of outsiders in the yearly assessment.

What is kept is points, 0 to 100, already turned where the wished-for answer is "none", so a mean
needs nothing else. They are never part of satisfaction, and stand nowhere without `NOTICE`.
"""

from dataclasses import dataclass

from pydantic import Field

from server.domain.settings import Coded, Part, Words

SELF_CHECK = "self_check"  # the aspect of its answers
NOTICE = Words(
    th="ผลสำรวจของหน่วยงานเอง ไม่ใช่คะแนน EIT อย่างเป็นทางการ",
    en="The office's own survey; not the official EIT score",
)
INDICATORS = {  # the assessment's numbers
    6: Words(th="คุณภาพการดำเนินงาน", en="Quality of work"),
    7: Words(th="ประสิทธิภาพการสื่อสาร", en="Effectiveness of communication"),
    8: Words(th="การปรับปรุงระบบการทำงาน", en="Improvement of the working system"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that may be given, and the points it is kept as."""

    points: int
    words: Words


FOUR = (
    Choice(0, Words(th="น้อยที่สุดหรือไม่มีเลย", en="Least or not at all")),
    Choice(33, Words(th="น้อย", en="Little")),
    Choice(67, Words(th="มาก", en="Much")),
    Choice(100, Words(th="มากที่สุด", en="Most")),
)
YES_NO = (Choice(0, Words(th="ไม่มี", en="No")), Choice(100, Words(th="มี", en="Yes")))


class CheckItem(Coded):
    """`yes_no`: the official form asks it so. `reverse`: the wished-for answer is "none"."""

    indicator: int
    yes_no: bool = False
    reverse: bool = False


ITEMS = (
    CheckItem(
        code="e1",
        indicator=6,
        th="ท่านได้รับบริการตามขั้นตอนและเวลาที่ประกาศไว้มากน้อยเพียงใด",
        en="How far was the service given by the announced steps and time?",
    ),
    CheckItem(
        code="e2",
        indicator=6,
        th="ท่านได้รับการปฏิบัติเท่าเทียมกับผู้อื่นมากน้อยเพียงใด",
        en="How far were you treated the same as others?",
    ),
    CheckItem(
        code="e3",
        indicator=6,
        th="เจ้าหน้าที่ให้ข้อมูลตรงไปตรงมา ไม่ปิดบัง มากน้อยเพียงใด",
        en="How straightforward was the information, with nothing hidden?",
    ),
    CheckItem(
        code="e4",
        indicator=6,
        th="ในหนึ่งปีที่ผ่านมา ท่านถูกขอเงินหรือสิ่งตอบแทนมากน้อยเพียงใด",
        en="In the past year, how much were you asked for money or favours?",
        yes_no=True,
        reverse=True,
    ),
    CheckItem(
        code="e5",
        indicator=6,
        th="หน่วยงานทำงานโดยยึดประโยชน์ส่วนรวมมากน้อยเพียงใด",
        en="How far does the office put the public interest first?",
    ),
    CheckItem(
        code="e6",
        indicator=7,
        th="ข้อมูลของหน่วยงานเข้าถึงง่ายและมีหลายช่องทางเพียงใด",
        en="How easy is information to reach, through several channels?",
    ),
    CheckItem(
        code="e7",
        indicator=7,
        th="หน่วยงานเผยแพร่ผลงานและข้อมูลที่ควรรู้อย่างชัดเจนเพียงใด",
        en="How clearly are results and needed information published?",
    ),
    CheckItem(
        code="e8",
        indicator=7,
        th="หน่วยงานเปิดช่องทางให้ติชมหรือแสดงความคิดเห็นมากน้อยเพียงใด",
        en="How open are the channels for feedback?",
        yes_no=True,
    ),
    CheckItem(
        code="e9",
        indicator=7,
        th="เมื่อมีข้อสงสัย หน่วยงานตอบได้ชัดเจนเพียงใด",
        en="How clearly are questions and concerns answered?",
    ),
    CheckItem(
        code="e10",
        indicator=7,
        th="หน่วยงานเปิดช่องทางให้ร้องเรียนการทุจริตของเจ้าหน้าที่มากน้อยเพียงใด",
        en="How open are the channels to report corruption?",
        yes_no=True,
    ),
    CheckItem(
        code="e11",
        indicator=8,
        th="คุณภาพการให้บริการดีขึ้นมากน้อยเพียงใด",
        en="How much has the quality of service improved?",
    ),
    CheckItem(
        code="e12",
        indicator=8,
        th="วิธีการและขั้นตอนดีขึ้นมากน้อยเพียงใด",
        en="How much have methods and steps improved?",
    ),
    CheckItem(
        code="e13",
        indicator=8,
        th="มีการนำเทคโนโลยีมาใช้ให้สะดวกรวดเร็วขึ้นมากน้อยเพียงใด",
        en="How far is technology used to make service easier and quicker?",
    ),
    CheckItem(
        code="e14",
        indicator=8,
        th="หน่วยงานเปิดให้ประชาชนร่วมปรับปรุงบริการมากน้อยเพียงใด",
        en="How far may the public take part in improving the service?",
    ),
    CheckItem(
        code="e15",
        indicator=8,
        th="การทำงานโปร่งใสขึ้นมากน้อยเพียงใด",
        en="How much more transparent has the work become?",
    ),
)


# The same three where they are answered with yes or no.
OFFICIALLY = {
    "e4": Words(
        th="ในหนึ่งปีที่ผ่านมา มีการขอเงินหรือสิ่งตอบแทนจากท่านหรือไม่",
        en="In the past year, were you asked for money or favours?",
    ),
    "e8": Words(th="มีช่องทางให้ติชมหรือแสดงความคิดเห็นหรือไม่", en="Is there a channel for feedback?"),
    "e10": Words(
        th="มีช่องทางร้องเรียนการทุจริตของเจ้าหน้าที่หรือไม่",
        en="Is there a channel to report corruption?",
    ),
}
OURS = {item.code: item for item in ITEMS}


class SelfCheck(Part):
    """Asked only once the office has switched it on. `as_official`: three of them yes or no."""

    on: bool = False
    as_official: bool = False
    item: tuple[CheckItem, ...] = Field(default=ITEMS)

    def asks(self, code: str) -> CheckItem | None:
        """The item, if it is asked."""
        return next((one for one in self.item if self.on and one.code == code), None)

    def question(self, item: CheckItem) -> Words:
        """The item as it is asked: the office's own words, where it has changed ours."""
        if self.as_official and item.yes_no and item == OURS.get(item.code):
            return OFFICIALLY[item.code]
        return item

    def choices(self, item: CheckItem) -> tuple[Choice, ...]:
        """As they are offered, with the points that each is worth."""
        offered = YES_NO if self.as_official and item.yes_no else FOUR
        if not item.reverse:
            return offered
        return tuple(Choice(100 - one.points, one.words) for one in offered)

    def parts(self) -> tuple[tuple[int, tuple[CheckItem, ...]], ...]:
        """A screen an indicator: its number and the items asked of it."""
        if not self.on:
            return ()
        numbers = sorted({one.indicator for one in self.item})
        return tuple((n, tuple(one for one in self.item if one.indicator == n)) for n in numbers)
