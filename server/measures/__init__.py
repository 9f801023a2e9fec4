"""The room of findings, the measures that answer them, and what became of both."""

from server.measures.drawing import Targets
from server.measures.evidence import LARGEST as LARGEST_FILE
from server.measures.evidence import Upload
from server.measures.room import Measures

__all__ = ["LARGEST_FILE", "Measures", "Targets", "Upload"]
