"""Printer URLs: what they may say and what is wrong with those that may not."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit, urlunsplit

from printers.models import Model, model_of

PORT = 9100
RATE = 6000
"""Bytes a second that any printer manages; `rate=` names a slower one."""

LAYOUTS = (576, 384)
"""Widths we typeset, in dots: 80 mm paper (72 mm printed), 58 mm paper (48 mm printed)."""

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?\.?")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_WHOLE = re.compile(r"[0-9]{1,7}")  # \d would take Thai digits


class BadAddress(ValueError):
    """The printer URL says something it may not.

    `reason` names the part: `scheme host port path name profile width rate ack option`.
    """

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Tcp:
    """A printer in the network."""

    host: str
    port: int = PORT
    profile: str = "default"
    width: int = 80
    """Paper, in millimetres: 80 or 58."""
    rate: int = RATE
    """Bytes a second."""
    ack: bool = True
    """False: it cannot tell whether it printed (`ack=none`, or its model never answers), so it is
    asked nothing."""

    @property
    def dots(self) -> int:
        """Which of `LAYOUTS` to typeset for it."""
        return _layout(self.profile, self.width)


@dataclass(frozen=True, slots=True)
class File:
    """A printer at a device node of this machine, or a file that gathers what would be printed."""

    path: str
    profile: str = "default"
    width: int = 80

    @property
    def dots(self) -> int:
        """Which of `LAYOUTS` to typeset for it."""
        return _layout(self.profile, self.width)


@dataclass(frozen=True, slots=True)
class Agent:
    """A printer on another machine, driven by `khiu-printer` there."""

    name: str


@dataclass(frozen=True, slots=True)
class NoPrinter:
    """No printer is set."""


Address = Tcp | File | Agent | NoPrinter


def parse(url: str) -> Address:
    """The printer a URL means. Raises `BadAddress`.

    `tcp://HOST[:PORT][?profile=…&width=80|58&rate=…&ack=none]`, `file:///PATH[?profile=…&width=…]`,
    `agent://NAME`, `none`. `profile`: a name of `models.OURS` or of python-escpos's database.
    """
    url = url.strip()
    if url == "none":
        return NoPrinter()
    if re.search(r"[\x00-\x20\x7f]", url):  # urlsplit would drop line breaks without a word
        raise BadAddress("a printer URL has no spaces or control characters in it", "scheme")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise BadAddress(f"not a printer URL: {error}", "host") from error
    if parts.fragment:
        raise BadAddress("a printer URL has no part after #", "option")
    match parts.scheme:
        case "tcp":
            return _tcp(parts)
        case "file":
            return _file(parts)
        case "agent":
            return _agent(parts)
    raise BadAddress(
        f"a printer URL begins with tcp://, file:// or agent://, or is none; not {url[:40]!r}",
        "scheme",
    )


def with_model(url: str, name: str) -> str:
    """The URL of this model; as it is where it names a profile already, or can have none."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:  # `parse` says what is wrong with it
        return url
    if not name or parts.scheme not in ("tcp", "file") or model_in(url):
        return url
    query = f"profile={name}&{parts.query}" if parts.query else f"profile={name}"
    return urlunsplit(parts._replace(query=query))


def without_model(url: str) -> str:
    """The URL without the name of its model."""
    if not model_in(url):
        return url
    parts = urlsplit(url)
    kept = [one for one in parts.query.split("&") if not one.startswith("profile=")]
    return urlunsplit(parts._replace(query="&".join(kept)))


def model_in(url: str) -> str:
    """The model that the URL names; empty: none."""
    try:
        return dict(parse_qsl(urlsplit(url).query)).get("profile", "")
    except ValueError:
        return ""


def answers(url: str) -> bool:
    """Whether the printer of this URL can be asked from here how it is."""
    try:
        address = parse(url)
    except BadAddress:
        return False
    return isinstance(address, Tcp) and address.ack


def head_dots(profile: str) -> int | None:
    """How many dots the printing head of this profile has side by side; None: not known.

    Raises `BadAddress`.
    """
    return _model(profile).dots


