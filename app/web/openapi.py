"""The API's description, OpenAPI 3.1, made from the tables that the code obeys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import orjson
from flask import Blueprint, Response

from ..request.inputs import Place, Where
from ..request.options import ERROR_TEXTS, MAX_CONTEXT_LENGTH, OPTIONS, Limits, Option
from ..settings import Settings
from ..version import __version__
from ..words import Json, Mode
from .cors import METHODS
from .docs import PAGES
from .errors import PROBLEM_TYPE
from .manage import contexts
from .manage.streams import CURSOR, LIMIT, PATH

_TEXT: Mapping[str, Json] = {"type": "string"}
_PLACE_NAMES = {Place.QUERY: "query", Place.HEADER: "header"}


def blueprint(settings: Settings, limits: Limits) -> Blueprint:
    """``/openapi.json``."""
    openapi = Blueprint("openapi", __name__)
    text = orjson.dumps(describe(settings, limits))

    @openapi.get("/openapi.json")
    def description() -> Response:
        return Response(text, content_type="application/json")

    return openapi


def describe(settings: Settings, limits: Limits) -> dict[str, Json]:
    """The description of a server with these settings."""
    keyed: list[Json] = [{"bearer": []}, {"apiKey": []}]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "LLMock API",
            "version": __version__,
            "summary": "Mock endpoints that stream believable data.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "tags": [
            {"name": "mock", "description": "Data, once or as a live feed"},
            {"name": "manage", "description": "What goes on in the server"},
            {"name": "health", "description": "For whatever watches the process"},
        ],
        "paths": {
            "/api/mock/stream/{path}": _mock(
                limits,
                "Stream events",
                {"text/event-stream": {"schema": _TEXT, "example": _EXAMPLE}},
                keyed if settings.api_keys else [],
            ),
            "/api/mock/{path}": _mock(
                limits,
                "Answer once",
                {"application/json": {"schema": {}}},
                keyed if settings.api_keys else [],
            ),
            **_watching(keyed if settings.management_api_key else []),
        },
        "components": {
            "schemas": {**_linked(_events()), "Problem": _PROBLEM},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "apiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
            },
        },
    }


# -- links into the console ---------------------------------------------------

_FEED = "continuous=true&interval=1000&sseMode=CompleteObjects"

#: A request that shows each option at work.
_OPTION_REQUESTS: Mapping[str, str] = {
    "continuous": f"stocks?{_FEED}",
    "interval": "sensors?continuous=true&interval=250&sseMode=CompleteObjects",
    "maxDuration": "stocks?continuous=true&maxDuration=5&sseMode=CompleteObjects",
    "sseMode": "chat?continuous=true&interval=5000&sseMode=LlmTokens",
    "shape": f'stocks?{_FEED}&shape={{"ticker":"AAPL","price":150.0}}',
    "context": f"users/42?{_FEED}&contextName=session-123",
    "backend": f"stocks?{_FEED}",
    "error": "stocks?error=503&errorMessage=Closed",
    "includeSchema": 'users?includeSchema=true&shape={"name":"Ada"}',
    "count": 'logs?sseMode=ArrayItems&count=5&shape=[{"level":"info"}]',
    "seed": "users?sseMode=CompleteObjects&seed=7",
    "maxEvents": f"stocks?{_FEED}&maxEvents=5",
    "jitter": f"sensors?{_FEED}&jitter=800",
    "delay": "users?sseMode=CompleteObjects&delay=1500",
    "vary": f'settings?{_FEED}&vary=all&shape={{"name":"Ada","limit":5}}',
    "locale": "users?sseMode=CompleteObjects&locale=ja",
    "autoshape": "users/42?sseMode=CompleteObjects&autoshape=false",
    "renewshape": "users/42?sseMode=CompleteObjects&renewshape=true",
}

#: A request that receives each event.
_EVENT_REQUESTS: Mapping[str, str] = {
    "Info": f"stocks?{_FEED}",
    "Error": f"stocks?{_FEED}",
    "End": f"stocks?{_FEED}&maxDuration=3",
    "SimulatedError": "stocks?error=404",
    "Object": "users?sseMode=CompleteObjects",
    "BatchObject": f"stocks?{_FEED}",
    "Item": 'orders?sseMode=ArrayItems&shape=[{"orderId":1,"total":9.5}]',
    "BatchItem": "sensors?continuous=true&interval=3000&sseMode=ArrayItems"
    '&shape={"sensors":[{"id":"s1","temp":72}]}',
    "NoElements": "orders?sseMode=ArrayItems&shape=[]",
    "Token": "chat?sseMode=LlmTokens",
    "Content": "chat?sseMode=LlmTokens",
    "BatchToken": "chat?continuous=true&interval=5000&sseMode=LlmTokens",
    "BatchContent": "chat?continuous=true&interval=5000&sseMode=LlmTokens",
}


def _link(request: str) -> str:
    """A link, in Markdown, that starts ``request`` in the browser console."""
    return f"[Try it](/#stream={quote(f'/api/mock/stream/{request}', safe='')})"


# -- the mock endpoints -------------------------------------------------------

_EXAMPLE = (
    "id: 3f6c0d7be2a94c15-0\nretry: 2000\n"
    'data: {"data":{"price":150.12},"index":0,"total":1,"done":true}\n\n'
)


def _mock(
    limits: Limits, summary: str, content: dict[str, Json], security: list[Json]
) -> dict[str, Json]:
    refusals = {
        "400": "An option that is not accepted, and what would be",
        "401": "No key, or a wrong one",
        "413": "A body or shape over its limit",
        "502": "The LLM failed before the first event",
        "503": "A limit is reached, no LLM is to be had, or the server ends",
        "504": "The LLM took too long for the first event",
    }
    responses = {
        "200": {"description": "Data that fits the shape", "content": content},
        # Any of them may also have been asked for.
        **{status: _problem(text, content) for status, text in refusals.items()},
        "default": _problem("The error that was asked for, or no such path", content),
    }
    if "text/event-stream" in content:
        responses["204"] = {"description": "The stream of this Last-Event-ID is over"}
    operation = {
        "tags": ["mock"],
        "summary": summary,
        "security": security,
        "parameters": _parameters(limits),
        "responses": responses,
    }
    kind = "stream" if "text/event-stream" in content else "answer"
    paths: dict[str, Json] = {
        "parameters": [
            {
                "name": "path",
                "in": "path",
                "required": True,
                "description": "What the data is about; any number of segments",
                "schema": {"type": "string", "minLength": 1},
                "example": "stocks/AAPL",
            }
        ]
    }
    for method in METHODS:
        paths[method.lower()] = {**operation, "operationId": f"{kind}{method.title()}"}
        if method in ("POST", "PUT", "PATCH"):
            paths[method.lower()]["requestBody"] = _BODY
    return paths


_BODY: Mapping[str, Json] = {
    "description": "Options; other members give equal-named fields their values",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {
                    where.name: option.schema if option.name != "error" else {}
                    for option in OPTIONS
                    for where in option.places
                    if where.place is Place.BODY
                },
            }
        }
    },
}


def _parameters(limits: Limits) -> list[Json]:
    found = [
        _parameter(
            where,
            f"{option.summary}. {_link(_OPTION_REQUESTS[option.name])}",
            _limited(option.name, option.schema, limits),
        )
        for option in OPTIONS
        for where in option.places
        if where.place in _PLACE_NAMES
    ]
    found += [
        _parameter(where, f"{what} of the simulated error", _TEXT)
        for texts in ERROR_TEXTS.values()
        for where, what in zip(texts, ("message", "details"), strict=True)
    ]
    last_id = Where(Place.HEADER, "Last-Event-ID")
    return [*found, _parameter(last_id, "the id of the last event received", _TEXT)]


def _parameter(where: Where, summary: str, schema: Mapping[str, Json]) -> Json:
    return {
        "name": where.name,
        "in": _PLACE_NAMES[where.place],
        "description": summary[0].upper() + summary[1:],
        "schema": schema,
    }


def _limited(name: str, schema: Mapping[str, Json], limits: Limits) -> Json:
    if name == "count":
        return {**schema, "maximum": limits.max_items}
    if name == "backend":
        return {**schema, "enum": list(limits.backends)}
    if name == "shape":
        return {"type": "string", "contentMediaType": "application/json"}
    return schema


def _problem(description: str, or_else: Mapping[str, Json] | None = None) -> Json:
    """A problem document, or one of the content types ``or_else``."""
    schema = {"$ref": "#/components/schemas/Problem"}
    content = {PROBLEM_TYPE: {"schema": schema}, **(or_else or {})}
    return {"description": description, "content": content}


_PROBLEM: Mapping[str, Json] = {
    "description": "RFC 9457; parameter, value and allowed where an option is at fault",
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
    },
}


# -- the events ---------------------------------------------------------------


def _object(description: str, **members: Json) -> Json:
    """An object whose members are all required, but for those in ``_OPTIONAL``."""
    return {
        "description": description,
        "type": "object",
        "required": [name for name in members if name not in _OPTIONAL],
        "properties": members,
    }


#: Members that an empty array, or an option that was not given, leaves out.
_OPTIONAL = frozenset({"arrayName", "schema", "details"})


def _events() -> dict[str, Json]:
    """The ``data`` of every kind of event, by name."""
    count, flag = {"type": "integer", "minimum": 0}, {"type": "boolean"}
    stamp = {"type": "string", "format": "date-time"}
    mode = {"type": "string", "enum": [mode.value for mode in Mode]}
    over, going_on = {"const": True}, {"const": False}
    token: dict[str, Json] = {"chunk": _TEXT, "accumulated": _TEXT, "done": going_on}
    return {
        "Info": _object(
            "Continuous: at once, before anything is generated",
            type={"const": "info"},
            message=_TEXT,
            mode=mode,
            intervalMs=count,
            maxDurationSeconds=count,
        ),
        "Error": _object(
            "A batch failed after eventCount whole ones",
            type={"const": "error"},
            message=_TEXT,
            eventCount=count,
        ),
        "End": _object(
            "Continuous: the last event",
            type={"const": "end"},
            message=_TEXT,
            eventCount=count,
            reason={"enum": ["max_duration", "stopped", "shutdown", "errors"]},
            done=over,
        ),
        "SimulatedError": _object(
            "The error that was asked for",
            error=_object("", code=count, message=_TEXT, details={}),
        ),
        "Object": _object(
            "CompleteObjects, regular: one element",
            data={},
            index=count,
            total=count,
            done=flag,
        ),
        "BatchObject": _object(
            "CompleteObjects, continuous: one batch",
            data={},
            index=count,
            timestamp=stamp,
            done=going_on,
        ),
        "Item": _object(
            "ArrayItems, regular: one element",
            item={},
            index=count,
            total=count,
            arrayName=_TEXT,
            hasMore=flag,
            done=flag,
        ),
        "BatchItem": _object(
            "ArrayItems, continuous: one element of a batch",
            item={},
            index=count,
            total=count,
            arrayName=_TEXT,
            batchNumber=count,
            timestamp=stamp,
            hasMore=flag,
            done=going_on,
        ),
        "NoElements": {
            "description": "ArrayItems and CompleteObjects: the array is empty",
            "type": "object",
            "required": ["total", "done"],
            "properties": {
                "total": {"const": 0},
                "arrayName": _TEXT,
                "batchNumber": count,
                "timestamp": stamp,
                "hasMore": going_on,
                "done": flag,
            },
        },
        "Token": _object("LlmTokens, regular: one token", **token),
        "Content": _object(
            "LlmTokens, regular: the end",
            content=_TEXT,
            schema={},
            done=over,
        ),
        "BatchToken": _object(
            "LlmTokens, continuous: one token", **token, batchNumber=count
        ),
        "BatchContent": _object(
            "LlmTokens, continuous: the end of a batch",
            content=_TEXT,
            batchNumber=count,
            timestamp=stamp,
            done=going_on,
        ),
    }


def _linked(events: dict[str, Json]) -> dict[str, Json]:
    return {
        name: {
            **schema,
            "description": f"{schema['description']}. {_link(_EVENT_REQUESTS[name])}",
        }
        for name, schema in events.items()
    }


# -- everything else ----------------------------------------------------------

_ID: Mapping[str, Json] = {
    "name": "id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
}


def _get(tag: str, name: str, summary: str, content_type: str, **more: Json) -> Json:
    responses = {
        "200": {"description": summary, "content": {content_type: {"schema": {}}}},
        **more.pop("responses", {}),
    }
    return {
        "tags": [tag],
        "operationId": name,
        "summary": summary,
        **more,
        "responses": responses,
    }


def _parameters_of(*options: Option[Any]) -> list[Json]:
    return [
        _parameter(where, option.summary, option.schema)
        for option in options
        for where in option.places
    ]


def _watching(security: list[Json]) -> dict[str, Json]:
    json = "application/json"
    refused = {
        "401": _problem("No key, or a wrong one"),
        "403": _problem("Not a direct client on the server's own machine"),
    }
    bad = {"400": _problem("A parameter is not one that is accepted")}
    unknown = {
        "404": _problem("No open stream has this id"),
        "503": _problem("Not found, but not every worker answered"),
    }
    draining = {"503": {"description": "Draining"}}
    return {
        "/api/manage/streams": {
            "get": _get(
                "manage",
                "listStreams",
                "The open streams of all workers, newest first",
                json,
                security=security,
                parameters=_parameters_of(PATH, LIMIT, CURSOR),
                responses={**refused, **bad},
            ),
            "delete": _get(
                "manage",
                "stopStreams",
                "Stop every stream of a path: each gets its END event",
                json,
                security=security,
                parameters=[
                    {
                        **_parameters_of(PATH)[0],
                        "required": True,
                        "schema": {**PATH.schema, "minLength": 1},
                    }
                ],
                responses={**refused, **bad},
            ),
        },
        "/api/manage/streams/{id}": {
            "parameters": [_ID],
            "get": _get(
                "manage",
                "showStream",
                "One open stream",
                json,
                security=security,
                responses={**refused, **unknown},
            ),
            "delete": {
                "tags": ["manage"],
                "operationId": "stopStream",
                "summary": "Stop one stream: it gets its END event",
                "security": security,
                "responses": {
                    "204": {"description": "It is told"},
                    **refused,
                    **unknown,
                },
            },
        },
        **_remembering(security, {**refused, **bad}),
        "/api/manage/backends": {
            "get": _get(
                "manage",
                "listBackends",
                "The configured backends, their health and counters",
                json,
                security=security,
                responses=refused,
            )
        },
        "/api/manage/events": {
            "get": _get(
                "manage",
                "watch",
                "Streams, contexts and backends, whenever something has changed",
                "text/event-stream",
                security=security,
                responses=refused,
            )
        },
        "/metrics": {
            "get": _get(
                "manage",
                "metrics",
                "Prometheus text",
                "text/plain",
                security=security,
                responses=refused,
            )
        },
        "/healthz": {"get": _get("health", "healthz", "Alive", "text/plain")},
        "/readyz": {
            "get": _get(
                "health",
                "readyz",
                "Ready for new streams",
                "text/plain",
                responses=draining,
            )
        },
        "/docs": {"get": _get("health", "docs", "This reference", "text/html")},
        "/docs/{page}": {
            "parameters": [_PAGE],
            "get": _get("health", "page", "A page of documentation", "text/html"),
        },
        "/openapi.json": {
            "get": _get("health", "openapi", "This description", "application/json")
        },
    }


_PAGE: Mapping[str, Json] = {
    "name": "page",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "enum": list(PAGES)},
}

_NAME: Mapping[str, Json] = {
    "name": "name",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_CONTEXT_LENGTH},
}


def _remembering(security: list[Json], refused: dict[str, Json]) -> dict[str, Json]:
    json = "application/json"
    away = {"503": _problem("The shared memory cannot be reached")}
    unknown = {"404": _problem("There is no context of that name")}

    def about(name: str, summary: str, **more: Json) -> Json:
        responses = {**more.pop("responses", {}), **refused, **away}
        more = {"security": security, **more, "responses": responses}
        return _get("manage", name, summary, json, **more)

    forgotten = about("forgetContext", "Forget one context", responses=unknown)
    forgotten["responses"]["204"] = {"description": "It is forgotten"}
    del forgotten["responses"]["200"]
    fields: Json = {
        "type": "object",
        "minProperties": 1,
        "example": {"user": {"id": 42, "name": "Ada"}},
    }
    return {
        "/api/manage/contexts": {
            "get": about(
                "listContexts",
                "What sessions are remembered, the last used first",
                parameters=_parameters_of(contexts.LIMIT, contexts.OFFSET),
            ),
            "delete": about("forgetContexts", "Forget all contexts"),
        },
        "/api/manage/contexts/{name}": {
            "parameters": [_NAME],
            "get": about(
                "showContext", "All that is known in one context", responses=unknown
            ),
            "post": about(
                "presetContext",
                "Set fields beforehand, in a new context or an old one",
                requestBody={"required": True, "content": {json: {"schema": fields}}},
                responses={
                    "413": _problem("A body over its limit"),
                    "404": _problem("No context can have this name"),
                    "415": _problem("Not application/json"),
                },
            ),
            "delete": forgotten,
        },
    }
