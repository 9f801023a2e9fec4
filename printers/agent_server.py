"""What an agent says to the server, over HTTPS, and what it hears."""

import http.client
import ipaddress
import json
import ssl
from base64 import b64decode
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from printers.agent_journal import Report

PATIENCE_S = 10.0  # for an answer, beside what we asked it to wait
UNKNOWN, TOO_MANY, LATE = 404, 429, 408
LOCAL_NAMES = (".local", ".lan", ".internal", ".home.arpa", ".localhost")


class BadServer(ValueError):
    """The server's URL may not be used; the message says why."""


class Away(Exception):
    """No answer that helps: it may be better soon."""


class Refused(Exception):
    """The server does not want this agent, or is not the one it says it is."""


class NotTaken(Exception):
    """The server does not take this report; telling it again would not help."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the server is."""

    https: bool
    host: str
    port: int
    path: str

    @classmethod
    def of(cls, url: str, *, insecure: bool = False) -> "Place":
        """Raises `BadServer`; without `insecure` also where others could read the token."""
        try:
            parts = urlsplit(url.strip())
            port = parts.port
        except ValueError as error:
            raise BadServer(f"not a server's URL: {error}") from None
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            raise BadServer(f"the server's URL begins with https://HOST, not {url[:40]!r}")
        if parts.query or parts.fragment:
            raise BadServer("the server's URL has nothing after ? or #")
        https = parts.scheme == "https"
        if not https and not insecure and not _is_near(parts.hostname):
            raise BadServer(
                f"over http:// everybody on the way to {parts.hostname} could read the token and "
                "take the office's slips: use https://, or --insecure where the way is safe"
            )
        return cls(https, parts.hostname, port or (443 if https else 80), parts.path.rstrip("/"))

    @property
    def netloc(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Job:
    """A slip to print: `data` is all that the printer is sent."""

    job_id: str
    attempt: int
    data: bytes


class Server:
    """A connection a call: nothing is lost with one, since every call may be made again."""

    def __init__(self, place: Place, token: str, instance: str, about: dict[str, Any]) -> None:
        self._place, self._token = place, token
        self._instance, self._about = instance, about
        self._tls = ssl.create_default_context() if place.https else None

    def ask(self, state: dict[str, Any], wait_s: float, *, busy: bool = False) -> Job | None:
        """The next slip, if one comes within `wait_s`; `busy`: only says that we live.

        Raises `Away`, `Refused`.
        """
        body = {"instance": self._instance, "about": self._about, "state": state}
        status, answer = self._post("", body | {"busy": busy, "wait_s": wait_s}, wait_s)
        if status == http.client.NO_CONTENT:
            return None
        if status == http.client.OK:
            try:
                job_id, attempt = str(answer["job_id"]), int(answer["attempt"])
                return Job(job_id, attempt, b64decode(answer["data"], validate=True))
            except (KeyError, TypeError, ValueError):
                raise Away("what it answered is no slip") from None
        raise Away(str(answer.get("detail_en", f"HTTP {status}")))

    def report(self, report: Report) -> None:
        """Says how a slip ended. Raises `Away`, `Refused`, `NotTaken`."""
        body = {"instance": self._instance} | asdict(report)
        status, answer = self._post(f"/{body.pop('job_id')}", body)
        if status in (TOO_MANY, LATE) or status >= http.client.INTERNAL_SERVER_ERROR:
            raise Away(str(answer.get("detail_en", f"HTTP {status}")))
        if status != http.client.OK:
            raise NotTaken(str(answer.get("detail_en", f"HTTP {status}")))

    def _post(self, path: str, body: object, wait_s: float = 0) -> tuple[int, dict[str, Any]]:
        line = self._line(wait_s + PATIENCE_S)
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        try:
            where = f"{self._place.path}/api/v1/printer/jobs{path}"
            line.request("POST", where, json.dumps(body).encode(), headers)
            answer = line.getresponse()
            status, raw = answer.status, answer.read()
        except ssl.SSLCertVerificationError as error:
            message = f"its certificate cannot be trusted: {error.verify_message}"
            raise Refused(message) from None
        except (OSError, http.client.HTTPException) as error:
            raise Away(str(error) or type(error).__name__) from None
        finally:
            line.close()
        told = _object(raw)
        if status in (http.client.UNAUTHORIZED, http.client.FORBIDDEN):
            raise Refused(
                f"it does not accept the token: {told.get('detail_en', f'HTTP {status}')}"
            )
        return status, told

    def _line(self, timeout: float) -> http.client.HTTPConnection:
        # Not urllib: that would follow a redirection, and take the token along.
        if self._tls is not None:
            return http.client.HTTPSConnection(
                self._place.host, self._place.port, timeout=timeout, context=self._tls
            )
        return http.client.HTTPConnection(self._place.host, self._place.port, timeout=timeout)


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _is_near(host: str) -> bool:
    """Whether it is of this machine or of the building's own network."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith(LOCAL_NAMES)
