"""The room where residents' opinions become figures, each with how sure it is, none too small."""

from server.believing.asking import Reason, Version
from server.believing.room import Believing

__all__ = ["Believing", "Reason", "Version"]
