"""Rating at the kiosk: one touch, its reasons when it was low, and thanks."""

import pytest
from flask.testing import FlaskClient

from server.domain.roles import DeviceKind
from tests.office import Office
from tests.pages import look
from tests.tablet import presses


@pytest.fixture
def kiosk(small_office: Office) -> FlaskClient:
    small_office.app.config["WTF_CSRF_ENABLED"] = False
    return small_office.device(DeviceKind.KIOSK)


def test_a_touch_at_the_kiosk_is_a_press_and_a_low_one_may_say_why(
    kiosk: FlaskClient, small_office: Office
) -> None:
    page = look(kiosk, "/kiosk/rate")
    keys = [box.get("value") for box in page.iter("input") if box.get("name") == "request_key"]
    for _ in range(2):
        answer = kiosk.post("/kiosk/rate", data={"score": 1, "request_key": keys[0]})
    offered = look(kiosk, answer.location)
    codes = {box.get("value") for box in offered.iter("input") if box.get("name") == "reason"}
    assert "long_wait" in codes
    assert "asked_for_money" not in codes  # in a hall full of people
    chosen = {"reason": ["long_wait", "asked_for_money"], "request_key": "x" * 16}
    assert kiosk.post(answer.location, data=chosen).location == "/kiosk/rate/thanks"
    look(kiosk, "/kiosk/rate/thanks")
    (row,) = presses(small_office)
    assert (row.score, row.channel, row.counter_id, row.flag) == (1, "kiosk", None, None)
    assert row.reasons == '["long_wait"]'
    assert small_office.contents()["protected_reports"] == []


def test_a_good_touch_is_thanked_at_once_and_no_face_is_refused(kiosk: FlaskClient) -> None:
    good = {"score": 5, "request_key": "k" * 16}
    assert kiosk.post("/kiosk/rate", data=good).location == "/kiosk/rate/thanks"
    for wrong in ({"score": 6}, {"request_key": "short"}):
        assert kiosk.post("/kiosk/rate", data={**good, **wrong}).status_code == 422
