"""The calls of one client: methods one after the other, streams beside them."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

import gevent

from ..errors import ApiError
from ..signalr.hub_messages import Completion, Invocation, StreamInvocation, StreamItem
from .methods import NOTHING, HubError, Items, Method, Methods, StreamMethod, known

if TYPE_CHECKING:
    from .hub_connection import HubConnection

logger = logging.getLogger(__name__)

#: Most calls of one client that wait for an earlier one.
MAX_WAITING_CALLS = 100

_INTERNAL = "The server failed; its log says why."


class _Stream:
    """A running stream, which may be cancelled before its items are there."""

    __slots__ = ("is_cancelled", "items")

    def __init__(self) -> None:
        self.is_cancelled = False
        self.items: Items | None = None

    def cancel(self) -> None:
        """End it soon."""
        self.is_cancelled = True
        if self.items is not None:
            self.items.cancel()


class Calls:
    """What one client has called and is not answered yet.

    The client's connection has its calls, and comes with each: if they kept it, both
    would stay until a garbage collection.
    """

    __slots__ = ("_methods", "_running", "_streams", "_waiting")

    def __init__(self, methods: Methods) -> None:
        """Answer by ``methods``."""
        self._methods = methods
        self._waiting: deque[Invocation] = deque()
        self._running: gevent.Greenlet[..., None] | None = None
        self._streams: dict[str, _Stream] = {}

    def invoke(self, connection: HubConnection, call: Invocation) -> None:
        """Call a method, after those before it."""
        if len(self._waiting) >= MAX_WAITING_CALLS:
            error = f"{MAX_WAITING_CALLS} calls wait already."
            _answer(connection, call, error=error)
            return
        self._waiting.append(call)
        if self._running is None:
            self._running = gevent.spawn(self._run, connection)

    def stream(self, connection: HubConnection, call: StreamInvocation) -> None:
        """Begin a stream of items."""
        method = self._methods.get(call.target.lower())
        if method is None:
            _complete(connection, call.invocation_id, error=self._unknown(call.target))
        elif isinstance(method, Method):
            _complete(
                connection,
                call.invocation_id,
                error=f"The method '{method.name}' has one result; use 'invoke'.",
            )
        elif call.invocation_id in self._streams:
            _complete(
                connection,
                call.invocation_id,
                error=f"A stream with the id '{call.invocation_id}' runs already.",
            )
        else:
            self._streams[call.invocation_id] = stream = _Stream()
            gevent.spawn(self._run_stream, connection, stream, method, call)

    def cancel(self, invocation_id: str) -> None:
        """End a stream early; an id that is not known is ignored."""
        stream = self._streams.get(invocation_id)
        if stream is not None:
            stream.cancel()

    def end(self) -> None:
        """Drop everything: nobody is there to be answered."""
        self._waiting.clear()
        if self._running is not None:
            self._running.kill(block=False)
        for stream in [*self._streams.values()]:
            stream.cancel()

    # -- methods with one result ------------------------------------------------

    def _run(self, connection: HubConnection) -> None:
        try:
            while self._waiting:
                self._call(connection, self._waiting.popleft())
        finally:
            self._running = None

    def _call(self, connection: HubConnection, call: Invocation) -> None:
        method = self._methods.get(call.target.lower())
        if method is None:
            _answer(connection, call, error=self._unknown(call.target))
        elif isinstance(method, StreamMethod):
            error = f"The method '{method.name}' is a stream; use 'stream'."
            _answer(connection, call, error=error)
        else:
            result, failure = _guarded(
                method.name, lambda: method.call(connection, call.arguments)
            )
            _answer(connection, call, result, failure)

    def _unknown(self, target: str) -> str:
        names = [method.name for method in self._methods.values()]
        return f"Unknown hub method '{target}'{known(target, names)}"

    # -- streams ------------------------------------------------------------------

    def _run_stream(
        self,
        connection: HubConnection,
        stream: _Stream,
        method: StreamMethod,
        call: StreamInvocation,
    ) -> None:
        invocation_id = call.invocation_id

        def send() -> None:
            if stream.is_cancelled:
                return
            stream.items = items = method.open(connection, call.arguments)
            try:
                for item in items:
                    if stream.is_cancelled:
                        return
                    connection.send(StreamItem(invocation_id, item))
                    connection.wait_for_room()
            finally:
                items.cancel()

        try:
            _, error = _guarded(method.name, send)
        finally:
            del self._streams[invocation_id]
        _complete(connection, invocation_id, error=error)


def _answer(
    connection: HubConnection,
    call: Invocation,
    result: object = NOTHING,
    error: str | None = None,
) -> None:
    """Complete a call whose caller waits for that."""
    if call.invocation_id is not None:
        _complete(connection, call.invocation_id, result, error)


def _complete(
    connection: HubConnection,
    invocation_id: str,
    result: object = NOTHING,
    error: str | None = None,
) -> None:
    has_result = error is None and result is not NOTHING
    connection.send(
        Completion(invocation_id, error, result if has_result else None, has_result)
    )


def _guarded(name: str, call: Callable[[], object]) -> tuple[object, str | None]:
    """What ``call`` returns, and what the caller is told where it fails."""
    try:
        return call(), None
    except HubError as error:
        return NOTHING, str(error)
    except ApiError as error:
        return NOTHING, error.detail
    except Exception:
        logger.exception("the hub method %s failed", name)
        return NOTHING, _INTERNAL
