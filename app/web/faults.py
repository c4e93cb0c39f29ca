"""Faults of responses: who may ask for them, and what comes before a stream."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import TypeAlias

import orjson
from flask import Response, g, request

from ..errors import BadRequest
from ..faults.fault import Fault, Group
from ..faults.notation import BadFault, suitable
from ..faults.tally import Tallies
from ..settings import Settings
from ..streams.connection import refuse
from ..streams.registry import Streams
from ..words import MockRequest
from .access import client_finder, is_loopback
from .body import Body, unread

#: Answers a request.
Respond: TypeAlias = "Callable[[MockRequest], Response]"

_LOGIN = b"""<!doctype html>
<html lang="en"><title>Sign in</title><h1>Sign in</h1>
<form method="post"><input name="user"><input name="password" type="password">
<button>Sign in</button></form></html>
"""
_UNSTORED = {"Cache-Control": "no-store"}


class RequestedFaults:
    """Admits the faults that requests ask for with the option ``fault``."""

    def __init__(self, settings: Settings, monotonic: Callable[[], float]) -> None:
        """``monotonic`` gives seconds."""
        self._permitted = settings.request_faults
        self._client_of = client_finder(settings)
        self._tallies = Tallies(monotonic)

    def admitted(
        self, wanted: MockRequest, *, is_stream: bool, is_sse: bool
    ) -> MockRequest:
        """``wanted`` with the faults that its response gets; HEAD gets none.

        Raises ``BadRequest`` where faults are not permitted, or are none of such a
        response.
        """
        if wanted.virtual:
            self._check_clock(is_stream)
        faults = wanted.faults
        if not faults:
            return wanted
        if not self._may_ask:
            raise _refused(
                "'fault' is not accepted here: this service permits faults to routes"
                " alone (setting RequestFaults)",
                "no fault, or the setting RequestFaults: true",
            )
        try:
            suitable(faults, is_stream=is_stream, is_sse=is_sse)
        except BadFault as error:
            raise _refused(f"'fault' {error}", "faults of such a response") from None
        _check_protocol(faults)
        if request.method == "HEAD":
            return replace(wanted, faults=())
        query = request.query_string.decode("latin-1")
        key = (self._client_of(request), request.path, query)
        return replace(wanted, faults=self._tallies.take(key, faults))

    def _check_clock(self, is_stream: bool) -> None:
        """Refuse the option ``clock`` where it is not permitted, or has no use."""
        problem = ""
        if not self._may_ask:
            problem = "is not accepted here (setting RequestFaults)"
        elif not is_stream:
            problem = "is virtual, but only a stream has a clock"
        if problem:
            raise BadRequest(
                f"The query parameter 'clock' {problem}.",
                parameter="clock",
                value=request.args.get("clock"),
                allowed="no clock, or a stream where RequestFaults is true",
            )

    @property
    def _may_ask(self) -> bool:
        if self._permitted is not None:
            return self._permitted
        # A unix socket has no address, and its name comes from the client.
        listens_on = request.environ.get("SERVER_NAME", "")
        is_local = listens_on == "localhost" or is_loopback(listens_on)
        return is_local and bool(request.remote_addr)


def _refused(problem: str, allowed: str) -> BadRequest:
    return BadRequest(
        f"The query parameter {problem}.",
        parameter="fault",
        value=request.args.get("fault"),
        allowed=allowed,
    )


def _check_protocol(faults: tuple[Fault, ...]) -> None:
    """Refuse broken chunks where there are none. Raises ``BadRequest``."""
    if request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        if any(fault.name == "bad-chunk" for fault in faults):
            raise BadRequest(
                "The fault bad-chunk breaks the chunks of HTTP/1.1, which HTTP/1.0 does"
                " not have.",
                parameter="fault",
                value="bad-chunk",
                allowed="a request with HTTP/1.1",
            )


def with_faults(wanted: MockRequest, faults: tuple[Fault, ...]) -> MockRequest:
    """``wanted`` with the faults of a route. Raises ``BadRequest``."""
    _check_protocol(faults)
    return replace(wanted, faults=faults)


def respond_with_faults(
    streams: Streams, wanted: MockRequest, respond: Respond
) -> Response:
    """What ``respond`` answers, or what a fault puts in its place.

    Faults of a later moment are left to the response itself.
    """
    if not wanted.faults:
        return respond(wanted)
    faults = [each for each in wanted.faults if each.kind.group is Group.BEFORE]
    g.faults = faults
    for fault in faults:
        if fault.name == "slow-headers":
            delay_ms = round(float(fault.argument or 0) * 1000)
            wanted = replace(wanted, delay_ms=(wanted.delay_ms or 0) + delay_ms)
    for fault in faults:
        if fault.kind.replaces:
            return _instead(streams, wanted, fault)
    response = respond(wanted)
    if any(fault.name == "wrong-type" for fault in faults):
        response.headers["Content-Type"] = "text/plain; charset=utf-8"
    return response


def _instead(streams: Streams, wanted: MockRequest, fault: Fault) -> Response:
    sock = request.environ.get("gunicorn.socket")
    if wanted.delay_ms and streams.answer(wanted, sock=sock, exact=b"-") is None:
        return unread(200)
    if fault.name == "refuse":
        return Response(Body(refuse(sock), _nothing), direct_passthrough=True)
    return _ANSWERS[fault.name](fault)


def _nothing() -> None:
    """There is nothing to close."""


def _status(fault: Fault) -> Response:
    code = int(fault.argument or 0)
    try:
        title = HTTPStatus(code).phrase
    except ValueError:
        title = "Client Error" if code < 500 else "Server Error"
    problem = {
        "type": "about:blank",
        "title": title,
        "status": code,
        "detail": "A fault that was asked for.",
    }
    headers = dict(_UNSTORED)
    if fault.retry_after is not None:
        headers["Retry-After"] = str(fault.retry_after)
    return Response(
        orjson.dumps(problem), code, headers, content_type="application/problem+json"
    )


def _redirect(fault: Fault) -> Response:
    return Response(
        status=307, headers={**_UNSTORED, "Location": request.full_path.rstrip("?")}
    )


def _login(fault: Fault) -> Response:
    return Response(_LOGIN, headers=_UNSTORED, content_type="text/html; charset=utf-8")


def _no_content(fault: Fault) -> Response:
    return Response(status=204)


#: What takes the response's place.
_ANSWERS: Mapping[str, Callable[[Fault], Response]] = {
    "status": _status,
    "redirect": _redirect,
    "login": _login,
    "no-content": _no_content,
}
