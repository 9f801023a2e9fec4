"""An office's settings, as its file gives them and its row keeps them."""

from datetime import date
from functools import lru_cache
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from server.domain.order import LONGEST_HEAD_START_MIN, Priority
from server.domain.tongues import TONGUES

Share = Annotated[float, Field(ge=0, le=1)]
Month = Annotated[int, Field(ge=1, le=12)]
ClockText = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Part(BaseModel):
    """A part of the file: unknown names are refused, so that a slip of the pen is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Part):
    """The same words in Thai and English, and in others of `TONGUES` where somebody wrote them."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, str]

    th: str
    en: str

    @model_validator(mode="after")
    def _in_known_languages(self) -> Self:
        if unknown := self.more.keys() - TONGUES:
            raise ValueError(f"no such language: {', '.join(sorted(unknown))}")
        return self

    @property
    def more(self) -> dict[str, str]:
        """Those beyond Thai and English, by language."""
        return self.__pydantic_extra__


class Coded(Words):
    code: str


class OfficeInfo(Part):
    slug: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    kind: str = "thesaban_tambon"
    name: Words
    short_name: Words
    address: Words = Words(th="", en="")
    phone: str = ""
    website: str = ""
    public_url: str = ""
    email: str = ""
    timezone: str = "Asia/Bangkok"
    document_prefix: str = ""
    head_title: Words = Words(th="", en="")
    chief_title: Words = Words(th="", en="")
    emblem: str = ""


class Lunch(Part):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    from_: ClockText = Field(alias="from")
    to: ClockText
    served: bool = True
    counters: tuple[str, ...] = ()


class ExtraHours(Part):
    name: Words
    days: tuple[Weekday, ...]
    months: tuple[Month, ...] = ()
    open: ClockText
    close: ClockText
    counters: tuple[str, ...] = ()


class Hours(Part):
    days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
    kiosk_from: ClockText = "08:00"
    open: ClockText = "08:30"
    close: ClockText = "16:30"
    lunch: Lunch | None = None
    extra: tuple[ExtraHours, ...] = ()


class OwnHoliday(Part):
    date: date
    name: Words


class Holidays(Part):
    country: str = "TH"
    categories: tuple[str, ...] = ("public", "government")
    work_anyway: tuple[str, ...] = ()
    own: tuple[OwnHoliday, ...] = ()


class Closing(Part):
    last_ticket_before_close_minutes: int = Field(15, ge=0, le=480)
    serve_waiting_after_close_minutes: int = Field(30, ge=0, le=480)
    then: str = "closed_at_day_end"


class QuietHours(Part):
    """Every day, office time; nothing sounds then, numbers still flash."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    from_: ClockText = Field(alias="from")
    to: ClockText


class Voice(Part):
    """`pack`: the voice pack's id; empty: chime, and the browser's own Thai voice where one is.
    `repeat`: how often one call is spoken. Not `enabled`: nothing sounds, numbers flash."""

    enabled: bool = True
    gender: Literal["female", "male"] = "female"
    languages: tuple[str, ...] = ("th",)
    chime_ms: int = 1000
    gap_ms: int = Field(60, ge=0, le=500)  # silence between two phrases of a voice pack
    repeat: int = Field(1, ge=1, le=3)
    two_as: str = "สอง"
    volume: int = Field(80, ge=0, le=100)
    quiet: tuple[QuietHours, ...] = ()
    pack: str = ""


class PaperRules(Part):
    """What stands on a slip beside the number."""

    documents: bool = True  # what to have ready
    english: bool = False  # on Thai slips too: office, service and labels once more
    large: bool = False  # every slip in large print


class Wifi(Part):
    name: str = ""
    note: Words = Words(th="", en="")


class Reasons(Part):
    """Codes that verbs ask for."""

    hold: tuple[Coded, ...] = ()
    pause: tuple[Coded, ...] = ()
    call: tuple[Coded, ...] = ()
    cancel: tuple[Coded, ...] = ()
    transfer: tuple[Coded, ...] = (  # optional on each transfer
        Coded(code="wrong_service", th="เลือกงานผิด", en="Wrong service"),
        Coded(code="to_be_continued", th="ต้องทำต่อที่นั่น", en="To be continued there"),
    )
    override: tuple[Coded, ...] = (  # a number all the same: the day is full, or nearly over
        Coded(code="counter_agreed", th="ช่องบริการรับปากว่าให้บริการทัน", en="The counter will serve"),
        Coded(code="frail", th="ผู้สูงอายุ ผู้พิการ หรือเจ็บป่วย", en="Elderly, disabled or unwell"),
        Coded(code="came_far", th="เดินทางมาไกล", en="Came a long way"),
        Coded(code="due_today", th="ครบกำหนดวันนี้", en="Due today"),
    )


HeadStart = Annotated[int, Field(ge=0, le=LONGEST_HEAD_START_MIN)]


class ServiceHours(Part):
    """When one service is given, where that is not the office's hours."""

    days: tuple[Weekday, ...]
    open: ClockText
    close: ClockText


