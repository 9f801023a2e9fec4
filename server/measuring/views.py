"""The register's list, by half-year, on a page and as a file."""

from flask import Response

import server.measuring.doing  # its doors belong to the face
import server.measuring.findings
import server.measuring.tables  # noqa: F401
from server.domain.measure import Standing, offered
from server.measures.register import share_done
from server.measuring import files, forms
from server.measuring.face import face, page, room, today

__all__ = ["face"]


@face.get("/")
def home() -> str:
    halves = offered(today())
    half = forms.half_asked(halves)
    if half not in halves:
        halves = [*halves, half]
    every = room().of_half(half)
    taken = [one for one in every if one.state is Standing.TAKEN]
    return page(
        "home",
        halves=halves,
        half=half,
        taken=taken,
        proposed=[one for one in every if one.state is Standing.PROPOSED],
        dismissed=[one for one in every if one.state is Standing.DISMISSED],
        done_of=share_done(taken),
        reminder=room().reminder(today()),
    )


@face.get("/measures.csv")
def measures_csv() -> Response:
    half = forms.half_asked(offered(today()))
    taken = [one for one in room().of_half(half) if one.state is Standing.TAKEN]
    answer = Response(files.as_csv(taken), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="measures-{half.key}.csv"'
    return answer
