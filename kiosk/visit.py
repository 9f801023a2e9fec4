"""How this visitor wants the pages: carried in the address, forgotten with the visit."""

from dataclasses import dataclass, replace

from flask import g, request, url_for

from server.domain.settings import Settings
from server.web import language


@dataclass(frozen=True, slots=True)
class Visit:
    """`first_language`: what the kiosk speaks until somebody chooses another."""

    language: str
    first_language: str
    large: bool
    contrast: bool

    def to(self, endpoint: str, **values: object) -> str:
        """The address of a kiosk page, seen the way this visitor wants it."""
        wanted = {
            "lang": self.language if self.language != self.first_language else None,
            "text": "large" if self.large else None,
            "contrast": "high" if self.contrast else None,
        }
        return url_for(f"kiosk.{endpoint}", **values, **wanted)  # type: ignore[arg-type]

    def here(self, **changed: object) -> str:
        """This same page, seen another way."""
        other = replace(self, **changed)  # type: ignore[arg-type]
        if request.method != "GET":  # an answer to a form has no address of its own
            return other.to("home")
        page = (request.endpoint or "kiosk.home").removeprefix("kiosk.")
        return other.to(page, **(request.view_args or {}))


def visit_now(settings: Settings) -> Visit:
    """The visit that this request belongs to."""
    g.first_language = settings.settings.default_language
    return Visit(
        language=language(),
        first_language=settings.settings.default_language,
        large=request.args.get("text") == "large",
        contrast=request.args.get("contrast") == "high",
    )