class ServiceRules(Part):
    """What a service has of its own; what is left out is as the office has it."""

    hours: tuple[ServiceHours, ...] = ()  # empty: the office's hours
    at_lunch: bool | None = None  # numbers and calls during the office's lunch; None: as the office
    day_limit: Annotated[int, Field(ge=1)] | None = None  # numbers a day; None: as many as come
    head_start_minutes: dict[Priority, HeadStart] = Field(default_factory=dict)

    @classmethod
    @lru_cache(maxsize=512)
    def read(cls, text: str) -> "ServiceRules":
        """From a row. The same text is read once."""
        return cls.model_validate_json(text)

    def text(self) -> str:
        return self.model_dump_json(exclude_defaults=True)


AS_THE_OFFICE = ServiceRules()


class SampleRule(Part):
    """How many answers a fiscal year needs, by how many people were served (ITA's rule)."""

    share: Share = 0.10
    least: int = Field(30, ge=0)  # everybody, where fewer were served
    large_from: int = Field(1000, ge=0)
    large_least: int = Field(100, ge=0)


class Alerting(Part):
    """Low presses at one place within so many minutes call the supervisor."""

    low_up_to: int = Field(2, ge=1, le=4)
    presses: int = Field(3, ge=2, le=20)
    minutes: int = Field(30, ge=5, le=240)
    webhook: str = ""  # an address that is told too
    webhook_key: int = Field(0, ge=0)  # which of the keys made from the office's own signs that


class Satisfaction(Part):
    bands: tuple[float, float, float, float] = (4.21, 3.41, 2.61, 1.81)
    suppress_below_public: int = Field(10, ge=1)
    suppress_below_internal: int = Field(5, ge=1)
    survey_expires_hours: int = Field(168, ge=1)
    rating_burst_seconds: int = Field(5, ge=0)
    report_times_per_year: int = 2
    sample: SampleRule = SampleRule()
    sample_of_year: dict[str, SampleRule] = Field(default_factory=dict)  # "2569": another rule
    alerting: Alerting = Alerting()
    qr_minutes: int = Field(15, ge=5, le=240)  # how long a rotating QR at a counter counts
    praise_least: int = Field(30, ge=10)  # answers that the best unit needs


class MeasureTargets(Part):
    """Shares that the office wants to reach; what lies below is proposed as a finding."""

    within_standard: Share = 0.85  # of served steps, per service
    top2: Share = 0.85  # of respondents, per aspect


