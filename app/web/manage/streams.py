"""The open streams of all workers: listing, showing and stopping them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request

from ...cluster.directory import Directory, Place, Query
from ...errors import BadRequest
from ...request.inputs import Given, Inputs, parse_query
from ...request.options import Option, query
from ...request.parsers import Limits, integer
from ...request.selection import FEED, PREFIX, ROUTE, Selection, refuse_unknown
from ..body import json_response
from ..openapi.operation import (
    BAD_PARAMETER,
    UNANSWERED,
    Operation,
    Tag,
    Variable,
    describes,
    empty,
    problem,
)
from ..openapi.parameters import parameters_of

#: Streams of a page by default, and at most.
USUAL_LIMIT = 100
MAX_LIMIT = 1000

_CURSOR = re.compile(r"([0-9]{1,16})-([0-9a-f]{1,64})")


def _parse_path(given: Given, limits: Limits) -> str:
    return str(given.value).strip("/")


def _parse_cursor(given: Given, limits: Limits) -> Place:
    found = _CURSOR.fullmatch(str(given.value))
    if found is None:
        raise given.refuse("the 'next' of an earlier page")
    return Place(int(found[1]), found[2])


PATH = Option(
    "path",
    query("path"),
    _parse_path,
    "only streams of this path and below it, in whole segments; `/` is every path",
    {"type": "string"},
)
LIMIT = Option(
    "limit",
    query("limit"),
    integer(1, MAX_LIMIT),
    "the most streams of a page",
    {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": USUAL_LIMIT},
)
CURSOR = Option(
    "cursor",
    query("cursor"),
    _parse_cursor,
    "where the page begins: the `next` of the page before",
    {"type": "string"},
)

#: The options of the list.
LISTING: tuple[Option[Any], ...] = (PREFIX, ROUTE, FEED, PATH, LIMIT, CURSOR)

_ID = Variable("id", {"type": "string", "pattern": "^[0-9a-f]{16}$"})
_UNKNOWN = {**UNANSWERED, "404": problem("No open stream has this id")}
_EVERY_OF_PATH = replace(PATH, schema={**PATH.schema, "minLength": 1})

LIST_STREAMS = Operation(
    name="listStreams",
    summary="The open streams of all workers, newest first",
    tag=Tag.MANAGE,
    responses=BAD_PARAMETER,
    parameters=parameters_of(*LISTING),
)
STOP_STREAMS = Operation(
    name="stopStreams",
    summary="Stop every stream of a path: each gets its END event",
    tag=Tag.MANAGE,
    responses=BAD_PARAMETER,
    parameters=parameters_of(_EVERY_OF_PATH, required=True),
)
SHOW_STREAM = Operation(
    name="showStream",
    summary="One open stream",
    tag=Tag.MANAGE,
    responses=_UNKNOWN,
    variables=(_ID,),
)
STOP_STREAM = Operation(
    name="stopStream",
    summary="Stop one stream: it gets its END event",
    tag=Tag.MANAGE,
    produces="",
    responses={"204": empty("It was told to stop"), **_UNKNOWN},
    variables=(_ID,),
)


def blueprint(directory: Directory, limits: Limits) -> Blueprint:
    """``/api/manage/streams``."""
    manage = Blueprint("manage", __name__, url_prefix="/api/manage")

    @manage.get("/streams")
    @describes(LIST_STREAMS)
    def list_streams() -> Response:
        inputs = _inputs()
        refuse_unknown(inputs, [option.name for option in LISTING])
        wanted = Query(
            limit=LIMIT.read(inputs, limits) or USUAL_LIMIT,
            path=PATH.read(inputs, limits) or "",
            selection=Selection(
                prefix=PREFIX.read(inputs, limits) or "",
                route=ROUTE.read(inputs, limits) or "",
                feed=FEED.read(inputs, limits) or "",
            ),
            after=CURSOR.read(inputs, limits),
        )
        found = directory.find(wanted)
        more = found.left > len(found.entries) > 0
        return json_response(
            {
                "streams": [entry.description for entry in found.entries],
                "total": found.total,
                "next": _cursor(found.entries[-1].place) if more else None,
                "complete": found.complete,
            }
        )

    @manage.delete("/streams")
    @describes(STOP_STREAMS)
    def stop_streams() -> Response:
        inputs = _inputs()
        path = PATH.read(inputs, limits)
        if path is None:
            raise BadRequest(
                "The query parameter 'path' says which streams to stop.",
                parameter="path",
                value=None,
                allowed="a path such as stocks/AAPL, or / for every path",
            )
        refuse_unknown(inputs, ["path"])
        stopped = directory.stop_all(path)
        return json_response({"stopped": stopped.count, "complete": stopped.complete})

    @manage.get("/streams/<stream_id>")
    @describes(SHOW_STREAM)
    def show_stream(stream_id: str) -> Response:
        return json_response(directory.get(stream_id))

    @manage.delete("/streams/<stream_id>")
    @describes(STOP_STREAM)
    def stop_stream(stream_id: str) -> Response:
        directory.stop(stream_id)
        return Response(status=204)

    return manage


def _inputs() -> Inputs:
    return Inputs(query=parse_query(request.query_string), headers={})


def _cursor(place: Place) -> str:
    return f"{place.started_ms}-{place.stream_id}"
