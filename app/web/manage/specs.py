"""Descriptions: serving, seeing and deleting them while the server runs."""

from __future__ import annotations

from flask import Blueprint, Response

from ...router.book import RouteBook
from ...router.descriptions import Descriptions
from ...router.served import Served
from ...settings import Settings
from ...words import Json
from ..body import json_response, read_upload
from ..openapi.operation import (
    AWAY,
    Operation,
    Tag,
    Variable,
    content,
    describes,
    empty,
    problem,
    unknown,
)

_NAME = Variable("name", {"type": "string", "minLength": 1, "maxLength": 100})
_UNKNOWN = unknown("description")
_BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["name", "document"],
                "properties": {
                    "name": {"type": "string"},
                    "basePath": {"type": "string"},
                    "only": {"type": "array", "items": {"type": "string"}},
                    "validateRequests": {"type": "boolean"},
                    "expiresSeconds": {"type": "integer", "minimum": 1},
                    "document": {
                        "type": ["object", "string"],
                        "description": "the description, or its text in JSON or YAML",
                    },
                },
            },
            "example": {
                "name": "pets",
                "document": {
                    "openapi": "3.1.0",
                    "info": {"title": "Pets", "version": "1"},
                    "paths": {
                        "/pets": {
                            "get": {"responses": {"200": {"description": "Pets"}}}
                        }
                    },
                },
            },
        }
    },
}

LIST_SPECS = Operation(
    name="listSpecs",
    summary="The descriptions that are served",
    tag=Tag.MANAGE,
)
CREATE_SPEC = Operation(
    name="createSpec",
    summary="Serve the operations of a description",
    tag=Tag.MANAGE,
    produces="",
    responses={
        **AWAY,
        "201": content("They are served", "application/json"),
        "400": problem("It cannot be used; pointer says where, and the text why"),
        "409": problem("The name is taken, or there are MaxSpecs or MaxRoutes"),
        "413": problem("The description is longer than MaxSpecBytes"),
    },
    body=_BODY,
)
SHOW_SPEC = Operation(
    name="showSpec",
    summary="One description: what is served of it, and what is not and why",
    tag=Tag.MANAGE,
    responses=_UNKNOWN,
    variables=(_NAME,),
)
DELETE_SPEC = Operation(
    name="deleteSpec",
    summary="Serve a description no longer",
    tag=Tag.MANAGE,
    produces="",
    responses={
        **_UNKNOWN,
        **AWAY,
        "204": empty("It is deleted"),
        "409": problem("It comes from the configuration"),
    },
    variables=(_NAME,),
)


def blueprint(
    descriptions: Descriptions, book: RouteBook, settings: Settings
) -> Blueprint:
    """``/api/manage/specs``."""
    manage = Blueprint("specs", __name__, url_prefix="/api/manage")

    @manage.get("/specs")
    @describes(LIST_SPECS)
    def list_specs() -> Response:
        told = [_summary(served) for served in descriptions.list()]
        return json_response({"specs": told, "total": len(told)})

    @manage.post("/specs")
    @describes(CREATE_SPEC)
    def create_spec() -> Response:
        sent = read_upload(settings, settings.max_spec_bytes)
        served = descriptions.create(sent)
        return json_response(_details(served, book), 201)

    @manage.get("/specs/<name>")
    @describes(SHOW_SPEC)
    def show_spec(name: str) -> Response:
        return json_response(_details(descriptions.get(name), book))

    @manage.delete("/specs/<name>")
    @describes(DELETE_SPEC)
    def delete_spec(name: str) -> Response:
        descriptions.delete(name)
        return Response(status=204)

    return manage


def _summary(served: Served) -> dict[str, Json]:
    spec, description = served.spec, served.description
    about = description.digest.about
    return {
        "name": description.name,
        "source": "configuration" if served.is_configured else "run time",
        "format": about.format,
        "title": about.title,
        "version": about.version,
        "basePath": spec.base_path,
        "only": list(spec.only),
        "validateRequests": spec.validate_requests,
        "expiresSeconds": spec.expires_seconds,
        "served": len(description.routes) - len(served.unmade or ()),
        "unserved": len(description.unserved) + len(served.unmade or ()),
        "triedOut": served.unmade is not None,
    }


def _details(served: Served, book: RouteBook) -> dict[str, Json]:
    description, unmade = served.description, served.unmade or {}
    return {
        **_summary(served),
        "operations": [
            {
                "route": route.name,
                "operationId": named.operation_id,
                "methods": sorted(route.methods),
                "path": route.template.text,
                "tags": list(named.tags),
                "hits": book.hits[route.name],
            }
            for named, route in description.operations()
            if named.pointer not in unmade
        ],
        "unservedOperations": [
            {
                "operation": each.operation,
                "operationId": each.operation_id,
                "pointer": each.pointer,
                "reason": each.reason,
            }
            for each in (*description.unserved, *served.unmade_operations())
        ],
    }