class Rules(Part):
    """The file's [settings]."""

    languages: tuple[str, ...] = ("th", "en")
    default_language: str = "th"
    document_digits: Literal["thai", "arabic"] = "thai"
    number_digits: int = 3
    numbers_restart: Literal["daily"] = "daily"
    show_wait: bool = True
    recall_limit: int = 3
    no_show_after_seconds: int = 180
    return_within_minutes: int = 60
    return_limit: int = Field(3, ge=0)  # times that one step may come back after a no-show
    hold_limit_minutes: int = 45
    voice: Voice = Voice()
    paper: PaperRules = PaperRules()
    fiscal_year_starts: Literal["10-01"] = "10-01"  # every municipality's; no other is meant
    wifi: Wifi = Wifi()
    public_url: str = ""
    priority_at_kiosk: bool = False
    always_open: bool = False
    demo: bool = False
    reasons: Reasons = Reasons()
    priority_head_start_minutes: dict[Priority, HeadStart] = Field(
        default_factory=lambda: dict.fromkeys(Priority, 0)
    )
    satisfaction: Satisfaction = Satisfaction()
    measures: MeasureTargets = MeasureTargets()
    retention_days: dict[str, int] = Field(default_factory=dict)

    def head_start_min(self, priority: Priority, service: ServiceRules = AS_THE_OFFICE) -> int:
        """Minutes that this priority stands ahead of its arrival, for this service."""
        office = self.priority_head_start_minutes.get(priority, 0)
        return service.head_start_minutes.get(priority, office)


class VisitsPerDay(Part):
    low: int = Field(ge=0)
    typical: int = Field(ge=0)
    high: int = Field(ge=0)


class Arrivals(Part):
    """What the simulator draws from."""

    visits_per_day: VisitsPerDay
    hour_share: dict[str, Share]
    month_factor: tuple[float, ...] = (1.0,) * 12
    weekday_factor: dict[Weekday, float] = Field(default_factory=dict)
    after_holiday_factor: float = 1.0
    day_spread: float = 0.0
    patience_minutes: float = 60.0
    no_show_share: Share = 0.0
    turned_away_share: Share = 0.0
    several_services_share: Share = 0.0
    rating_share: Share = 0.0
    survey_share: Share = 0.0
    channel_share: dict[str, Share]
    language_share: dict[str, Share]
    priority_share: dict[Priority, Share] = Field(default_factory=dict)


COUNTER_QR = Coded(code="counter_qr", th="คิวอาร์ที่ช่องบริการ", en="QR at the counter")
CARD = Coded(code="card", th="คิวอาร์บนป้ายที่พิมพ์ไว้", en="QR on a printed card")
# What our own faces ask by, also in an office whose file is older than they are.
OUR_CHANNELS = (
    COUNTER_QR,
    CARD,
    Coded(code="tablet", th="แท็บเล็ต", en="Tablet"),
    Coded(code="exit", th="จุดประเมินทางออก", en="Stand at the exit"),
    Coded(code="kiosk", th="ตู้กดบัตรคิว", en="Kiosk"),
    Coded(code="outreach", th="หน่วยบริการเคลื่อนที่", en="Mobile service point"),
)


class Channels(Part):
    ticket: tuple[Coded, ...] = ()
    survey: tuple[Coded, ...] = ()
    publication: tuple[Coded, ...] = ()
    complaint: tuple[Coded, ...] = ()

    @field_validator("survey")
    @classmethod
    def _with_our_faces(cls, given: tuple[Coded, ...]) -> tuple[Coded, ...]:
        """Khiu's own faces and cards lead there, also for an office whose file is older."""
        known = {one.code for one in given}
        return (*given, *(one for one in OUR_CHANNELS if one.code not in known))


class Settings(Part):
    """All that a row of `offices` keeps of the file: what has no table of its own."""

    office: OfficeInfo
    hours: Hours = Hours()
    holidays: Holidays = Holidays()
    closing: Closing = Closing()
    settings: Rules = Rules()
    arrivals: Arrivals | None = None
    channels: Channels = Channels()
    notices: tuple[Words, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.office.timezone)

    @property
    def public_url(self) -> str:
        """Start of the links in QR codes; empty: the server's own address."""
        return (self.settings.public_url or self.office.public_url).rstrip("/")

    @classmethod
    @lru_cache(maxsize=64)
    def read(cls, text: str) -> "Settings":
        """From a row. The same text is read once, so every verb may ask."""
        return cls.model_validate_json(text)

    def text(self) -> str:
        return self.model_dump_json(by_alias=True)
