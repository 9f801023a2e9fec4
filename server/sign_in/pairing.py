"""A browser becomes a kiosk or a display: it shows a code until an administrator enters it."""

from flask import Response as JsonResponse
from flask import jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.domain.refusals import NotFound
from server.domain.roles import DeviceKind
from server.pairing import VALID_MS, Pairing
from server.sign_in import forms
from server.sign_in.face import all_offices, asked_office, become, face, home_of
from server.web import device, house, settings_of

COOKIE = "khiu_pairing"  # what waits in the browser; the code alone opens nothing


@face.get("/pair/<kind>")
def pair(kind: str) -> str | Response:
    wanted = forms.device_kind(kind)
    if (known := device()) is not None:
        return redirect(home_of(known.role), 303)
    pending = _pending(wanted)
    office_id = pending.office_id if pending else asked_office()
    if office_id is None:
        return render_template("sign_in/offices.html", offices=all_offices(), settings=None)
    facts = {"kind": wanted, "pending": pending, "settings": settings_of(office_id)}
    return render_template("sign_in/pair.html", **facts)


@face.post("/pair/<kind>")
def ask_code(kind: str) -> Response:
    wanted = forms.device_kind(kind)
    office_id = asked_office()
    if office_id is None:
        raise NotFound("no_such_office", slug="")
    token = house().access.pairings.ask(office_id, wanted, request.remote_addr or "")
    office = settings_of(office_id).office.slug
    answer = redirect(url_for("sign_in.pair", kind=wanted, office=office, asked=1), 303)
    answer.set_cookie(
        COOKIE,
        token,
        max_age=VALID_MS // 1000 * 2,
        path="/pair",
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )
    return answer


@face.get("/pair/<kind>/state")
def pair_state(kind: str) -> JsonResponse:
    pending = _pending(forms.device_kind(kind))
    state = "over" if pending is None else "confirmed" if pending.confirmed else "waiting"
    answer = jsonify(state=state)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@face.post("/pair/<kind>/enter")
def collect(kind: str) -> Response:
    """The administrator has confirmed: the waiting cookie becomes the device's."""
    made = house().access.pairings.collect(request.cookies.get(COOKIE, ""))
    if made is None:
        office = request.args.get("office")
        return redirect(url_for("sign_in.pair", kind=forms.device_kind(kind), office=office), 303)
    answer = become(redirect(home_of(made[0]), 303), *made)
    answer.delete_cookie(COOKIE, path="/pair", httponly=True, samesite="Lax")
    return answer


def _pending(kind: DeviceKind) -> Pairing | None:
    found = house().access.pairings.waiting(request.cookies.get(COOKIE, ""))
    return found if found and found.kind == kind else None
