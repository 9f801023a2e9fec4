"""The slip: what stands on it, and the office's own layout, tried before it is kept."""

from collections.abc import Iterable
from dataclasses import replace

from flask import current_app, request
from werkzeug.wrappers import Response

from printers.press import TEMPLATES
from printers.slip import Slip
from printers.typeset import typeset
from server.domain.settings import PaperRules
from server.manage import slip_trial
from server.manage.face import ID, actor, done, face, page, setup
from server.manage.slip_trial import PAPERS, Trial
from server.samples import KINDS, samples
from server.sheet import comes_back
from server.web import house, reads, settings


def _one_of(values: Iterable[str]) -> str:
    return ", ".join(f'"{value}"' for value in values)


KHIUS = (TEMPLATES / "layout.typ").read_text("utf-8")


@face.get("/slip")
def slip() -> str:
    newest = setup().slip.newest()
    return _page(newest.body if newest else "")


@face.get(f"/slip/<{ID}:layout_id>")
def past_slip(layout_id: int) -> str:
    """An earlier layout, to look at; keeping it makes it the office's again."""
    return _page(setup().slip.one(layout_id).body, layout_id)


@face.get(f"/slip/<any({_one_of(PAPERS)}):paper>/<any({_one_of(KINDS)}):sample>.png")
def slip_sample(paper: str, sample: str) -> Response:
    """What is printed now, dot by dot."""
    newest = setup().slip.newest()
    shown = replace(_samples()[sample], template=newest.body if newest else "")
    return Response(slip_trial.png(typeset(shown, PAPERS[paper])), mimetype="image/png")


@face.post("/slip/rules")
@comes_back(slip)
def change_slip() -> Response:
    ticked = {name: name in request.form for name in PaperRules.model_fields}
    setup().slip.change(PaperRules(**ticked), actor())
    return done("saved", "slip")


@face.post("/slip/preview")
def preview_slip() -> str:
    layout = slip_trial.layout_from(request.form)
    return _page(layout, trial=_tried(layout))


@face.post("/slip")
def keep_slip() -> Response:
    """Kept only if every sample came out well."""
    layout = slip_trial.layout_from(request.form)
    if layout.strip() in ("", KHIUS.strip()):
        return take_khius_slip()
    trial = _tried(layout)
    if not trial.good:
        return Response(_page(layout, trial=trial, refused=True), 422, mimetype="text/html")
    setup().slip.keep(layout, actor())
    return done("saved", "slip")


@face.post("/slip/khius")
def take_khius_slip() -> Response:
    setup().slip.keep("", actor())
    return done("saved", "slip")


def _page(
    layout: str, chosen: int | None = None, *, trial: Trial | None = None, refused: bool = False
) -> str:
    newest = setup().slip.newest()
    return page(
        "slip",
        layout=layout or KHIUS,
        trial=trial,
        refused=refused,
        now=newest,
        own=bool(newest and newest.body),
        trouble=slip_trial.trouble_of(newest),
        past=setup().slip.past(),
        chosen=chosen,
        counters=reads().counters(),
        kinds=KINDS,
        papers=PAPERS,
        rules=tuple(PaperRules.model_fields),
        more_styles=["paper"],
    )


def _tried(layout: str) -> Trial:
    return slip_trial.tried(layout, _samples())


def _samples() -> dict[str, Slip]:
    base_url = str(current_app.config["BASE_URL"])
    return samples(settings(), reads().services(), base_url, house().clock())
