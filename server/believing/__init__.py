"""The room where residents' opinions become figures, each with how sure it is, none too small."""

from server.believing.asking import Reason
from server.believing.room import Believing
from server.domain.versions import Version

__all__ = ["Believing", "Reason", "Version"]
