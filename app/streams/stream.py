"""One open stream: who asked for what, and how it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from ..errors import Conflict
from ..events.event import FOREVER, EndReason
from ..faults.fault import Fault
from ..ports import Clock
from ..request.verbs import Cut, Play, Verb
from ..words import MockRequest
from .clock import StreamClock
from .connection import Connection
from .counts import Outcome
from .delivery import Delivery
from .faulty.record import Played
from .producer import Producer
from .resuming.told import Told
from .steering.cutting import Shears, needs_connection
from .steering.orders import Order, Steering
from .virtual.virtual_clock import VirtualClock

if TYPE_CHECKING:
    from .resuming.resumption import Resumption

#: Is told once that a stream has closed, and how it ended.
OnClose: TypeAlias = "Callable[[Stream, Outcome], None]"


class Stream:
    """An open stream: a producer, and its delivery to one client.

    ``number`` counts the streams of its worker from 1. ``path`` is the path of the
    URL that was asked for, and ``route`` the name of the route that serves it, or
    None. ``started_ms`` is wall-clock milliseconds since 1970. ``settle`` brings its
    counts up to date where others send for it, and ``resumption`` lets it go on after
    its connection broke; None where it cannot. ``is_listed`` tells
    whether an operator sees it among the mock streams. ``outcome`` is None until
    it is closed.
    """

    __slots__ = (
        "_clock",
        "_connection",
        "_delivery",
        "_on_close",
        "_producer",
        "_schedule_clock",
        "_sent_before",
        "_started",
        "client",
        "id",
        "is_listed",
        "number",
        "outcome",
        "path",
        "request",
        "resumption",
        "route",
        "settle",
        "started_ms",
    )

    def __init__(
        self,
        stream_id: str,
        request: MockRequest,
        *,
        number: int,
        path: str,
        route: str | None,
        client: str,
        producer: Producer,
        delivery: Delivery,
        clock: Clock,
        schedule_clock: StreamClock,
        on_close: OnClose,
        is_listed: bool,
    ) -> None:
        """``on_close`` runs once, when nothing more will be sent.

        ``schedule_clock`` is the producer's clock.
        """
        self.id = stream_id
        self.request = request
        self.number = number
        self.path = path
        self.route = route
        self.client = client
        self.is_listed = is_listed
        self.outcome: Outcome | None = None
        self.settle: Callable[[], None] | None = None
        self.resumption: Resumption | None = None
        # Events of the responses before this one.
        self._sent_before = delivery.events
        self._producer = producer
        self._delivery = delivery
        self._clock = clock
        self._schedule_clock = schedule_clock
        self._connection: Connection | None = None
        self._on_close: OnClose | None = on_close
        self._started = clock.monotonic()
        self.started_ms = clock.now_ms()

    # -- what is known of it --------------------------------------------------

    @property
    def backend(self) -> str:
        """The name of the backend that the latest batch came from."""
        return self._producer.backend

    @property
    def batches(self) -> int:
        """How many batches were sent whole."""
        return self.delivery.batches

    @property
    def events_sent(self) -> int:
        """How many events were sent in this response."""
        return self.delivery.events - self._sent_before

    @property
    def bytes_sent(self) -> int:
        """How many bytes were sent, heartbeats included and chunk sizes not."""
        return self.delivery.bytes

    @property
    def counted(self) -> tuple[int, int]:
        """Events and bytes sent, without those that a feed has still to tell of."""
        return self._delivery.events - self._sent_before, self._delivery.bytes

    @property
    def last_id(self) -> str | None:
        """The id that its client knows last, or None."""
        last = self.delivery.last_id
        return None if last is None else last.decode("utf-8", "replace")

    @property
    def feed(self) -> str | None:
        """The name of the shared feed that it subscribes to, if it does."""
        choice = self.request.feed
        return None if choice is None else choice.name

    @property
    def virtual(self) -> VirtualClock | None:
        """The virtual clock that it runs by, if it does."""
        clock = self._delivery.pause.clock
        return clock if isinstance(clock, VirtualClock) else None

    @property
    def age(self) -> float:
        """Seconds since it was opened."""
        return self._clock.monotonic() - self._started

    @property
    def last_event_ms(self) -> int:
        """When something was last sent; when it was opened, where nothing was."""
        sent = self.delivery.pause.last_sent
        if sent == FOREVER:
            return self.started_ms
        clock = self._delivery.pause.clock
        return clock.now_ms() - round((clock.monotonic() - sent) * 1000)

    def told(self) -> Told:
        """What its client has been told so far."""
        return self.delivery.told(self._delivery.pause.clock.monotonic())

    @property
    def is_over(self) -> bool:
        """Whether nothing but its END is still to be sent."""
        return self._delivery.pause.over

    # -- running --------------------------------------------------------------

    def attach(self, connection: Connection) -> None:
        """Write to ``connection``, in place of leaving that to the server."""
        self._connection = connection

    @property
    def connection(self) -> Connection | None:
        """The client's connection, where the stream writes to it itself."""
        return self._connection

    @property
    def delivery(self) -> Delivery:
        """What sends its events, with its counts up to date."""
        if self.settle is not None:
            self.settle()
        return self._delivery

    def frames(self) -> Iterator[bytes]:
        """What the server iterates over; see ``Delivery.run``.

        The server sends the head of the response. Where there is a connection the
        stream writes the frames to it itself, past the layers of the server.
        """
        return self._delivery.run(self.close, self._connection)

    def play(self, faults: Iterable[Fault]) -> None:
        """Play ``faults`` from the next event on, beside those that are in play."""
        self.delivery.play(faults, self.request, self._connection)

    @property
    def played(self) -> Sequence[Played]:
        """The faults that acted so far, oldest first."""
        return self._delivery.played

    # -- steering -------------------------------------------------------------

    def steer(self, verb: Verb) -> Order:
        """Obey ``verb`` as soon as the stream comes round.

        Raises ``Conflict`` for a cut that takes a connection of the stream's own.
        """
        connection = self._connection
        if connection is None and isinstance(verb, Cut) and needs_connection(verb):
            raise Conflict("The server writes this stream; only a clean cut can be.")
        if isinstance(verb, Play):
            self.play(verb.faults)
        delivery = self._delivery
        if delivery.steering is None:
            shears = None if connection is None else partial(_cut, delivery, connection)
            delivery.steering = Steering(delivery, self._schedule_clock, shears)
            if connection is not None:
                connection.bar_bypass()
        return delivery.steering.take(verb)

    @property
    def is_paused(self) -> bool:
        """Whether a verb has paused its schedule."""
        steering = self._delivery.steering
        return steering is not None and steering.is_paused

    # -- ending ---------------------------------------------------------------

    def stop(self, reason: EndReason) -> None:
        """End it; its client hears why. The first reason counts."""
        self._delivery.pause.end(reason)

    def drop(self) -> None:
        """Close its connection: the client has another one by now."""
        if self._connection is not None:
            with suppress(OSError):  # it has gone
                self._connection.finish()
        self.lose(stalled=False)

    def resumed(self, number: int, *, client: str, on_close: OnClose) -> Stream:
        """The stream that goes on for ``client`` after this one, which has closed.

        It is the ``number``-th of its worker.
        """
        stream = Stream(
            self.id,
            self.request,
            number=number,
            path=self.path,
            route=self.route,
            client=client,
            producer=self._producer,
            delivery=self._delivery,
            clock=self._clock,
            schedule_clock=self._schedule_clock,
            on_close=on_close,
            is_listed=self.is_listed,
        )
        stream.resumption = self.resumption
        return stream

    def lose(self, stalled: bool) -> None:
        """Note that its client has gone, or ``stalled`` and was given up."""
        self._delivery.lose(stalled)

    def close(self) -> None:
        """Let go of everything. Harmless when called again."""
        on_close, self._on_close = self._on_close, None
        if on_close is None:
            return
        pause = self._delivery.pause
        outcome = self._delivery.outcome
        if outcome is None:
            reason = pause.reason
            outcome = Outcome.CLIENT_GONE if reason is None else Outcome(reason.code)
        self.outcome = outcome
        pause.leave()
        self._producer.cancel()
        self.settle = None
        # The connection knows the stream. If the stream kept it, what the stream
        # holds would not go with the stream, but with a later garbage collection.
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
        on_close(self, outcome)
        if self._delivery.steering is not None:
            self._delivery.steering.close()


def _cut(delivery: Delivery, connection: Connection, verb: Cut, first: int) -> None:
    """Cut inside of what ``delivery`` writes, from event number ``first`` on."""
    Shears(delivery, verb, first).attach(connection)
