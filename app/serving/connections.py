"""Connections: cheap to write to, bounded to read from, gentle to close.

A socket sends small frames at once, the application gives back its stack before its
response is sent, and a header block has a limit.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import gevent.socket
from gevent import getcurrent
from gevent.hub import get_hub
from gevent.server import StreamServer
from greenlet import greenlet
from gunicorn.http.errors import LimitRequestHeaders
from gunicorn.http.message import Request

from .bad_requests import MAX_HEADER_BLOCK_BYTES, MAX_REQUEST_LINE_BYTES

#: Greenlets that are kept for the next requests.
_MAX_IDLE = 16

#: Time to read an answer for a client that is still sending, in seconds.
_LINGER_SECONDS = 1.0
#: Most that is read from such a client meanwhile, in bytes.
_MAX_DISCARDED_BYTES = 1 << 23

#: A WSGI application.
Application = Callable[[Any, Any], Iterable[bytes]]


class PromptSocket(gevent.socket.socket):
    """A connection whose writes go straight to the kernel while it takes them.

    gevent's own ``sendall`` asks the kernel for the size of its buffer each
    time, which costs about as much as making an event. It sends only what the
    kernel does not take at once.
    """

    __slots__ = ()

    _sock: Any

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send all of ``data``; raises ``TimeoutError`` after the socket's timeout."""
        try:
            sent = self._sock.send(data, flags)
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            super().sendall(memoryview(data)[sent:], flags)


class PromptServer(StreamServer):
    """A server whose connections are prompt from the beginning."""

    def do_read(self) -> Any:
        """Accept a connection: its socket and its address; None where there is none."""
        listener: Any = self.socket
        try:
            number, address = listener._accept()
        except BlockingIOError:
            return None
        family, kind, protocol = listener.family, listener.type, listener.proto
        return PromptSocket(family, kind, protocol, number), address


class Lasting:
    """A body that may last for long: the request is forgotten while it is sent."""

    __slots__ = ()


def forget(request: Any, environ: dict[str, Any]) -> None:
    """Let go of what a request consisted of, but for what decides on the next one."""
    wrapper = environ["wsgi.file_wrapper"]  # which the server looks at once more
    environ.clear()
    environ["wsgi.file_wrapper"] = wrapper
    request.headers[:] = [each for each in request.headers if each[0] == "CONNECTION"]


def detached(client: PromptSocket) -> PromptSocket:
    """The connection of ``client`` as a socket of its own, which gunicorn leaves."""
    family, kind, protocol = client.family, client.type, client.proto
    return PromptSocket(family, kind, protocol, client.detach())


class BoundedRequest(Request):  # type: ignore[misc]
    """A request whose header block is refused before it is parsed, if it is too long.

    gunicorn bounds each field and their number, which permits megabytes in all.
    """

    def read_into(self, unreader: Any, buf: bytearray, stop: bool = False) -> None:
        """Read more of the head. Raises ``LimitRequestHeaders`` beyond the limit."""
        super().read_into(unreader, buf, stop)
        if len(buf) > MAX_REQUEST_LINE_BYTES + MAX_HEADER_BLOCK_BYTES:
            raise LimitRequestHeaders("the header block is too long")


def linger(client: Any) -> None:
    """End the response, and discard what the client still sends.

    Closing a socket with unread bytes resets the connection, and the client would
    lose the answer.
    """
    left = _MAX_DISCARDED_BYTES
    patience = gevent.Timeout(_LINGER_SECONDS, False)  # type: ignore[arg-type]
    with suppress(OSError), patience:
        client.shutdown(socket.SHUT_WR)
        while left > 0 and (discarded := client.recv(65_536)):
            left -= len(discarded)
            gevent.sleep(0)  # a fast client keeps nobody else waiting


class Apart:
    """A WSGI application that runs on other stacks than its connections.

    Python keeps the memory to which a greenlet's stack has grown. A request goes
    through many calls before its response begins, and every stream would hold a page
    or two for them as long as it is open. So a few greenlets handle all requests, one
    after the other. While a request waits, its connection waits too.
    """

    def __init__(self, application: Application) -> None:
        """Run ``application``."""
        self._application = application
        self._idle: list[greenlet] = []

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Return what the application answers, or raise what it raises."""
        runner = self._idle.pop() if self._idle else greenlet(self._run)
        runner.parent = getcurrent()
        task = [start_response, environ]
        try:
            runner.switch(task)
        except BaseException:
            # Raised by the application, which has ended the runner, or thrown at
            # the connection, and then the application has to end as well.
            if not runner.dead:
                runner.throw()
            raise
        runner.parent = get_hub()
        if len(self._idle) < _MAX_IDLE:
            self._idle.append(runner)
        answer: Iterable[bytes] = task.pop()
        return answer

    def _run(self, task: list[Any]) -> None:
        """Answer each task in its own list, so that this frame keeps none of it."""
        while True:
            task.append(self._application(task.pop(), task.pop()))
            connection: Any = getcurrent().parent
            task = connection.switch()
