"""Waiting for what others do by themselves, where there is nothing to be told it by."""

import time
from collections.abc import Callable
from http.client import HTTPException
from threading import Event
from typing import TypeVar

HAPPENS_WITHIN_S = 60.0

Answer = TypeVar("Answer")


def until(true: Callable[[], bool], what: str = "it did not happen") -> None:
    end, waited = time.monotonic() + HAPPENS_WITHIN_S, Event()
    while not true():
        assert time.monotonic() < end, what
        waited.wait(0.02)


def again(act: Callable[[], Answer]) -> Answer:
    """What is answered, asked until it is: the server may be gone for a moment."""
    end, waited = time.monotonic() + HAPPENS_WITHIN_S, Event()
    while True:
        try:
            return act()
        except (OSError, HTTPException):
            assert time.monotonic() < end, "nobody answers"
            waited.wait(0.05)
