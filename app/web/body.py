"""The body of a request, and that of a streamed response."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import gevent
from flask import abort, request
from gunicorn.http.errors import ParseException

from ..errors import PayloadTooLarge
from ..settings import Settings


def read_body(settings: Settings) -> bytes:
    """The request's body. Raises ``PayloadTooLarge``, or has it answered with 400.

    All of it has to come within the time that a client may stall: one that sends
    a byte now and then would hold its connection for ever.
    """
    if not {"CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"} & request.environ.keys():
        return b""
    most = settings.max_body_bytes
    try:
        with gevent.Timeout(settings.write_timeout_seconds, TimeoutError()):
            body = request.get_data()
            # Flask refuses a Content-Length above its limit, but there it only
            # stops to read a body that comes in chunks and has no length.
            if request.content_length is None and len(body) == most:
                if request.environ["wsgi.input"].read(1):
                    raise PayloadTooLarge(f"The body is longer than {most} bytes.")
            return body
    except ParseException:
        # gunicorn sees what is wrong with chunks only when they are read.
        abort(400, "The body does not consist of such chunks as HTTP/1.1 has.")


class Body:
    """Frames, and what has to be done when the server is through with them.

    With ``direct_passthrough`` the server iterates over the frames themselves, and
    Flask costs an event nothing. It does not see the end either: what is given to
    ``Response.call_on_close`` would never run. The server calls ``close`` in any case.
    """

    __slots__ = ("_frames", "close")

    def __init__(self, frames: Iterator[bytes], close: Callable[[], None]) -> None:
        """``close`` must be harmless when called again."""
        self._frames = frames
        self.close = close

    def __iter__(self) -> Iterator[bytes]:
        """The frames."""
        return self._frames
