"""A slip in a row of the database, and back."""

import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printers.slip import Slip

SLIP = Slip(
    number="A012",
    office="เทศบาลตำบลตัวอย่าง",
    service="แจ้งเกิด",
    url="https://queue.example.go.th/t/Zk3vQ0x7Rr2mYp9wHh5b",
    date="วันจันทร์ที่ 16 มีนาคม 2569",
    time="10:24",
    language="th",
)


@given(
    st.builds(
        Slip,
        next_services=st.lists(st.text()).map(tuple),
        ahead=st.none() | st.integers(min_value=0),
    )
)
def test_a_slip_comes_back_from_json_as_it_was(slip: Slip) -> None:
    assert Slip.from_json(json.loads(json.dumps(slip.as_json()))) == slip


def test_a_row_from_a_later_version_can_still_be_printed() -> None:
    assert Slip.from_json(SLIP.as_json() | {"colour": "blue"}) == SLIP


def test_a_row_from_an_earlier_version_gets_the_defaults() -> None:
    kept = {name: value for name, value in SLIP.as_json().items() if name not in ("demo", "ahead")}
    assert Slip.from_json(kept) == SLIP


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": 12},
        {"ahead": "4"},
        {"ahead": True},
        {"large": "yes"},
        {"next_services": "แจ้งเกิด"},
        {"next_services": [1]},
    ],
)
def test_a_row_with_a_wrong_value_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Slip.from_json(SLIP.as_json() | wrong)


def test_a_row_without_its_number_is_refused() -> None:
    kept = SLIP.as_json()
    del kept["number"]
    with pytest.raises(ValueError, match="number"):
        Slip.from_json(kept)


def test_priority_is_no_field_of_a_slip() -> None:
    assert not [field.name for field in fields(replace(SLIP)) if "prior" in field.name]
