"""Virtual clocks: advancing them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from difflib import get_close_matches
from typing import NamedTuple

import orjson
from flask import Blueprint, Response, request

from ...cluster.virtual_time import ClockName, Clocks, Stand
from ...errors import BadRequest, ClockTimeout, Conflict, NotFound
from ...events.event import FOREVER
from ...events.payloads import timestamp
from ...ports import Clock
from ...request.bodies import parse_json
from ...request.inputs import Inputs, parse_query, short
from ...request.options import Option, query
from ...request.parsers import Limits, parse_text
from ...request.selection import SELECTING, Selection, read_selection
from ...router.book import RouteBook
from ...schema.pointers import pointer
from ...settings import Settings
from ...settings.place import shown
from ...streams.virtual.virtual_clock import EPOCH_MS
from ...words import Json
from ..body import read_body
from ..openapi.operation import AWAY, Operation, Tag, describes, problem
from ..openapi.parameters import parameters_of
from .steering import TIMEOUT, USUAL_TIMEOUT_MS

#: Longest advance of one call, in milliseconds.
MAX_ADVANCE_MS = 31_536_000_000
#: Most routes that are named where none is chosen.
_MAX_NAMED = 10
#: The years that a clock can be set to.
_YEARS = range(1970, 3000)

STREAM = Option(
    "stream",
    query("stream"),
    parse_text,
    "the own clock of the stream of this id",
    {"type": "string"},
)

ADVANCE_CLOCK = Operation(
    name="advanceClock",
    summary="Advance virtual clocks; answers once everything that fell due is sent",
    tag=Tag.MANAGE,
    responses={
        **AWAY,
        "400": problem("A parameter or the body is not one that is accepted"),
        "404": problem("There is no such virtual clock"),
        "409": problem("The clock is a real one, or cannot be set back"),
        "504": problem("Not all was sent in time; now says how far it came"),
    },
    parameters=parameters_of(*SELECTING, STREAM, TIMEOUT),
    body={
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "ms": {
                            "type": "integer",
                            "minimum": 0,
                            "maximum": MAX_ADVANCE_MS,
                        },
                        "toNext": {"const": True},
                        "set": {"type": "string", "format": "date-time"},
                    },
                    "minProperties": 1,
                    "maxProperties": 1,
                    "additionalProperties": False,
                },
                "example": {"ms": 60_000},
            }
        },
    },
)


class Move(NamedTuple):
    """How a clock is moved: by seconds, to the next due moment, or to a moment."""

    by: float = 0.0
    to_next: bool = False
    to: float | None = None


def blueprint(
    clocks: Clocks, book: RouteBook, settings: Settings, limits: Limits, real: Clock
) -> Blueprint:
    """``/api/manage/clock/advance``."""
    manage = Blueprint("clock", __name__, url_prefix="/api/manage/clock")

    @manage.post("/advance")
    @describes(ADVANCE_CLOCK)
    def advance() -> Response:
        inputs = Inputs(query=parse_query(request.query_string), headers={})
        given = TIMEOUT.read(inputs, limits)
        until = real.monotonic() + (USUAL_TIMEOUT_MS if given is None else given) / 1000
        move = _move(parse_json(read_body(settings)))
        moved: list[tuple[ClockName, Stand]] = []
        for name in _chosen(inputs):
            seconds = max(until - real.monotonic(), 0.0)
            moved.append((name, moved_clock(name, move, seconds)))
        described = [
            {
                "route": name.route or None,
                "stream": name.stream_id or None,
                "now": _text(stand.now),
                "events": stand.events,
            }
            for name, stand in moved
        ]
        answer: dict[str, Json] = {
            "now": described[-1]["now"],
            "events": sum(stand.events for _, stand in moved),
            "clocks": described,
        }
        if not all(stand.settled for _, stand in moved):
            raise ClockTimeout(answer)
        headers = {"Cache-Control": "no-store"}
        return Response(
            orjson.dumps(answer), headers=headers, content_type="application/json"
        )

    def moved_clock(name: ClockName, move: Move, seconds: float) -> Stand:
        stand = clocks.stand(name, seconds)
        moment = stand.now + move.by
        if move.to_next:
            moment = stand.now if stand.due == FOREVER else stand.due
        elif move.to is not None:
            if not stand.streams:
                clocks.set(name, move.to)
                return Stand(move.to)
            if move.to < stand.now:
                raise Conflict("A clock that has streams cannot be set back.")
            moment = move.to
        return clocks.advance(name, moment, seconds) if stand.settled else stand

    def _chosen(inputs: Inputs) -> list[ClockName]:
        selection = read_selection(inputs, limits, also=("stream", "timeoutMs"))
        stream = STREAM.read(inputs, limits)
        if stream is not None:
            return [ClockName("", stream)]
        if selection.is_everything:
            raise BadRequest(
                "A query parameter says which clocks to advance.",
                parameter="route",
                value=None,
                allowed="route=NAME, stream=ID, or prefix=/v1; prefix=/ is every one",
            )
        names = [*_of_routes(selection), *clocks.names(selection)]
        if not names:
            raise _nothing_chosen(selection)
        return names

    def _nothing_chosen(selection: Selection) -> NotFound | Conflict:
        """Why a selection has no virtual clock."""
        routes = book.routes()
        real = [
            route.name
            for route in routes
            if selection.matches(route.template.text, route.name)
        ]
        if real:
            return Conflict(
                f"No virtual clock is chosen: the route {real[0]} runs by the real one"
                " (a route has its own with Clock: virtual)."
            )
        names = [route.name for route in routes if route.virtual]
        there = ", ".join(names[:_MAX_NAMED]) or "none"
        near = get_close_matches(selection.route, names, 1)
        meant = f"; did you mean {near[0]}?" if near else "."
        what = f"route {short(selection.route)}" if selection.route else "such route"
        return NotFound(
            f"No virtual clock is chosen: there is no {what};"
            f" routes with a virtual clock: {there}{meant}"
        )

    def _of_routes(selection: Selection) -> list[ClockName]:
        return [
            ClockName(route.name)
            for route in book.routes()
            if route.virtual and selection.matches(route.template.text, route.name)
        ]

    return manage


def _text(moment: float) -> str:
    return timestamp(EPOCH_MS + round(moment * 1000)).decode()


def _move(body: Json) -> Move:
    """How the body says to move. Raises ``BadRequest``."""
    names = ", ".join(_MOVES)
    if not isinstance(body, dict) or len(body) != 1:
        what = (
            f"has {len(body)} keys" if isinstance(body, dict) else f"is {shown(body)}"
        )
        raise _refused(f"the body {what}", body, "", f"an object with one of {names}")
    [(key, value)] = body.items()
    at = pointer([key])
    if key not in _MOVES:
        raise _refused(f"there is no key {short(key)}", value, at, names)
    read, accepted = _MOVES[key]
    move = read(value)
    if move is None:
        raise _refused(f"{key} is {shown(value)}", value, at, accepted)
    return move


def _refused(problem: str, value: Json, at: str, accepted: str) -> BadRequest:
    return BadRequest(
        f"The clock cannot be advanced: {problem}; accepted: {accepted}.",
        parameter="body",
        value=value,
        allowed=accepted,
        pointer=at,
    )


def _by(ms: Json) -> Move | None:
    if type(ms) is int and 0 <= ms <= MAX_ADVANCE_MS:
        return Move(by=ms / 1000)
    return None


def _to_next(value: Json) -> Move | None:
    return Move(to_next=True) if value is True else None


def _to(text: Json) -> Move | None:
    """To the moment of an ISO time."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    if found.tzinfo is None or found.year not in _YEARS:
        return None
    since = found - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return Move(to=(round(since.total_seconds() * 1000) - EPOCH_MS) / 1000)


#: How a clock can be moved: what reads the value of a key, and what it accepts.
_MOVES: Mapping[str, tuple[Callable[[Json], Move | None], str]] = {
    "ms": (_by, f"an integer from 0 to {MAX_ADVANCE_MS}, in milliseconds"),
    "toNext": (_to_next, "true"),
    "set": (
        _to,
        "a time with its offset from UTC, of the years 1970 to 2999, such as"
        " 2031-05-06T07:08:09Z",
    ),
}
