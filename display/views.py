"""The hall's board: who is called where, and how many wait."""

from display import media, voice
from display.edition import edition
from display.face import face
from display.mine import mine
from display.page import rendered
from server.web import reads, who

__all__ = ["face", "media", "voice"]


@face.get("/")
def home() -> str:
    return rendered(mine(reads().board(), who().service_ids), edition=edition())
