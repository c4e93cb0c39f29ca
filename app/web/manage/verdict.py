"""The verdict on the clients that read streams, and the mark at a test's end."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from flask import Blueprint, Response, request

from ...events.payloads import timestamp
from ...journal.journal import Journal, is_chosen
from ...ports import Clock
from ...request.inputs import Given, Inputs, parse_query
from ...request.options import Option, query
from ...request.parsers import Limits
from ...request.selection import SELECTING, read_selection
from ...verdict.judging import Judged, judge, to_json
from ...verdict.junit import to_junit
from ..openapi.operation import (
    AWAY,
    BAD_PARAMETER,
    Operation,
    Tag,
    content,
    describes,
)
from ..openapi.parameters import parameters_of
from .journal import CLIENT

_JSON, _JUNIT = "json", "junit"
_FORMATS = (_JSON, _JUNIT)


def _parse_format(given: Given, limits: Limits) -> str:
    if given.value not in _FORMATS:
        raise given.refuse(_FORMATS)
    return str(given.value)


FORMAT = Option(
    "format",
    query("format"),
    _parse_format,
    "`json`, or `junit` for a test report in XML",
    {"type": "string", "enum": [*_FORMATS], "default": _JSON},
)

_REFUSED = {**BAD_PARAMETER, **AWAY}

SHOW_VERDICT = Operation(
    name="showVerdict",
    summary="How each client stands by the rules of a good reader of streams",
    tag=Tag.MANAGE,
    produces="",
    responses={
        **_REFUSED,
        "200": {
            "description": "Each rule: pass, fail or not-seen, and why",
            "content": {
                "application/json": {"schema": {"type": "object"}},
                "application/xml": {"schema": {"type": "string"}},
            },
        },
    },
    parameters=parameters_of(*SELECTING, CLIENT, FORMAT),
)
MAKE_MARK = Operation(
    name="makeMark",
    summary="Mark the end of a test: its clients are gone a second later",
    tag=Tag.MANAGE,
    produces="",
    responses={**_REFUSED, "201": content("It is made", "application/json")},
    parameters=parameters_of(*SELECTING),
)


def blueprint(journal: Journal, limits: Limits, clock: Clock) -> Blueprint:
    """``/api/manage/verdict``."""
    manage = Blueprint("verdict", __name__, url_prefix="/api/manage")

    def judged(inputs: Inputs, now_ms: int) -> Sequence[Judged]:
        selection = read_selection(inputs, limits, also=("client", "format"))
        client = CLIENT.read(inputs, limits) or ""
        contents = journal.contents()
        chosen = [e for e in contents.entries if is_chosen(e, selection, client)]
        return judge(chosen, contents.marks, now_ms)

    @manage.get("/verdict")
    @describes(SHOW_VERDICT)
    def show_verdict() -> Response:
        inputs, now_ms = _inputs(), clock.now_ms()
        form = FORMAT.read(inputs, limits) or _JSON
        found = judged(inputs, now_ms)
        if form == _JUNIT:
            return _response(to_junit(found), "application/xml")
        return _response(orjson.dumps(to_json(found, now_ms)), "application/json")

    @manage.post("/verdict/mark")
    @describes(MAKE_MARK)
    def make_mark() -> Response:
        now_ms = clock.now_ms()
        journal.mark(read_selection(_inputs(), limits), now_ms)
        at = timestamp(now_ms).decode()
        return _response(orjson.dumps({"at": at}), "application/json", 201)

    return manage


def _inputs() -> Inputs:
    return Inputs(query=parse_query(request.query_string), headers={})


def _response(body: bytes, content_type: str, status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(body, status, headers, content_type=content_type)
