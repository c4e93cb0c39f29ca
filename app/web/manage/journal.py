"""The journal: the requests that were mocked, listed, shown one by one, forgotten."""

from __future__ import annotations

from flask import Blueprint, Response, request

from ...errors import NotFound
from ...journal.entry import Entry
from ...journal.journal import Journal, is_chosen
from ...request.inputs import Given, Inputs, parse_query
from ...request.options import Option, query
from ...request.parsers import Limits, integer
from ...request.selection import SELECTING, read_selection
from ...words import Json
from ..body import json_response
from ..openapi.operation import (
    AWAY,
    BAD_PARAMETER,
    Operation,
    Tag,
    Variable,
    describes,
    problem,
)
from ..openapi.parameters import parameters_of

#: Entries of an answer by default, and at most.
USUAL_LIMIT = 100
MAX_LIMIT = 1000
_MOST = 1 << 53


def _parse_client(given: Given, limits: Limits) -> str:
    return str(given.value)


CLIENT = Option(
    "client",
    query("client"),
    _parse_client,
    "only requests of the client with this address",
    {"type": "string"},
)
SINCE = Option(
    "since",
    query("since"),
    integer(0, _MOST),
    "only entries after this number: the `last` of an earlier answer",
    {"type": "integer", "minimum": 0},
)
LIMIT = Option(
    "limit",
    query("limit"),
    integer(1, MAX_LIMIT),
    "the most entries: the first ones after `since`, or without it the latest",
    {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": USUAL_LIMIT},
)

_SEQ = Variable("seq", {"type": "integer", "minimum": 1})
_REFUSED = {**BAD_PARAMETER, **AWAY}

LIST_JOURNAL = Operation(
    name="listJournal",
    summary="The requests that were mocked, in the order in which they were answered",
    tag=Tag.MANAGE,
    responses=_REFUSED,
    parameters=parameters_of(*SELECTING, CLIENT, SINCE, LIMIT),
)
FORGET_JOURNAL = Operation(
    name="forgetJournal",
    summary="Forget the requests that are chosen; without a parameter all of them",
    tag=Tag.MANAGE,
    responses=_REFUSED,
    parameters=parameters_of(*SELECTING, CLIENT),
)
SHOW_ENTRY = Operation(
    name="showEntry",
    summary="One request, and how it was answered",
    tag=Tag.MANAGE,
    responses={**AWAY, "404": problem("The journal has no such entry, or no more")},
    variables=(_SEQ,),
)


def blueprint(journal: Journal, limits: Limits) -> Blueprint:
    """``/api/manage/journal``."""
    manage = Blueprint("journal", __name__, url_prefix="/api/manage")

    @manage.get("/journal")
    @describes(LIST_JOURNAL)
    def list_journal() -> Response:
        inputs = _inputs()
        selection = read_selection(inputs, limits, also=("client", "since", "limit"))
        client = CLIENT.read(inputs, limits) or ""
        since = SINCE.read(inputs, limits)
        limit = LIMIT.read(inputs, limits) or USUAL_LIMIT
        seq = journal.standing().seq
        found = [
            entry
            for entry in journal.contents(since or 0).entries
            if is_chosen(entry, selection, client)
        ]
        page = found[-limit:] if since is None else found[:limit]
        return json_response(
            {
                "entries": [entry.to_json() for entry in page],
                "total": len(found),
                "last": page[-1].seq if len(found) > limit and page else seq,
            }
        )

    @manage.delete("/journal")
    @describes(FORGET_JOURNAL)
    def forget_journal() -> Response:
        inputs = _inputs()
        selection = read_selection(inputs, limits, also=("client",))
        client = CLIENT.read(inputs, limits) or ""
        return json_response({"forgotten": journal.delete(selection, client)})

    @manage.get("/journal/<seq>")
    @describes(SHOW_ENTRY)
    def show_entry(seq: str) -> Response:
        if not (seq.isascii() and seq.isdecimal()) or len(seq) > 16:
            raise NotFound("The journal's entries have numbers.")
        return json_response(journal.get(int(seq)).to_json())

    return manage


def row(entry: Entry) -> dict[str, Json]:
    """An entry in a few members, for a table."""
    asked, ended = entry.asked, entry.ended
    shown = entry.to_json()
    return {
        "seq": entry.seq,
        "at": shown["at"],
        "method": asked.method,
        "path": asked.path,
        "status": asked.status,
        "route": asked.route,
        "why": asked.why,
        "client": asked.client,
        "lastEventId": asked.last_event_id,
        "open": ended is None,
        "events": None if ended is None else ended.events,
        "bytes": None if ended is None else ended.bytes,
        "ms": None if ended is None else ended.at_ms - asked.at_ms,
        "outcome": None if ended is None else ended.outcome,
        "endedBy": None if ended is None else ended.by.value,
    }


def _inputs() -> Inputs:
    return Inputs(query=parse_query(request.query_string), headers={})
