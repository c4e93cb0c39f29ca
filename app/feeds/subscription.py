"""One client's part in a feed: where it is, and what it gets next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ..events import payloads
from ..events.event import EndReason, Event, Fields, Step, Wait
from ..sse.frames import Frames, Framing, Ids
from ..streams.connection import Connection, nothing_taken
from ..streams.counts import Outcome
from ..streams.delivery import Delivery
from ..streams.stream import Stream
from .fan_out import Lane, Wire
from .history import Entry
from .reading import ANY, Gap, Reader

if TYPE_CHECKING:
    from .feed import Feed


class Ready(bytes):
    """A frame that is encoded already."""


class Rest(Ready):
    """What is left of a frame in the form in which it goes out."""


class FeedFrames(Frames):
    """Encodes a subscriber's own events, and lets ready ones pass."""

    __slots__ = ("_subscription",)

    def __init__(
        self, framing: Framing, ids: Ids, *, subscription: Subscription
    ) -> None:
        """Encode for ``subscription``."""
        super().__init__(framing, ids)
        self._subscription = subscription

    def last_id(self, events: int) -> bytes | None:
        """The id of the last event of the feed that was sent."""
        return self._subscription.last_id

    def frame(self, event: Event) -> bytes:
        """The bytes of the next event."""
        fields = event.fields
        if fields is not None and isinstance(fields.raw, Ready):
            self.begun += 1
            if self.first_id is None:
                self.first_id = self._subscription.last_id
            return fields.raw
        return super().frame(event)


class _NoLane:
    """The server writes: nothing can go past it."""

    bypass: Callable[[bytes], int] = staticmethod(nothing_taken)


class Subscription(Reader):
    """What a subscriber's stream gets its events from.

    It is a producer to the stream's delivery, and a line to the feed's fan-out.
    """

    __slots__ = (
        "_connection",
        "_delivery",
        "_feed",
        "_is_direct",
        "_rest",
        "_send_chunk",
        "_stream",
        "_wake",
        "_wire",
        "is_waiting",
        "lane",
    )

    def __init__(self, feed: Feed, framing: Framing, *, chunked: bool) -> None:
        """Subscribe to ``feed`` with its next event."""
        super().__init__(feed.history.next)
        self._feed = feed
        self._wire = Wire(framing, chunked)
        self._rest: tuple[Rest, bool] | None = None
        self._wake: Callable[[], None] = lambda: None
        self._connection: Connection | None = None
        self._delivery: Delivery | None = None
        self._stream: Stream | None = None
        self._is_direct = False
        self.lane: Lane = _NoLane()
        self._send_chunk: Callable[[bytes], None] = lambda data: None
        self.is_waiting = False

    def join(self, wake: Callable[[], None]) -> Subscription:
        """Become one of the feed's subscribers; ``wake`` makes the stream look."""
        self._wake = wake
        self._feed.join(self, self._wire)
        return self

    def attach(self, stream: Stream) -> None:
        """Serve ``stream``, past its own greenlet where that can be done."""
        self._stream = stream
        self._delivery = stream.delivery
        connection = self._connection = stream.connection
        if connection is None:
            return
        self.lane = connection
        self._send_chunk, connection.send = connection.send, self._send
        # A delivery that counts batches has to see each of them.
        self._is_direct = stream.request.max_events is None

    # -- as a producer ----------------------------------------------------------

    @property
    def backend(self) -> str:
        """The feed's backend."""
        return self._feed.backend

    def steps(self) -> Iterator[Step]:
        """The feed's events from the cursor on."""
        feed, delivery = self._feed, self._delivery
        history, limits = feed.history, feed.limits
        until_news = Wait(ready=self._has_news)
        assert delivery is not None
        while True:
            self.is_waiting = False
            if self._rest is not None:
                rest, whole = self._rest
                self._rest = None
                yield Event(None, whole=whole, fields=Fields(raw=rest))
                continue
            found = self.take(history)
            if found is None:
                self.behind = limits.queue
                yield until_news
            elif isinstance(found, Entry):
                yield self._event(found, delivery)
            elif limits.closes and self.behind != ANY:
                delivery.outcome = Outcome.OVERFLOW
                return
            else:
                feed.skip(found.missed or 0)
                yield self._told(found)

    def _event(self, entry: Entry, delivery: Delivery) -> Event:
        # The first event of a body may look different from all others.
        event = entry.event
        if not delivery.events:
            return event._replace(fields=self._feed.fields_of(entry))
        frame = Ready(self._feed.encode(entry, self._wire.framing))
        return Event(event.data, whole=event.whole, fields=Fields(raw=frame))

    def _told(self, gap: Gap) -> Event:
        oldest = self._feed.event_id(gap.oldest).decode()
        return Event(payloads.gap(gap.missed, oldest))

    def _has_news(self) -> bool:
        """Whether the stream has something to do; else events may go past it."""
        if self._rest is not None or self.cursor < self._feed.history.next:
            self.is_waiting = False
            return True
        # The head of the response goes out with the first event.
        delivery, connection = self._delivery, self._connection
        if connection is not None and delivery is not None:
            if self._is_direct and delivery.events and not self.is_seeking:
                connection.open_bypass()
            else:
                connection.close_bypass()
        self.is_waiting = True
        return False

    def cancel(self) -> None:
        """Leave the feed."""
        self.is_waiting = False
        self._feed.leave(self, self._wire)
        # The stream knows its subscription; a cycle would keep both for longer.
        self._stream = self._delivery = None
        self._connection = None

    # -- as a line of the fan-out -----------------------------------------------

    def sent(self, size: int, whole: bool, now: float) -> None:
        """Note that the event at the cursor went out."""
        self.cursor += 1
        assert self._delivery is not None
        self._delivery.passed(size, whole, now)

    def left_over(self, entry: Entry, size: int, rest: bytes | None) -> None:
        """Let the stream's own greenlet send what is left of an event."""
        self.is_waiting = False
        if rest is not None and self._delivery is not None:
            self.cursor += 1
            self._rest = Rest(rest), entry.event.whole
            self._delivery.bytes += size - len(rest)
        self._wake()

    def end(self, reason: EndReason) -> None:
        """End the stream; its client hears why."""
        if self._stream is not None:
            self._stream.stop(reason)

    def lost(self) -> None:
        """Let the stream end: its client has gone."""
        self.is_waiting = False
        if self._stream is not None:
            self._stream.lose(stalled=False)

    def _send(self, frame: bytes) -> None:
        """Write a frame of the stream's own greenlet; nobody writes in between."""
        self.is_waiting = False
        connection = self._connection
        assert connection is not None
        if isinstance(frame, Rest):
            connection.send_raw(frame)
        else:
            self._send_chunk(frame)

    @property
    def last_id(self) -> bytes | None:
        """The id of the event before the cursor; None at the feed's beginning."""
        return self._feed.event_id(self.cursor - 1) if self.cursor else None
