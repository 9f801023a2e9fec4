"""Services: the list at left, one of them to edit at right."""

from flask import request
from werkzeug.wrappers import Response

from server.domain.refusals import NotFound
from server.domain.shown import Service
from server.manage import forms
from server.manage.face import ID, actor, done, face, page, setup
from server.sheet import comes_back
from server.web import reads


@face.get("/")
def home() -> str:
    return _services()


@face.get("/services")
def services() -> str:
    return _services()


@face.get("/services/new")
def new_service() -> str:
    return _services(new=True)


@face.get(f"/services/<{ID}:service_id>")
def service(service_id: int) -> str:
    return _services(service_id)


def _services(service_id: int | None = None, *, new: bool = False) -> str:
    found = reads().services()
    chosen = _chosen(found, service_id)
    return page(
        "services",
        services=found,
        divisions=reads().divisions(),
        taken={one for takes in setup().counters.working().values() for one in takes},
        chosen=chosen,
        removable=chosen is not None and not setup().services.used(chosen.id),
        new=new,
        icons=forms.ICONS,
    )


def _chosen(found: list[Service], service_id: int | None) -> Service | None:
    chosen = next((one for one in found if one.id == service_id), None)
    if service_id is not None and chosen is None:
        raise NotFound("no_such_service")
    return chosen


@face.post("/services")
@comes_back(new_service)
def add_service() -> Response:
    code, wish = forms.new_service(request.form)
    service_id = setup().services.add(code, wish, actor())
    return done("added", "service", service_id=service_id)


@face.post(f"/services/<{ID}:service_id>")
@comes_back(service)
def change_service(service_id: int) -> Response:
    setup().services.change(service_id, forms.service(request.form), actor())
    return done("saved", "service", service_id=service_id)


@face.post(f"/services/<{ID}:service_id>/switch")
def switch_service(service_id: int) -> Response:
    setup().services.switch(service_id, actor(), active=forms.switched_on(request.form))
    return done("saved", "services")


@face.post(f"/services/<{ID}:service_id>/remove")
def remove_service(service_id: int) -> Response:
    setup().services.remove(service_id, actor())
    return done("removed", "services")
