"""The hub's requests: negotiating, the three transports, and a client's messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

from flask import Blueprint, Response, request

from ..cluster.hub_clients import HubClients
from ..errors import BadRequest, Forbidden
from ..hubs.http_transports import EventStream, Watch
from ..hubs.hub import Hub
from ..hubs.hub_connection import MAX_MESSAGE_BYTES, HubConnection
from ..hubs.websocket import WebSocket, accepted
from ..serving.takeover import Takeover
from ..settings import Settings
from ..signalr.transports import Transport, document, negotiated, refusal
from ..streams.connection import Connection
from ..streams.counts import Outcome
from .access import client_finder, hub_key_finder, is_same_origin
from .body import Body, read_body
from .cors import is_allowed
from .mock import STREAM_HEADERS, client_socket, takes_chunks
from .openapi.operation import Operation, Tag, describes, empty, problem

_UNSTORED = {"Cache-Control": "no-store"}
#: The content type of a poll's answer, whatever protocol the hub speaks.
_POLLED = "application/octet-stream"


_ID = {
    "name": "id",
    "in": "query",
    "description": "The connectionToken of the negotiation; its connectionId where the"
    " client asked for no version",
    "schema": {"type": "string"},
}
_KEY = {
    "name": "access_token",
    "in": "query",
    "description": "The key, from clients that cannot set a header",
    "schema": {"type": "string"},
}
_REFUSED = {
    "400": problem("No id, or one of another transport"),
    "401": problem("No key, or a wrong one"),
    "404": problem("No connection has this id, or its time is over"),
}
NEGOTIATE = Operation(
    name="negotiate",
    summary="Begin as a SignalR client: an id, and the transports",
    tag=Tag.HUB,
    responses={"401": _REFUSED["401"]},
    parameters=(
        {
            "name": "negotiateVersion",
            "in": "query",
            "description": "The newest version of the answer that the client knows",
            "schema": {"type": "string", "default": "0"},
        },
        _KEY,
    ),
)
RECEIVE = Operation(
    name="receive",
    summary="Receive a hub's messages: a WebSocket, an event stream, or a poll",
    tag=Tag.HUB,
    responses={
        "101": empty("The WebSocket is open"),
        "200": {
            "description": "The event stream, or what a poll has found",
            "content": {
                "text/event-stream": {"schema": {"type": "string"}},
                _POLLED: {"schema": {"type": "string"}},
            },
        },
        "204": empty("The connection is over, or another poll has come"),
        **_REFUSED,
        "403": problem("A WebSocket of a page whose origin is not allowed"),
        "409": problem("The connection has its transport already"),
        "503": problem("A limit is reached, or the server is ending"),
    },
    parameters=({**_ID, "required": False}, _KEY),
)
SEND = Operation(
    name="send",
    summary="Send messages to a hub",
    tag=Tag.HUB,
    responses={
        "200": empty("They are taken"),
        **_REFUSED,
        "405": problem("The connection is a WebSocket"),
        "413": problem("A body over its limit"),
        "503": problem("A limit is reached, or the server is ending"),
    },
    parameters=({**_ID, "required": True}, _KEY),
    body={
        "description": "Messages, each framed as the hub protocol says",
        "content": {
            "text/plain": {"schema": {"type": "string"}},
            _POLLED: {"schema": {"type": "string"}},
        },
    },
)
LEAVE = Operation(
    name="leave",
    summary="End a connection that polls",
    tag=Tag.HUB,
    produces="",
    responses={"202": empty("It is over"), **_REFUSED},
    parameters=({**_ID, "required": True}, _KEY),
)


class Upgrade(Takeover):
    """A client that speaks through a WebSocket from now on."""

    def __init__(
        self, head: bytes, connection: HubConnection, websocket: WebSocket
    ) -> None:
        """Answer with ``head``, and go on with ``connection``."""
        self._head = head
        self._connection = connection
        self._websocket = websocket

    def begin(self, sock: Any, on_end: Callable[[], None]) -> None:
        """See ``Takeover.begin``."""
        with suppress(OSError):  # it has gone already
            sock.sendall(self._head)
        self._websocket.begin(sock, on_end)

    def close(self) -> None:
        """See ``Takeover.close``."""
        self._connection.lose()


class UpgradeResponse(Response):
    """The place of an ``Upgrade`` among the responses."""

    def __init__(self, upgrade: Upgrade) -> None:
        """Stand for ``upgrade``."""
        super().__init__(status=101)
        self._upgrade = upgrade

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """The upgrade, for the server to run; it writes its own head."""
        return self._upgrade


def blueprint(hub: Hub, clients: HubClients, settings: Settings) -> Blueprint:
    """The hub's path, and ``negotiate`` below it."""
    hubs = Blueprint("hub", __name__)
    client_of = client_finder(settings)
    key_of = hub_key_finder(settings)
    write_timeout = settings.write_timeout_seconds

    @hubs.post(f"{hub.path}/negotiate")
    @describes(NEGOTIATE)
    def negotiate() -> Response:
        asked = request.args.get("negotiateVersion")
        version = negotiated(asked)
        if version is None:
            return _json(refusal(asked or ""))
        return _json(document(version, *hub.negotiate(key_of())))

    @hubs.get(hub.path, websocket=True)
    def websocket() -> Response:
        _check_origin(settings)
        head = accepted(
            request.headers.get("Sec-WebSocket-Version", ""),
            request.headers.get("Sec-WebSocket-Key", ""),
        )
        connection, opened = hub.connect(
            request.args.get("id") or None,
            Transport.WEBSOCKETS,
            partial(
                WebSocket, max_bytes=MAX_MESSAGE_BYTES, write_timeout=write_timeout
            ),
            client=client_of(request),
            key=key_of(),
        )
        return UpgradeResponse(Upgrade(head, connection, opened))

    @hubs.get(hub.path)
    @describes(RECEIVE)
    def receive() -> Response:
        if request.method == "HEAD":
            return Response(status=200, headers=_UNSTORED)
        if "text/event-stream" in request.headers.get("Accept", ""):
            return events()
        return poll()

    def events() -> Response:
        connection, stream = hub.connect(
            _token(),
            Transport.SERVER_SENT_EVENTS,
            EventStream,
            client=client_of(request),
            key=key_of(),
        )

        def gone(stalled: bool) -> None:
            connection.lose(Outcome.STALLED if stalled else Outcome.CLIENT_GONE)

        watched = _watched(gone, write_timeout)
        frames = stream.body()

        def close() -> None:
            if watched is not None:
                watched.close()
            connection.lose()

        if watched is not None:
            frames = _sent(frames, watched, connection.stall)
        return Response(
            Body(frames, close), 200, STREAM_HEADERS, direct_passthrough=True
        )

    def poll() -> Response:
        client, key = client_of(request), key_of()
        data = clients.poll(_token(), _watch(write_timeout), client=client, key=key)
        if data is not None:
            return Response(data, 200, _UNSTORED, content_type=_POLLED)
        return Response(status=204, headers=_UNSTORED)

    @hubs.post(hub.path)
    @describes(SEND)
    def send() -> Response:
        client, key = client_of(request), key_of()
        clients.send(_token(), read_body(settings), client=client, key=key)
        # Any text here would be taken for messages by a client in Python.
        return Response(b"", 200, _UNSTORED, content_type="text/plain")

    @hubs.delete(hub.path)
    @describes(LEAVE)
    def leave() -> Response:
        clients.leave(_token(), key_of())
        return Response(status=202, headers=_UNSTORED)

    return hubs


