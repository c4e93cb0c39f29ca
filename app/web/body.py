"""The bodies of requests and of responses."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import gevent
import orjson
from flask import Response, abort, g, request
from gunicorn.http.errors import ParseException

from ..errors import PayloadTooLarge
from ..serving.connections import Lasting
from ..settings import Settings

#: A text grows by so much at most when JSON quotes it.
_QUOTING = 2
#: Longest rest of an upload beside its text, in bytes.
_MAX_REST_BYTES = 100_000


def read_body(settings: Settings, most: int | None = None) -> bytes:
    """Read the request's body, of at most ``MaxBodyBytes`` or ``most`` bytes.

    Raises ``PayloadTooLarge``, or answers with 400.

    All of it has to arrive within the write timeout, because a client that sends a
    byte now and then would hold its connection for ever.
    """
    if not {"CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"} & request.environ.keys():
        return b""
    if most is None:
        most = settings.max_body_bytes
    try:
        with gevent.Timeout(settings.write_timeout_seconds, TimeoutError()):
            body: bytes = request.get_data()
            # Flask refuses a Content-Length above its limit, but it only truncates
            # a body that comes in chunks and has no length.
            if request.content_length is None and len(body) == most:
                if request.environ["wsgi.input"].read(1):
                    raise PayloadTooLarge(f"The body is longer than {most} bytes.")
            g.body = body  # for the journal
            return body
    except ParseException:
        # gunicorn notices malformed chunks only when they are read.
        abort(400, "The body does not consist of such chunks as HTTP/1.1 has.")


def read_upload(settings: Settings, most: int) -> bytes:
    """Read a body in JSON that holds a text of at most ``most`` bytes.

    The body of such a request may be longer than others. Raises as ``read_body`` does.
    """
    longest = _QUOTING * most + _MAX_REST_BYTES
    request.max_content_length = longest
    return read_body(settings, longest)


def unread(status: int) -> Response:
    """The response to a client that has gone meanwhile: nobody reads it."""
    g.has_left = True  # for the journal
    return Response(status=status)


def json_response(value: object, status: int = 200) -> Response:
    """``value`` as JSON, which nobody on the way keeps."""
    headers = {"Cache-Control": "no-store"}
    return Response(
        orjson.dumps(value), status, headers, content_type="application/json"
    )


class Body(Lasting):
    """Frames, and a function to call when the server has finished with them.

    With ``direct_passthrough`` the server iterates over the frames themselves, so
    Flask adds no cost per event. Nor does it see the end: functions given to
    ``Response.call_on_close`` would never run. The server always calls ``close``.
    """

    __slots__ = ("_frames", "close")

    def __init__(self, frames: Iterator[bytes], close: Callable[[], None]) -> None:
        """``close`` must be safe to call twice."""
        self._frames = frames
        self.close = close

    def __iter__(self) -> Iterator[bytes]:
        """The frames."""
        return self._frames
