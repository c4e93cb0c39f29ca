"""The worker: serves connections, and leaves without cutting anyone off.

Theory of operation
-------------------

A worker is a process with one event loop. Each connection has a greenlet, which
reads a request, calls the application, and writes what that yields; a stream is a
response that goes on for long. ``gunicorn`` parses requests and frames responses.
This module adds what long responses need:

*Deadlines.* A client that stalls while it reads a response or sends a body is cut
off after the write timeout. Between requests, a connection has ``keepalive``
seconds, and as long for all headers of a request, however slowly they come.

*Refusals.* Bytes that are not a valid request get a problem document. A client that is
still sending has a moment to read it before the connection closes.

*Leaving.* The master sends SIGTERM in two cases, and the succession tells which.

- The server ends: the worker answers ``503`` to new streams, ends the open ones,
  waits for regular responses until their grace period is over, and exits.
- Another worker takes over, after SIGHUP: until that one accepts connections, this
  one serves on, so that no request waits. Streams that are open after
  ``HANDOVER_SECONDS`` get their END even if the new worker takes longer. Then this
  one stops accepting and leaves as above.

A worker that leaves by itself, after its share of requests, has no successor before
it is gone, and does not wait for one.

*Counts.* Once a second the worker shows its counts to the others; see ``board``.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import gevent
from gevent.event import Event
from gevent.pool import Pool
from gevent.server import StreamServer
from gunicorn import sock as listening
from gunicorn import util
from gunicorn.http.parser import RequestParser
from gunicorn.workers.ggevent import GeventWorker

from .bad_requests import refusal_of
from .board import Slot
from .configuration import CONFIGURATION
from .connections import (
    Apart,
    BoundedRequest,
    Lasting,
    PromptServer,
    PromptSocket,
    detached,
    forget,
    linger,
)
from .seats import remove_seats
from .succession import Succession
from .takeover import TakenOver, Takeover

#: How soon a worker notices that it was told to leave, in seconds.
POLL_SECONDS = 0.05
#: Time for the last events of responses that took too long, in seconds.
LAST_EVENTS_SECONDS = 1
#: Time for open streams while the successor starts, in seconds. The contract gives
#: them a second to hear of a reload.
HANDOVER_SECONDS = 0.7
#: Longest wait for a successor, in seconds; one that takes longer has failed.
MAX_START_SECONDS = 10.0


class Worker(GeventWorker):  # type: ignore[misc]
    """A gevent worker that drains, hands over and never waits for a stalled client."""

    #: Set by the master before the fork.
    succession: Succession
    slot: Slot | None
    seat: int | None
    handover: Path | None
    wsgi: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take the arguments of gunicorn's master."""
        super().__init__(*args, **kwargs)
        # Connections that wait for another request after they were served one.
        self._idle: set[Any] = set()
        # Connections that speak another protocol, outside of gunicorn's greenlets.
        self._taken: set[Any] = set()
        # The request that each connection is being served.
        self._requests: dict[Any, Any] = {}
        self._replaced = False
        self._write_timeout = CONFIGURATION.settings.write_timeout_seconds

    # -- serving and leaving ----------------------------------------------------

    def run(self) -> None:
        """Serve until told to leave, then finish what the grace period permits."""
        if self._is_orphan():
            return  # the others have removed what it would take its seat in
        services = self.wsgi.extensions["llmock"]
        services.start(self.slot, self.handover, self.succession.secret)
        self.wsgi = self._answering(Apart(self.wsgi))
        RequestParser.mesg_class = BoundedRequest
        servers = [self._listen(sock) for sock in self.sockets]
        self.succession.accepts(self.age)
        try:
            while self.alive:
                self._wait()
            if self._replaced:
                self._hand_over(services)
            self._leave(services, servers)
        finally:
            services.close()
            if self.handover is not None and self._is_orphan():
                remove_seats(self.handover)

    def _is_orphan(self) -> bool:
        """Whether the master was killed."""
        return bool(os.getppid() != self.ppid)

    def handle_exit(self, sig: int, frame: object) -> None:
        """Leave, as the master orders with SIGTERM."""
        self._replaced = True
        super().handle_exit(sig, frame)

    def _hand_over(self, services: Any) -> None:
        """Serve on until a younger worker accepts connections."""
        began = time.monotonic()
        told = False
        while not self.succession.ends and self.succession.newest <= self.age:
            waited = time.monotonic() - began
            if waited > HANDOVER_SECONDS and not told:
                told = True
                services.end_open_streams()
            if waited > MAX_START_SECONDS:
                break
            self._wait()

    def _leave(self, services: Any, servers: list[StreamServer]) -> None:
        """End streams and let other responses finish within the grace period."""
        # A connection whose response ends from now on is closed with it.
        self.cfg.set("keepalive", 0)
        for sock in list(self._idle):
            with contextlib.suppress(OSError):  # the client has closed it
                # The plain socket: gevent's own would raise at the reader.
                sock._sock.shutdown(socket.SHUT_RD)
        if not self.succession.ends:
            for server in servers:
                server.stop_accepting()
            # Connections that were accepted just now are still served.
            self._wait()
        services.drain()
        drain_seconds = services.settings.drain_seconds
        self._wait_for_clients(servers, drain_seconds)
        services.cut_short()
        self._wait_for_clients(servers, LAST_EVENTS_SECONDS)
        for server in servers:
            server.stop(timeout=0)

    def _listen(self, sock: Any) -> StreamServer:
        sock.setblocking(1)
        pool = Pool(self.worker_connections)
        handle = partial(self.handle, sock)
        if self.cfg.is_ssl:
            context = listening.ssl_context(self.cfg)
            server = StreamServer(sock, handle, spawn=pool, ssl_context=context)
        else:
            server = PromptServer(sock, handle, spawn=pool)
        if self.cfg.workers > 1:
            server.max_accept = 1
        server.start()
        return server

    def _wait(self) -> None:
        self.notify()
        gevent.sleep(POLL_SECONDS)

    def _wait_for_clients(self, servers: list[StreamServer], seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not (self._taken or any(server.pool for server in servers)):
                break
            self._wait()

    # -- connections --------------------------------------------------------------

    def handle(self, listener: object, client: Any, addr: object) -> None:
        """Serve a connection, request after request."""
        try:
            super().handle(listener, client, addr)
        finally:
            self._idle.discard(client)

    def handle_request(
        self, listener_name: object, req: Any, sock: Any, addr: object
    ) -> None:
        """Answer one request; treat a client that stalls as one that has left."""
        if sock in self._idle:
            # Requests that a client sends all at once take turns with others'.
            gevent.sleep(0)
        self._idle.discard(sock)
        self._requests[sock] = req
        sock.settimeout(self._write_timeout)
        takeover: Takeover | None = None
        try:
            super().handle_request(listener_name, req, sock, addr)
        except TimeoutError:
            # gunicorn would log a traceback, which it spares a broken pipe.
            raise BrokenPipeError(errno.EPIPE, "the client stalls") from None
        except TakenOver as taken:
            takeover = taken.takeover
        except StopIteration:
            if req.must_close:
                linger(sock)
            raise
        finally:
            del self._requests[sock]
            sock.settimeout(None)
        if takeover is not None:
            self._run(takeover, sock)
        self._idle.add(sock)

    def is_already_handled(self, respiter: object) -> bool:
        """Let the application have the connection that it takes over."""
        if isinstance(respiter, Takeover):
            raise TakenOver(respiter)
        return bool(super().is_already_handled(respiter))

    def _run(self, takeover: Takeover, sock: Any) -> NoReturn:
        """Hand the connection over, and let this greenlet end.

        An encrypted one cannot leave its greenlet, which waits for its end.
        """
        if isinstance(sock, PromptSocket):
            taken = detached(sock)
            self._taken.add(taken)
            takeover.begin(taken, partial(self._over, taken))
        else:
            over = Event()
            takeover.begin(sock, over.set)
            over.wait()
            linger(sock)
        raise StopIteration

    def _over(self, sock: Any) -> None:
        """Close a connection that was taken over."""
        try:
            linger(sock)
            sock.close()
        finally:
            self._taken.discard(sock)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Any) -> None:
        """Answer a connection on which a request could not be read or served."""
        refusal = refusal_of(exc)
        if refusal.status != 500:
            address = addr[0] if addr else ""
            self.log.warning("Invalid request from ip=%s: %s", address, exc)
        else:
            self.log.error("Error handling request", exc_info=exc)
        with contextlib.suppress(OSError):  # the client has closed it
            util.write_nonblock(client, refusal.response())
            linger(client)

    def _answering(
        self, application: Callable[..., Iterable[bytes]]
    ) -> Callable[..., Iterable[bytes]]:
        """Wrap ``application``: a refused body closes its connection.

        While a body is sent that may last, nothing is kept of the request that only a
        log of gunicorn's would tell.
        """

        def answer(environ: Any, start_response: Any) -> Iterable[bytes]:
            request = self._requests[environ["gunicorn.socket"]]

            def start(status: str, headers: Any, exc_info: Any = None) -> Any:
                if status.startswith("413"):
                    request.force_close()
                return start_response(status, headers, exc_info)

            body = application(environ, start)
            if isinstance(body, Lasting) and not self.log.access_log_enabled:
                forget(request, environ)
            return body

        return answer
