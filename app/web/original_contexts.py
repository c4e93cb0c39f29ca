"""Hub contexts at the addresses and in the words of LLMApi, for tools that use them.

``access`` decides who may change something here, and ``cors`` that no page of another
origin may.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from ..cluster.hub_clients import HubClients
from ..errors import ApiError
from ..hubs.pushes.hub_contexts import HubContexts
from ..request.bodies import parse_body
from ..settings import Settings
from ..words import Json
from .body import json_response, read_body
from .openapi.operation import Operation, Tag, Variable, content, describes

#: The fields of a form that tell of an error, and the members of ``errorConfig``.
_ERROR_FIELDS = {
    "error": "statusCode",
    "errorMessage": "message",
    "errorDetails": "details",
}

_NAME = Variable("name", {"type": "string", "minLength": 1, "maxLength": 200})
_JSON = "application/json"
_UNKNOWN = {"404": content("There is no hub context of that name", _JSON)}
_REFUSED = {
    "401": content("The management key is missing or wrong", _JSON),
    "403": content("A page of another origin, or another machine without a key", _JSON),
}

LIST = Operation(
    name="listContexts",
    summary="The hub contexts, as LLMApi lists them",
    tag=Tag.HUB,
)
CREATE = Operation(
    name="createContext",
    summary="Make a hub context, as LLMApi does, of JSON or of a form",
    tag=Tag.HUB,
    responses={
        **_REFUSED,
        "400": content("It cannot be used", _JSON),
        "409": content("The name is taken", _JSON),
        "413": content("A body over its limit", _JSON),
        "502": content("No model has made a schema of the description", _JSON),
        "503": content("It cannot be kept where the workers share it", _JSON),
    },
    body={
        "required": True,
        "content": {
            _JSON: {"schema": {"type": "object"}, "example": {"name": "weather"}},
            "application/x-www-form-urlencoded": {"schema": {"type": "object"}},
        },
    },
)
SHOW = Operation(
    name="showContext",
    summary="One hub context, as LLMApi shows it",
    tag=Tag.HUB,
    responses=_UNKNOWN,
    variables=(_NAME,),
)
DELETE = Operation(
    name="deleteContext",
    summary="Delete a hub context, as LLMApi does",
    tag=Tag.HUB,
    responses={**_UNKNOWN, **_REFUSED},
    variables=(_NAME,),
)
START = Operation(
    name="startContext",
    summary="Push data to the clients of a hub context, as LLMApi does",
    tag=Tag.HUB,
    responses={**_UNKNOWN, **_REFUSED},
    variables=(_NAME,),
)
STOP = Operation(
    name="stopContext",
    summary="Push no more data, as LLMApi does",
    tag=Tag.HUB,
    responses={**_UNKNOWN, **_REFUSED},
    variables=(_NAME,),
)


def blueprint(
    contexts: HubContexts, clients: HubClients, settings: Settings
) -> Blueprint:
    """``/contexts`` below the mock endpoints' prefix."""
    original = Blueprint(
        "original_hub_contexts", __name__, url_prefix=settings.addresses.contexts
    )

    @original.errorhandler(ApiError)
    def told(error: ApiError) -> Response:
        response = json_response({"error": error.detail}, error.status)
        response.headers.update(error.headers)
        return response

    @original.get("")
    @describes(LIST)
    def list_contexts() -> Response:
        counts = clients.subscribers()
        found = [each.described(counts[each.name]) for each in contexts.all()]
        return json_response({"contexts": found, "count": len(found)})

    @original.post("")
    @describes(CREATE)
    def create_context() -> Response:
        body = parse_body(read_body(settings), request.headers.get("Content-Type", ""))
        given = _of_form(body.fields) if body.fields else body.value
        made = contexts.create(given)
        return json_response(
            {
                "message": f"Context {made.name!r} registered",
                "context": made.described(0),
            }
        )

    @original.get("/<name>")
    @describes(SHOW)
    def show_context(name: str) -> Response:
        context = contexts.get(name)
        return json_response(context.described(clients.subscribers()[context.name]))

    @original.delete("/<name>")
    @describes(DELETE)
    def delete_context(name: str) -> Response:
        contexts.delete(name)
        return _done(name, "deleted")

    @original.post("/<name>/start")
    @describes(START)
    def start_context(name: str) -> Response:
        contexts.activate(name, True)
        return _done(name, "started")

    @original.post("/<name>/stop")
    @describes(STOP)
    def stop_context(name: str) -> Response:
        contexts.activate(name, False)
        return _done(name, "stopped")

    return original


def _done(name: str, what: str) -> Response:
    return json_response({"message": f"Context {name!r} {what}"})


def _of_form(fields: Mapping[str, Json]) -> Mapping[str, Json]:
    """The declaration that a form's fields stand for; empty ones are left out."""
    given: dict[str, Any] = {name: text for name, text in fields.items() if text}
    error = {
        member: given.pop(name)
        for name, member in _ERROR_FIELDS.items()
        if name in given
    }
    code = error.get("statusCode", "")
    if code.isdecimal():
        error["statusCode"] = int(code)
    return {**given, "errorConfig": error} if error else given
