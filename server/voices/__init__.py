"""Voice packs: folders with a manifest, one file a phrase.

    DATA/voices/OFFICE/PACK/manifest.json
    {"format": 1, "name": "…", "speaker": "female", "phrases": {"th": {"invite": "th/invite.wav"}}}

The phrases of a language are those of `domain.voice`. A pack is a folder so that a studio can make
one, and so that it can be carried to another office as a zip.
"""

from server.voices.keeping import Voices
from server.voices.packs import LONGEST_NAME, MANIFEST, Pack
from server.voices.recording import LARGEST, lasts
from server.voices.zips import LARGEST_ZIP, packed

__all__ = [
    "LARGEST",
    "LARGEST_ZIP",
    "LONGEST_NAME",
    "MANIFEST",
    "Pack",
    "Voices",
    "lasts",
    "packed",
]
