"""Transports that are requests: Server-Sent Events, and long polling.

What a client sends comes in requests of its own; here is what it receives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf
from typing import TypeAlias

from ..ports import Clock
from ..sse.frames import SSE
from .hub_connection import HubConnection
from .outbox import Mailbox

#: Longest time of a poll that finds nothing, in seconds.
POLL_SECONDS = 90.0
#: Frames that wait when a poll takes all of them. One client in Python looks at one
#: message of each answer, and keeps the others until the next answer comes.
_MANY = 8

#: The number of a client's first poll, which is answered at once.
FIRST_POLL = 1

#: Takes what to call when the client of a request has gone, and gives what to call
#: when that does not matter any more.
Watch: TypeAlias = Callable[[Callable[[], None]], Callable[[], None]]


class EventStream(Mailbox):
    """The response that carries a connection's messages as Server-Sent Events."""

    __slots__ = ("connection",)

    def __init__(self, connection: HubConnection) -> None:
        """Send what ``connection`` sends, until it is over."""
        super().__init__(connection.stall)
        self.connection = connection

    def body(self) -> Iterator[bytes]:
        """The frames; something at once, or browsers do not take it for open."""
        yield SSE.keep_alive
        while True:
            self.wait()
            data = self.take()
            if data:
                yield data
            elif self.over:
                return


class LongPolling(Mailbox):
    """The polls of one client, of which the latest one is answered."""

    __slots__ = ("_clock", "_polls", "connection")

    def __init__(self, connection: HubConnection, clock: Clock) -> None:
        """Answer with what ``connection`` sends."""
        super().__init__(connection.stall)
        self.connection = connection
        self._clock = clock
        self._polls = 0

    def begin(self) -> int:
        """Begin a poll, which ends the one before it; returns its number."""
        self._polls += 1
        self.wake()
        return self._polls

    def look(self, number: int) -> bytes | None:
        """What poll ``number`` gets now: perhaps nothing, None at the end."""
        self.connection.last_asked = self._clock.monotonic()
        if number != self._polls:
            return None
        # Clients look at the status of their first poll only.
        if len(self) and number > FIRST_POLL:
            return self.take(1 if len(self) <= _MANY else len(self))
        return None if self.over else b""

    def poll(self, watch: Watch) -> bytes | None:
        """What the client gets, after a wait: nothing at first, None at the end."""
        number = self.begin()
        connection, monotonic = self.connection, self._clock.monotonic
        until = monotonic() + POLL_SECONDS
        if number == FIRST_POLL:
            return self.look(number)
        has_gone = False

        def gone() -> None:
            nonlocal has_gone
            has_gone = True
            self.wake()

        connection.last_asked = inf
        unwatch = watch(gone)
        try:
            while not (len(self) or self.over or has_gone or number != self._polls):
                left = until - monotonic()
                if left <= 0:
                    break
                self.wait(left)
        finally:
            unwatch()
            if number == self._polls:
                connection.last_asked = monotonic()
        if has_gone:
            return b""
        return self.look(number)
