"""The description of the API, made from the very types that check its requests."""

import json
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter

from server.api.calls import CALLS, Call
from server.api.shapes import Problem

SCHEMAS = "#/components/schemas/{model}"
PROBLEMS = {
    "401": "No or a bad token",
    "403": "The role lacks the right",
    "404": "No such thing",
    "409": "Not in this state",
    "413": "Larger than 64 KiB",
    "422": "A field is not right",
}


@cache
def text() -> str:
    """OpenAPI 3.1, as JSON."""
    schemas: dict[str, Any] = {}
    paths: dict[str, dict[str, Any]] = {}
    for one in CALLS:
        paths.setdefault(f"/api/v1{one.path}", {})[one.method.lower()] = _described(one, schemas)
    _schema(Problem, schemas)
    described = {
        "openapi": "3.1.0",
        "info": {
            "title": "Khiu",
            "version": "1",
            "description": "Queue and satisfaction of an office. Ids are strings, times RFC 3339.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }
    return json.dumps(described, ensure_ascii=False)


def _described(one: Call, schemas: dict[str, Any]) -> dict[str, Any]:
    answers: dict[str, Any] = {
        str(one.status): {
            "description": one.summary,
            "content": {"application/json": {"schema": _schema(one.answer, schemas)}},
        }
    }
    if one.may_be_empty:
        answers["204"] = {"description": "Nobody waits"}
    for status, words in PROBLEMS.items():
        answers[status] = {
            "description": words,
            "content": {
                "application/problem+json": {"schema": {"$ref": SCHEMAS.format(model="Problem")}}
            },
        }
    described: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "parameters": _parameters(one, schemas),
        "responses": answers,
        "security": [{"bearer": []}] if one.roles else [],
    }
    if one.body is not None:
        schema = _schema(one.body, schemas, "validation")
        described["requestBody"] = {
            "required": any(field.is_required() for field in one.body.model_fields.values()),
            "content": {"application/json": {"schema": schema}},
        }
    return described


def _parameters(one: Call, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    found = [
        {"name": part[1:-1], "in": "path", "required": True, "schema": {"type": "string"}}
        for part in one.path.split("/")
        if part.startswith("{")
    ]
    if one.method == "POST" and one.roles:
        key = {"type": "string", "maxLength": 64}
        found.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": key})
    if one.query is not None:
        described = one.query.model_json_schema(ref_template=SCHEMAS)
        schemas.update(described.pop("$defs", {}))
        needed = described.get("required", [])
        found += [
            {"name": name, "in": "query", "required": name in needed, "schema": schema}
            for name, schema in described["properties"].items()
        ]
    return found


def _schema(
    shape: Any,
    schemas: dict[str, Any],
    mode: Literal["validation", "serialization"] = "serialization",
) -> dict[str, Any]:
    described = TypeAdapter(shape).json_schema(ref_template=SCHEMAS, mode=mode)
    schemas.update(described.pop("$defs", {}))
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        schemas[shape.__name__] = described
        return {"$ref": SCHEMAS.format(model=shape.__name__)}
    return described
