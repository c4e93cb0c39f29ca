"""``/openapi.json``: the whole description."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import orjson
from flask import Blueprint, Flask, Response, current_app

from ...addresses import Addresses
from ...events.payload_schemas import PAYLOADS
from ...settings import Settings
from ...version import __version__
from ...words import Json
from .operation import Operation, Tag, describes
from .routes import paths_of
from .tries import try_event

_TEXT: Mapping[str, Json] = {"type": "string"}

_PROBLEM: Mapping[str, Json] = {
    "description": "RFC 9457; parameter, value and allowed where an option is at "
    "fault; pointer, keyword and limit where a schema is",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "parameter": _TEXT,
        "value": {},
        "allowed": {},
        "pointer": _TEXT,
        "keyword": _TEXT,
        "limit": {"type": "integer"},
        "ended": {"type": "object"},
        "now": _TEXT,
        "events": {"type": "integer"},
        "clocks": {"type": "array"},
    },
}


def blueprint(settings: Settings) -> Blueprint:
    """``/openapi.json``."""
    openapi = Blueprint("openapi", __name__)

    @cache  # routes declare nothing more once requests come
    def text() -> bytes:
        return orjson.dumps(describe(current_app, settings))

    @openapi.get("/openapi.json")
    @describes(Operation(name="openapi", summary="This description", tag=Tag.HEALTH))
    def openapi_json() -> Response:
        return Response(text(), content_type="application/json")

    return openapi


def describe(app: Flask, settings: Settings) -> dict[str, Json]:
    """The description of an application that serves with ``settings``."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "LLMock API",
            "version": __version__,
            "summary": "Mock endpoints that stream believable data.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "tags": [
            {"name": name, "description": text}
            for name, text in (tag.value for tag in Tag)
        ],
        "paths": paths_of(app, _security(settings)),
        "components": {
            "schemas": {**_events(settings.addresses), "Problem": _PROBLEM},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "apiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
            },
        },
    }


def _security(settings: Settings) -> dict[Tag, list[Json]]:
    keyed: list[Json] = [{"bearer": []}, {"apiKey": []}]
    return {
        Tag.MOCK: keyed if settings.api_keys else [],
        Tag.MANAGE: keyed if settings.management_api_key else [],
    }


def _events(addresses: Addresses) -> dict[str, Json]:
    return {
        name: {
            **schema,
            "description": f"{schema['description']}. {try_event(name, addresses)}",
        }
        for name, schema in PAYLOADS.items()
    }
