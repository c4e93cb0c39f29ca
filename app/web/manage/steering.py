"""Steering open streams, and waiting for what they and their clients do."""

from __future__ import annotations

import gevent
from flask import Blueprint, Response, request

from ...cluster.helm import Command, Cursor, Helm, Steered, Until
from ...errors import BadRequest
from ...faults.notation import BadFault, bounded
from ...ports import Clock
from ...request.bodies import parse_json
from ...request.inputs import Given, Inputs, parse_query
from ...request.options import Option, query
from ...request.parsers import Limits, integer
from ...request.selection import (
    SELECTING,
    demand_selection,
    read_selection,
    refuse_unknown,
)
from ...request.verbs import BODY, VERBS, Play, refusal
from ...settings import Settings
from ..body import json_response, read_body
from ..openapi.operation import (
    BAD_PARAMETER,
    UNANSWERED,
    Operation,
    Tag,
    Variable,
    describes,
    problem,
)
from ..openapi.parameters import parameters_of

#: Longest wait of a call, by default and at most, in milliseconds.
USUAL_TIMEOUT_MS = 10_000
MAX_TIMEOUT_MS = 600_000
#: Most clients that are waited for.
MAX_CLIENTS = 1_000_000
#: How often clients are counted that are waited for, in seconds.
_POLL_SECONDS = 0.02


def _parse_until(given: Given, limits: Limits) -> Until:
    try:
        return Until.parse(str(given.value))
    except ValueError:
        raise given.refuse("closed, paused or events:n with a number") from None


def _parse_cursor(given: Given, limits: Limits) -> Cursor:
    try:
        return Cursor.parse(str(given.value))
    except ValueError:
        raise given.refuse("the 'cursor' of an earlier answer") from None


TIMEOUT = Option(
    "timeoutMs",
    query("timeoutMs"),
    integer(0, MAX_TIMEOUT_MS, "milliseconds"),
    "the longest wait of the call, in milliseconds",
    {
        "type": "integer",
        "minimum": 0,
        "maximum": MAX_TIMEOUT_MS,
        "default": USUAL_TIMEOUT_MS,
    },
)
UNTIL = Option(
    "until",
    query("until"),
    _parse_until,
    "what is waited for: `closed`, `paused`, or `events:n` for n events sent",
    {"type": "string", "pattern": "^(closed|paused|events:[0-9]{1,12})$"},
)
CLIENTS = Option(
    "clients",
    query("clients"),
    integer(1, MAX_CLIENTS),
    "how many clients are waited for",
    {"type": "integer", "minimum": 1, "maximum": MAX_CLIENTS, "default": 1},
)
AFTER = Option(
    "after",
    query("after"),
    _parse_cursor,
    "the `cursor` of an earlier answer: only clients that came after it count",
    {"type": "string"},
)

_ID = Variable("id", {"type": "string", "pattern": "^[0-9a-f]{16}$"})
_VERB = Variable("verb", {"type": "string", "enum": list(VERBS)})
_BODY = {
    "description": "What the verb takes; nothing where it takes nothing",
    "content": {
        "application/json": {
            "schema": {"type": ["object", "array"]},
            "example": {"batches": 3},
        }
    },
}
_REFUSED = {
    **UNANSWERED,
    "400": problem("A parameter or the body is not one that is accepted"),
    "404": problem("No such stream is known, or no such verb"),
    "409": problem("The stream is over; ended says how"),
}
_WAITED = {
    **BAD_PARAMETER,
    "503": problem("The server is ending, or not every worker answered"),
}