def _tcp(parts: SplitResult) -> Tcp:
    options = _options(parts, {"profile", "width", "rate", "ack"})
    if parts.path not in ("", "/"):
        raise BadAddress(f"nothing may follow the port, not {parts.path!r}", "host")
    try:
        port = PORT if parts.port is None else parts.port
    except ValueError as error:
        raise BadAddress("the port must be a number from 1 to 65535", "port") from error
    if port == 0:
        raise BadAddress("the port must be a number from 1 to 65535", "port")
    profile = _profile(options)
    return Tcp(
        host=_host(parts),
        port=port,
        profile=profile,
        width=_width(options, profile),
        rate=_rate(options),
        ack=_ack(options) and _model(profile).answers,
    )


def _file(parts: SplitResult) -> File:
    options = _options(parts, {"profile", "width"})
    path = unquote(parts.path)
    if parts.netloc or not path.startswith("/") or path.endswith("/") or "\0" in path:
        raise BadAddress("file:// takes a whole path: file:///dev/usb/lp0", "path")
    profile = _profile(options)
    return File(path=path, profile=profile, width=_width(options, profile))


def _agent(parts: SplitResult) -> Agent:
    _options(parts, set())
    if parts.path not in ("", "/") or not _NAME.fullmatch(parts.netloc):
        raise BadAddress("agent:// takes a name of letters, digits, dots and dashes", "name")
    return Agent(parts.netloc)


def _options(parts: SplitResult, known: set[str]) -> dict[str, str]:
    options: dict[str, str] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name not in known:
            raise BadAddress(f"{parts.scheme}:// knows no option {name!r}", "option")
        if name in options:
            raise BadAddress(f"{name} stands twice in the URL", name)
        options[name] = value
    return options


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if "@" in parts.netloc or not host:
        raise BadAddress("the URL must name the printer's host: tcp://192.168.1.50:9100", "host")
    numeric = ":" in host or re.fullmatch(r"[0-9.]+", host)
    try:
        if numeric:
            ipaddress.ip_address(host)
    except ValueError as error:
        raise BadAddress(f"{host!r} is not an IP address", "host") from error
    if not numeric and not _HOST.fullmatch(host):
        raise BadAddress(f"{host!r} is not a host name", "host")
    return host


def _profile(options: dict[str, str]) -> str:
    name = options.get("profile", "default")
    model = _model(name)
    if not model.prints_images or (model.dots and model.dots < min(LAYOUTS)):
        raise BadAddress(f"a printer of profile {name!r} cannot print a slip's image", "profile")
    return name


def _model(name: str) -> Model:
    model = model_of(name)
    if model is None:
        raise BadAddress(f"nobody knows a printer profile {name!r}", "profile")
    return model


def _width(options: dict[str, str], profile: str) -> int:
    match options.get("width"):
        case "80":
            return 80
        case "58":
            return 58
        case None:
            # Heads of 80 mm printers have 504 dots or more, those of 58 mm printers 432 or fewer.
            head = head_dots(profile)
            return 58 if head is not None and head < 500 else 80  # noqa: PLR2004
    raise BadAddress(f"width is the paper's: 80 or 58, not {options['width']!r}", "width")


def _rate(options: dict[str, str]) -> int:
    rate = options.get("rate", str(RATE))
    if not _WHOLE.fullmatch(rate) or int(rate) == 0:
        raise BadAddress(f"rate is a number of bytes a second, not {rate!r}", "rate")
    return int(rate)


def _ack(options: dict[str, str]) -> bool:
    if options.get("ack", "none") != "none":
        raise BadAddress(f"ack may only be none, not {options['ack']!r}", "ack")
    return "ack" not in options


def _layout(profile: str, width: int) -> int:
    # A head between the two (512 dots of 180 to the inch) prints the narrow slip on wide paper.
    head = head_dots(profile)
    widest = LAYOUTS[0] if width == 80 else LAYOUTS[1]  # noqa: PLR2004
    return widest if head is None or head >= widest else LAYOUTS[1]
