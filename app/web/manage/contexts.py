"""Contexts: listing and showing them, setting fields beforehand, forgetting."""

from __future__ import annotations

from flask import Blueprint, Response, request

from ...contexts.context import Context
from ...contexts.sessions import Contexts, digest_of
from ...errors import BadRequest
from ...events.payloads import timestamp
from ...request.bodies import parse_json
from ...request.inputs import Inputs, parse_query, short
from ...request.options import Option, query
from ...request.parsers import MAX_CONTEXT_LENGTH, Limits, integer, is_context_name
from ...schema.validation import nesting
from ...settings import Settings
from ...words import Json
from ..body import json_response, read_body
from ..openapi.operation import (
    AWAY,
    BAD_PARAMETER,
    Operation,
    Tag,
    Variable,
    describes,
    empty,
    problem,
    unknown,
)
from ..openapi.parameters import parameters_of

#: Contexts of a page by default, and at most.
USUAL_LIMIT = 50
MAX_LIMIT = 200

#: Most members, at all depths, that can be set at once.
_MAX_MEMBERS = 300

LIMIT = Option(
    "limit",
    query("limit"),
    integer(1, MAX_LIMIT),
    "the most contexts of a page",
    {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": USUAL_LIMIT},
)
OFFSET = Option(
    "offset",
    query("offset"),
    integer(0, 1_000_000),
    "the number of contexts to skip, beginning with the last used",
    {"type": "integer", "minimum": 0, "maximum": 1_000_000, "default": 0},
)

_NAME = Variable(
    "name", {"type": "string", "minLength": 1, "maxLength": MAX_CONTEXT_LENGTH}
)
_REFUSED = {**BAD_PARAMETER, **AWAY}
_UNKNOWN = {**_REFUSED, **unknown("context")}

LIST_CONTEXTS = Operation(
    name="listContexts",
    summary="The contexts, the last used first",
    tag=Tag.MANAGE,
    responses=_REFUSED,
    parameters=parameters_of(LIMIT, OFFSET),
)
FORGET_CONTEXTS = Operation(
    name="forgetContexts",
    summary="Forget all contexts",
    tag=Tag.MANAGE,
    responses=_REFUSED,
)
SHOW_CONTEXT = Operation(
    name="showContext",
    summary="All that one context holds",
    tag=Tag.MANAGE,
    responses=_UNKNOWN,
    variables=(_NAME,),
)
PRESET_CONTEXT = Operation(
    name="presetContext",
    summary="Set fields beforehand, in a new context or an existing one",
    tag=Tag.MANAGE,
    responses={**_REFUSED, "404": problem("No context can have this name")},
    variables=(_NAME,),
    body={
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "minProperties": 1,
                    "example": {"user": {"id": 42, "name": "Ada"}},
                }
            }
        },
    },
)
FORGET_CONTEXT = Operation(
    name="forgetContext",
    summary="Forget one context",
    tag=Tag.MANAGE,
    produces="",
    responses={**_UNKNOWN, "204": empty("It is forgotten")},
    variables=(_NAME,),
)


def blueprint(contexts: Contexts, settings: Settings, limits: Limits) -> Blueprint:
    """``/api/manage/contexts``."""
    manage = Blueprint("contexts", __name__, url_prefix="/api/manage")

    @manage.get("/contexts")
    @describes(LIST_CONTEXTS)
    def list_contexts() -> Response:
        inputs = Inputs(query=parse_query(request.query_string), headers={})
        limit = LIMIT.read(inputs, limits) or USUAL_LIMIT
        page = contexts.page(OFFSET.read(inputs, limits) or 0, limit)
        summaries = [summary(name, context) for name, context in page.entries]
        return json_response({"contexts": summaries, "total": page.total})

    @manage.delete("/contexts")
    @describes(FORGET_CONTEXTS)
    def forget_contexts() -> Response:
        return json_response({"forgotten": contexts.clear()})

    @manage.get("/contexts/<path:name>")
    @describes(SHOW_CONTEXT)
    def show_context(name: str) -> Response:
        name = contexts.name_at(name)
        return json_response(describe(name, contexts.find(name)))

    @manage.post("/contexts/<path:name>")
    @describes(PRESET_CONTEXT)
    def preset_context(name: str) -> Response:
        if not is_context_name(name):
            raise BadRequest(
                f"The name of the context is {short(name)}.",
                parameter="name",
                value=short(name),
                allowed=f"1 to {MAX_CONTEXT_LENGTH} printable characters",
            )
        fields = _fields(parse_json(read_body(settings)), limits)
        name = contexts.name_at(name)
        return json_response(describe(name, contexts.preset(name, fields)))

    @manage.delete("/contexts/<path:name>")
    @describes(FORGET_CONTEXT)
    def forget_context(name: str) -> Response:
        contexts.delete(contexts.name_at(name))
        return Response(status=204)

    return manage


def _fields(body: Json, limits: Limits) -> dict[str, Json]:
    """The body's fields. Raises ``BadRequest`` if they cannot all be kept."""
    depth = nesting(body)
    if isinstance(body, dict) and depth <= limits.max_shape_depth:
        if 0 < _members(body) <= _MAX_MEMBERS:
            return body
    raise BadRequest(
        "The body holds the fields to set.",
        parameter="body",
        value=short(body) if depth <= limits.max_shape_depth else "...",
        allowed=f"a JSON object of 1 to {_MAX_MEMBERS} members at all depths",
    )


def _members(value: Json) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(_members, value.values()))
    return sum(map(_members, value)) if isinstance(value, list) else 0


def summary(name: str, context: Context) -> dict[str, Json]:
    """A context as a list shows it; times are ISO 8601 in UTC."""
    return {
        "name": name,
        "digest": digest_of(name),
        "createdAt": timestamp(context.created_ms).decode(),
        "lastUsedAt": timestamp(context.used_ms).decode(),
        "calls": context.calls,
    }


def describe(name: str, context: Context) -> dict[str, Json]:
    """All that a context holds; the newest comes first in each part."""
    return {
        **summary(name, context),
        "recent": [
            {
                "method": call.method,
                "path": call.path,
                "at": timestamp(call.at_ms).decode(),
                "value": call.text,
            }
            for call in reversed(context.recent)
        ],
        "paths": [
            {
                "path": path,
                "calls": context.paths[path].times,
                "lastAt": timestamp(context.paths[path].last_ms).decode(),
            }
            for path in reversed([*context.paths])
        ],
        "entities": dict(reversed([*context.entities.items()])),
        "current": dict(reversed([*context.current.items()])),
        "shared": dict(reversed([*context.shared.items()])),
        "fields": dict(reversed([*context.fields.items()])),
        "lengths": dict(reversed([*context.lengths.items()])),
    }