STEER_STREAM = Operation(
    name="steerStream",
    summary="Steer one stream; answers once it has obeyed",
    tag=Tag.MANAGE,
    responses=_REFUSED,
    parameters=parameters_of(TIMEOUT),
    variables=(_ID, _VERB),
    body=_BODY,
)
STEER_STREAMS = Operation(
    name="steerStreams",
    summary="Steer every stream that is chosen; answers once all have obeyed",
    tag=Tag.MANAGE,
    responses=_REFUSED,
    parameters=parameters_of(*SELECTING, TIMEOUT),
    variables=(_VERB,),
    body=_BODY,
)
WAIT_FOR_STREAM = Operation(
    name="waitForStream",
    summary="Wait until a stream is closed or paused, or has sent n events",
    tag=Tag.MANAGE,
    responses={**_WAITED, "404": _REFUSED["404"]},
    parameters=(*parameters_of(UNTIL, required=True), *parameters_of(TIMEOUT)),
    variables=(_ID,),
)
WAIT_FOR_CLIENTS = Operation(
    name="waitForClients",
    summary="Wait until clients have opened streams that are chosen",
    tag=Tag.MANAGE,
    responses=_WAITED,
    parameters=parameters_of(*SELECTING, CLIENTS, AFTER, TIMEOUT),
)


def blueprint(
    helm: Helm, settings: Settings, limits: Limits, clock: Clock
) -> Blueprint:
    """``/api/manage/streams/<id>/<verb>``, ``.../<verb>`` and ``.../wait``."""
    manage = Blueprint("steering", __name__, url_prefix="/api/manage/streams")

    def command(verb: str) -> Command:
        raw = read_body(settings)
        given = Command(verb, parse_json(raw) if raw.strip() else None)
        wanted = given.verb  # refused before anything happens
        if isinstance(wanted, Play):
            _check_size(wanted, given, limits)
        return given

    @manage.post("/<stream_id>/<verb>")
    @describes(STEER_STREAM)
    def steer(stream_id: str, verb: str) -> Response:
        seconds = _seconds(_known("timeoutMs"), limits)
        return _steered(helm.steer(stream_id, command(verb), seconds))

    @manage.post("/<verb>")
    @describes(STEER_STREAMS)
    def steer_all(verb: str) -> Response:
        inputs = _inputs()
        selection = demand_selection(inputs, limits, also=("timeoutMs",))
        seconds = _seconds(inputs, limits)
        return _steered(helm.steer_all(selection, command(verb), seconds))

    @manage.get("/<stream_id>/wait")
    @describes(WAIT_FOR_STREAM)
    def wait(stream_id: str) -> Response:
        inputs = _known("until", "timeoutMs")
        until = UNTIL.read(inputs, limits)
        if until is None:
            raise BadRequest(
                "The query parameter 'until' says what to wait for.",
                parameter="until",
                value=None,
                allowed="closed, paused or events:n with a number",
            )
        return json_response(helm.wait(stream_id, until, _seconds(inputs, limits)))

    @manage.get("/wait")
    @describes(WAIT_FOR_CLIENTS)
    def wait_for_clients() -> Response:
        inputs = _inputs()
        also = ("clients", "after", "timeoutMs")
        selection = read_selection(inputs, limits, also=also)
        wanted = CLIENTS.read(inputs, limits) or 1
        after = AFTER.read(inputs, limits)
        moment = clock.monotonic() + _seconds(inputs, limits)
        found = helm.clients(selection, after)
        while found.count < wanted and clock.monotonic() < moment:
            gevent.sleep(_POLL_SECONDS)
            found = helm.clients(selection, after)
        return json_response(
            {
                "met": found.count >= wanted,
                "clients": found.count,
                "cursor": str(found.cursor),
                "complete": found.complete,
            }
        )

    return manage


def _steered(steered: Steered) -> Response:
    return json_response(
        {
            "streams": steered.streams,
            "cursor": str(steered.cursor),
            "complete": steered.complete,
        }
    )


def _inputs() -> Inputs:
    return Inputs(query=parse_query(request.query_string), headers={})


def _known(*names: str) -> Inputs:
    """The query, which has no other parameters. Raises ``BadRequest``."""
    inputs = _inputs()
    refuse_unknown(inputs, names)
    return inputs


def _seconds(inputs: Inputs, limits: Limits) -> float:
    given = TIMEOUT.read(inputs, limits)
    return (USUAL_TIMEOUT_MS if given is None else given) / 1000


def _check_size(wanted: Play, given: Command, limits: Limits) -> None:
    try:
        bounded(wanted.faults, limits.max_event_bytes)
    except BadFault as error:
        wrong = BODY.key("fault").error(str(error))
        raise refusal(given.name, given.body, wrong) from None
