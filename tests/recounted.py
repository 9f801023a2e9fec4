"""Section 6's figures told again from an export, by pandas and NumPy and by no code of ours."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

SELF_CHECK = "self_check"  # the office's own check is no satisfaction
ALL = "all"
OFFICE = "Asia/Bangkok"
SECOND = pd.Timedelta(seconds=1)

Figures = dict[str, Any]


def read(file: Path, table: str) -> Any:
    """A table of the export as a frame; times are moments."""
    with closing(sqlite3.connect(file)) as db:
        frame = pd.read_sql(f"SELECT * FROM {table}", db)
    for name in frame.columns:
        if name == "at" or name.endswith("_at"):
            moments = pd.to_datetime(frame[name], format="ISO8601", utc=True)
            frame[name] = moments.astype("datetime64[ms, UTC]")
    return frame


def services(file: Path) -> dict[str, Figures]:
    """By the service's code, and of all of them together."""
    codes = read(file, "services").rename(columns={"id": "service_id"})
    steps = read(file, "steps").merge(codes, on="service_id", how="left", validate="m:1")
    found = {code: _queue(steps[steps.code == code]) for code in codes.code}
    return {**found, ALL: _queue(steps)}


def _queue(steps: Any) -> Figures:
    counted = steps[steps.outcome != "issued_in_error"]
    waits = _seconds(steps.first_called_at - steps.slot_at.fillna(steps.issued_at))
    served = steps[steps.outcome == "served"]
    took = _seconds(served.ended_at - served.started_at.fillna(served.called_at))
    within = took <= served.standard_minutes.loc[took.index] * 60
    outcomes = counted.outcome.value_counts()
    return {
        "issued": len(counted),
        "served": int(outcomes.get("served", 0)),
        "abandoned": int(outcomes.get("left", 0)),
        "no_show": int(outcomes.get("no_show", 0)),
        **{f"wait_p{share}_s": _percentile(waits, share) for share in (50, 90, 95)},
        **{f"service_p{share}_s": _percentile(took, share) for share in (50, 90)},
        "within_standard": float(within.mean()) if len(within) else None,
    }


def _seconds(times: Any) -> Any:
    """Whole ones, rounded down; what did not happen is left out."""
    return (times.dropna() // SECOND).astype("int64")


def _percentile(seconds: Any, share: int) -> float | None:
    return float(np.percentile(seconds, share)) if len(seconds) else None


def satisfaction(file: Path, month: str | None = None) -> dict[tuple[str, str, str], Figures]:
    """By service, channel (and all of them) and aspect; services apart, and all together.

    `month`: of this one alone, as 2026-04.
    """
    codes = read(file, "services").rename(columns={"id": "service_id"})
    said = read(file, "answers").merge(codes, on="service_id", how="left", validate="m:1")
    said = said[said.flag.isna() & (said.aspect != SELF_CHECK)]
    if month is not None:
        said = said[said["at"].dt.tz_convert(OFFICE).dt.strftime("%Y-%m") == month]
    keys = ["response_id", "code", "channel", "aspect"]
    people = said.groupby(keys, dropna=False, as_index=False).score.mean()
    everywhere = people.assign(code=ALL)
    people = pd.concat([people, everywhere])
    people = pd.concat([people, people.assign(channel=ALL)])
    cells = people.groupby(["code", "channel", "aspect"]).score
    return {key: _scores(found) for key, found in cells}


def _scores(scores: Any) -> Figures:
    n, top = len(scores), int((np.floor(scores + 0.5) >= 4).sum())
    low, high = proportion_confint(top, n, method="wilson")
    return {
        "n": n,
        "mean": float(scores.mean()),
        "sd": float(scores.std(ddof=1)) if n > 1 else None,
        "percent": float(scores.mean() / 5 * 100),
        "top2": top / n,
        "top2_low": float(low),
        "top2_high": float(high),
    }


def same(told: Figures, again: Figures) -> None:
    """Asserts that every number of `again` is told so."""
    for name, value in again.items():
        expected = None if value is None else pytest.approx(value, rel=1e-9, abs=1e-9)
        assert told[name] == expected, (name, told, again)