def _token() -> str:
    """The query's ``id``. Raises ``BadRequest`` where there is none."""
    token = request.args.get("id")
    if not token:
        raise BadRequest(
            "The query parameter 'id' names the connection.",
            parameter="id",
            value=token,
            allowed="the connectionToken of the negotiation",
        )
    return token


def _check_origin(settings: Settings) -> None:
    """Refuse a WebSocket of a page that CORS would not let read a response."""
    origin = request.headers.get("Origin", "")
    is_open = is_allowed(origin, settings.cors.allowed_origins)
    if not (is_open or is_same_origin(request)):
        raise Forbidden("Pages of this origin may not connect (Cors.AllowedOrigins).")


def _watched(gone: Callable[[bool], None], write_timeout: float) -> Connection | None:
    """The client's connection, which tells ``gone`` when it leaves."""
    sock = client_socket()
    if sock is None:
        return None
    return Connection(sock, gone, write_timeout=write_timeout, chunked=takes_chunks())


def _sent(
    frames: Iterator[bytes], connection: Connection, stall: Callable[[], None]
) -> Iterator[bytes]:
    """Send ``frames`` after the head of the response; ``stall`` is told of a stall."""
    yield b""  # for which the server sends the head
    for frame in frames:
        try:
            connection.send(frame)
        except TimeoutError:
            stall()
            raise


def _watch(write_timeout: float) -> Watch:
    def watch(gone: Callable[[], None]) -> Callable[[], None]:
        watched = _watched(lambda stalled: gone(), write_timeout)
        return watched.close if watched is not None else lambda: None

    return watch


def _json(body: bytes) -> Response:
    return Response(body, 200, _UNSTORED, content_type="application/json")
