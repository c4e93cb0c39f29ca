"""Answers to bytes that are not a valid request: problem documents (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import NamedTuple

import orjson
from gunicorn.http import errors

#: Longest request line, in bytes; gunicorn's parser takes no longer one.
MAX_REQUEST_LINE_BYTES = 8190
#: Longest header field, in bytes: a shape may come in one.
MAX_HEADER_BYTES = 32_768
#: Most header fields.
MAX_HEADERS = 100
#: Longest header block, in bytes: all fields together.
MAX_HEADER_BLOCK_BYTES = 131_072

#: Longest text of an error that is passed on, in characters.
_MAX_SHOWN = 200

_POST_THE_SHAPE = 'POST a large shape instead, as the JSON body {"shape": ...}.'


class Refusal(NamedTuple):
    """A status and the detail of its problem document."""

    status: int
    detail: str

    def response(self) -> bytes:
        """Return the whole response, after which the connection is closed."""
        title = HTTPStatus(self.status).phrase
        body = orjson.dumps(
            {
                "type": "about:blank",
                "title": title,
                "status": self.status,
                "detail": self.detail,
            }
        )
        head = (
            f"HTTP/1.1 {self.status} {title}\r\n"
            "Connection: close\r\n"
            "Content-Type: application/problem+json\r\n"
            "Cache-Control: no-store\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode("ascii") + body


#: The errors of gunicorn's parser that have a status and a text of their own.
_REFUSALS: dict[type[Exception], Refusal] = {
    errors.LimitRequestLine: Refusal(
        414,
        f"The request line is longer than {MAX_REQUEST_LINE_BYTES} bytes. "
        f"{_POST_THE_SHAPE}",
    ),
    errors.LimitRequestHeaders: Refusal(
        431,
        f"The headers are over their limits: {MAX_HEADERS} fields, "
        f"{MAX_HEADER_BYTES} bytes in one and {MAX_HEADER_BLOCK_BYTES} in all. "
        f"{_POST_THE_SHAPE}",
    ),
    errors.UnsupportedTransferCoding: Refusal(
        501, "The only transfer coding that is supported is chunked."
    ),
    errors.ExpectationFailed: Refusal(
        417, "The only expectation that is supported is 100-continue."
    ),
    errors.ForbiddenProxyRequest: Refusal(
        403, "The PROXY protocol is not accepted from this address."
    ),
}
_INTERNAL = Refusal(500, "The server failed; its log says why.")
_OURS = (
    errors.ConfigurationProblem,
    errors.InvalidResponseHeader,
    errors.InvalidResponseHeaderName,
)


def refusal_of(error: BaseException) -> Refusal:
    """Return the answer to a connection on which ``error`` was raised."""
    for kind, refusal in _REFUSALS.items():
        if isinstance(error, kind):
            return refusal
    if isinstance(error, _OURS) or not isinstance(
        error, (errors.ParseException, OSError)
    ):
        return _INTERNAL
    return Refusal(400, f"The request is not valid HTTP: {str(error)[:_MAX_SHOWN]}")
