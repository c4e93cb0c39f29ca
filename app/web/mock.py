"""The mock endpoints: a stream of events, or one JSON answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import chain, islice

from flask import Blueprint, Response, g, request

from ..addresses import Addresses
from ..faults.fault import Group
from ..feeds.open_feeds import Feeds
from ..feeds.terms import feed_name
from ..request.parse import parse_request
from ..request.parsers import Limits
from ..settings import Settings
from ..sse.frames import END_SUFFIX, SSE
from ..streams.registry import Streams
from ..streams.stream import Stream
from ..words import Json, MockRequest
from . import cors
from .access import client_finder
from .body import Body, read_body, unread
from .faults import RequestedFaults, respond_with_faults
from .openapi.operation import (
    Operation,
    Tag,
    Variable,
    content,
    describes,
    empty,
    problem,
)
from .openapi.parameters import BODY, mock_parameters

#: Longest shape that is sent back in a header, in characters (contract, section 3).
MAX_SCHEMA_HEADER = 4000

STREAM_HEADERS = {
    "Content-Type": SSE.content_type,
    "Cache-Control": "no-cache, no-store, no-transform",
    "X-Accel-Buffering": "no",
}
JSON_HEADERS = {"Content-Type": "application/json", "Cache-Control": "no-store"}

_PATH = Variable(
    "path",
    {"type": "string", "minLength": 1},
    {
        "description": "What the data is about; any number of segments",
        "example": "stocks/AAPL",
    },
)
_STREAM = content(
    "Data that fits the shape",
    "text/event-stream",
    schema={"type": "string"},
    example="id: 3f6c0d7be2a94c15-0\nretry: 2000\n"
    'data: {"data":{"price":150.12},"index":0,"total":1,"done":true}\n\n',
)
_ANSWER = content("Data that fits the shape", "application/json")


def _operation(
    limits: Limits,
    addresses: Addresses,
    name: str,
    summary: str,
    data: Mapping[str, Json],
    **more: Json,
) -> Operation:
    """What both endpoints say of themselves; ``data`` is the response with data.

    Every refusal may also have been asked for, and is then of the data's type.
    """
    refusals = {
        "400": "An option that is not accepted, and what would be",
        "401": "No key, or a wrong one",
        "409": "The options contradict those of the feed",
        "413": "A body or shape over its limit",
        "429": "There are as many feeds as are permitted",
        "502": "The LLM failed before the first event",
        "503": "A limit is reached, no LLM is available, or the server is ending",
        "504": "The LLM took too long for the first event",
        "default": "The error that was asked for, or no such path",
    }
    simulated = data["content"]
    problems = {each: problem(text, simulated) for each, text in refusals.items()}
    return Operation(
        name=name,
        summary=summary,
        tag=Tag.MOCK,
        responses={"200": data, **problems, **more},
        parameters=mock_parameters(limits, addresses),
        variables=(_PATH,),
        body=BODY,
    )


def blueprint(
    streams: Streams,
    feeds: Feeds,
    requested: RequestedFaults,
    settings: Settings,
    limits: Limits,
) -> Blueprint:
    """``/stream/<path>`` and ``/<path>`` below the setting ``BasePath``."""
    mock = Blueprint("mock", __name__, url_prefix=settings.base_path)
    client_of = client_finder(settings)
    operation = partial(_operation, limits, settings.addresses)

    over = {"204": empty("The stream of this Last-Event-ID is over")}

    @mock.route("/stream/<path:path>", methods=cors.METHODS)
    @describes(operation("stream", "Stream events", _STREAM, **over))
    def stream(path: str) -> Response:
        wanted = requested.admitted(parse(path), is_stream=True, is_sse=True)
        note_feed(wanted)
        return respond_with_faults(streams, wanted, stream_of)

    def stream_of(wanted: MockRequest) -> Response:
        if (wanted.last_event_id or "").endswith(END_SUFFIX):
            return Response(status=204)
        status = 200 if wanted.error is None else wanted.error.code
        headers = {**STREAM_HEADERS, **schema_header(wanted)}
        if request.method == "HEAD":
            return Response(status=status, headers=headers)
        is_shared = wanted.feed is not None and wanted.error is None
        opened = (feeds if is_shared else streams).open(
            wanted,
            path=request.path,
            client=client_of(request),
            sock=client_socket(),
            chunked=takes_chunks(),
        )
        return stream_response(opened, status, headers)

    @mock.route("/<path:path>", methods=cors.METHODS)
    @describes(operation("answer", "Answer once", _ANSWER))
    def answer(path: str) -> Response:
        wanted = requested.admitted(parse(path), is_stream=False, is_sse=False)
        return answer_response(streams, wanted)

    def parse(path: str) -> MockRequest:
        return parse_current(path, settings, limits)

    return mock


def parse_current(path: str, settings: Settings, limits: Limits) -> MockRequest:
    """The current request, whose options count, for ``path``."""
    return parse_request(
        method=request.method,
        path=path,
        query=request.query_string,
        headers=dict(request.headers.items()),
        body=read_body(settings),
        settings=settings,
        limits=limits,
    )


def answer_response(streams: Streams, wanted: MockRequest) -> Response:
    """The JSON answer to ``wanted``, with its faults. Raises ``BackendError``."""

    def respond(wanted: MockRequest) -> Response:
        status = 200 if wanted.error is None else wanted.error.code
        headers = {**JSON_HEADERS, **schema_header(wanted)}
        if request.method == "HEAD":
            return Response(status=status, headers=headers)
        return value_response(streams, wanted, status, headers)

    return respond_with_faults(streams, wanted, respond)


def value_response(
    streams: Streams,
    wanted: MockRequest,
    status: int,
    headers: Mapping[str, str],
    exact: bytes | None = None,
) -> Response:
    """The response whose body is a value, or ``exact``. Raises ``BackendError``."""
    if any(fault.kind.group is not Group.BEFORE for fault in wanted.faults):
        answer = streams.faulty_answer(
            wanted, sock=client_socket(), chunked=takes_chunks(), exact=exact
        )
        body = Body(primed(answer.frames), answer.close)
        g.answer = answer.delivery  # for the journal
        return Response(body, status, headers, direct_passthrough=True)
    value = streams.answer(wanted, sock=client_socket(), exact=exact)
    if value is None:
        return unread(status)
    return Response(value, status, headers)


def stream_response(
    stream: Stream, status: int = 200, headers: Mapping[str, str] = STREAM_HEADERS
) -> Response:
    """The response that sends ``stream`` and closes it.

    Raises ``ApiError`` where the first event of a regular stream cannot be made.
    """
    try:
        frames = stream.frames()
        if not stream.request.continuous:
            frames = primed(frames)
    except BaseException:
        stream.close()
        raise
    g.stream = stream  # for the journal
    return Response(
        Body(frames, stream.close),
        status,
        {**headers, "X-Stream-Id": stream.id},
        direct_passthrough=True,
    )


def note_feed(wanted: MockRequest) -> None:
    """Let the journal know the shared feed that a request asks for, if any."""
    if wanted.feed is not None:
        g.feed = feed_name(wanted)


def primed(frames: Iterator[bytes]) -> Iterator[bytes]:
    """``frames`` with the first one made, so that a failure can still be a status.

    There is none if the client has left meanwhile.
    """
    return chain([*islice(frames, 1)], frames)


def schema_header(wanted: MockRequest) -> dict[str, str]:
    """The shape as ``X-Response-Schema``, in ASCII, if it was asked for."""
    if wanted.shape is None or not wanted.include_schema:
        return {}
    text = json.dumps(wanted.shape.given, separators=(",", ":"))
    return {"X-Response-Schema": text} if len(text) <= MAX_SCHEMA_HEADER else {}


def client_socket() -> object:
    """The client's socket under gunicorn, or None in a test client."""
    return request.environ.get("gunicorn.socket")


def takes_chunks() -> bool:
    """Whether the client expects a body in chunks: since HTTP/1.1."""
    return request.environ.get("SERVER_PROTOCOL") != "HTTP/1.0"
