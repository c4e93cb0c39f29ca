"""One client's part in a feed: where it is, and what it gets next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ..events import payloads
from ..events.event import EndReason, Event, Fields, Step, Wait
from ..sse.frames import END_SUFFIX, Frames, Framing, Ids, no_ids
from ..streams.connection import Connection, Tail
from ..streams.counts import Outcome
from ..streams.delivery import Delivery
from ..streams.stream import Stream
from .fan_out import Passed, Rest, Seat, wire_of
from .forms import CONTRACT_FORM, Form, formed
from .history import Entry
from .reading import ANY, Gap, Reader

if TYPE_CHECKING:
    from .feed import Feed


class Ready(bytes):
    """A frame that is encoded already."""


#: Events of a feed with a shorter interval may wait for those before, in milliseconds.
FAST_MS = 10


class FeedFrames(Frames):
    """Encodes a subscriber's own events, and lets ready ones pass."""

    __slots__ = ("_subscription",)

    def __init__(
        self, framing: Framing, ids: Ids, *, subscription: Subscription
    ) -> None:
        """Encode for ``subscription``; ``ids`` are not used, but the feed's."""
        super().__init__(framing, no_ids)
        self._subscription = subscription

    def last_id(self, events: int) -> bytes | None:
        """The id of the last event of the feed that was sent."""
        return self._subscription.last_id

    def part(self, events: int) -> None:
        """See ``Frames.part``."""
        self.begun = events
        self._subscription.is_apart = True

    def frame(self, event: Event) -> bytes:
        """The bytes of the next event."""
        fields = event.fields
        if fields is not None and isinstance(fields.raw, (Ready, Tail)):
            self.begun += 1
            if self.first_id is None:
                self.first_id = self._subscription.last_id
            return fields.raw
        return super().frame(self._identified(event))

    def relabelled(
        self, event: Event, choose: Callable[[bytes | None], bytes | None]
    ) -> bytes:
        """See ``Frames.relabelled``."""
        return super().relabelled(self._identified(event), choose)

    def _identified(self, event: Event) -> Event:
        """``event`` with its id where it is the end, whose id is the feed's."""
        if not event.last:
            return event
        fields = event.fields or Fields()
        return event._replace(fields=fields._replace(id=self._subscription.end_id))


class Subscription(Reader):
    """What a subscriber's stream gets its events from.

    It is a producer to the stream's delivery, and a line to the feed's fan-out. Where
    it ``is_apart``, the bytes of its events are the stream's own.
    """

    __slots__ = (
        "_connection",
        "_delivery",
        "_feed",
        "_form",
        "_is_direct",
        "_own",
        "_rest",
        "_seat",
        "_send_chunk",
        "_stream",
        "_wake",
        "_wire",
        "is_apart",
    )

    def __init__(
        self,
        feed: Feed,
        framing: Framing,
        *,
        chunked: bool,
        form: Form = CONTRACT_FORM,
    ) -> None:
        """Subscribe to ``feed`` with its next event, which is told in ``form``."""
        super().__init__(feed.history.next)
        self._feed = feed
        self._form = form
        self._wire = wire_of(formed(framing, form), chunked)
        self._rest: Rest | None = None
        self._seat: Seat | None = None
        #: Events for this subscriber alone.
        self._own: list[Event] = []
        self._wake: Callable[[], None] = lambda: None
        self._connection: Connection | None = None
        self._delivery: Delivery | None = None
        self._stream: Stream | None = None
        self._is_direct = False
        self.is_apart = False
        self._send_chunk: Callable[[bytes], None] = lambda data: None

    def join(self, wake: Callable[[], None]) -> Subscription:
        """Become one of the feed's subscribers; ``wake`` makes the stream look."""
        self._wake = wake
        self._feed.join(self)
        return self

    def attach(self, stream: Stream) -> None:
        """Serve ``stream``, past its own greenlet where that can be done."""
        self._stream = stream
        self._delivery = stream.delivery
        connection = self._connection = stream.connection
        if connection is None:
            return
        self._send_chunk, connection.send = connection.send, self._send
        # A delivery that counts batches has to see each of them.
        self._is_direct = stream.request.max_events is None
        stream.settle = self.settle

    # -- as a producer ----------------------------------------------------------

    @property
    def backend(self) -> str:
        """The feed's backend."""
        return self._feed.backend

    def steps(self) -> Iterator[Step]:
        """The feed's events from the cursor on."""
        return self

    def __iter__(self) -> Iterator[Step]:
        """Itself: a generator for each subscriber would take memory."""
        return self

    def __next__(self) -> Step:
        """The next event, or a wait for news."""
        self._stand_up()
        feed, delivery = self._feed, self._delivery
        assert delivery is not None
        if self._rest is not None:
            rest, self._rest = self._rest, None
            fields = Fields(raw=Tail(rest.data))
            return Event(None, whole=rest.entry.event.whole, fields=fields)
        if self._own:
            return self._own.pop(0)
        found = self.take(feed.history)
        if found is None:
            self.behind = feed.limits.queue
            return Wait(ready=self._has_news)
        if isinstance(found, Entry):
            return self._event(found, delivery)
        if feed.limits.closes and self.behind != ANY:
            delivery.outcome = Outcome.OVERFLOW
            raise StopIteration
        feed.skip(found.missed or 0)
        return self._told(found)

    def _event(self, entry: Entry, delivery: Delivery) -> Event:
        # The first event of a body may look different from all others.
        event = entry.event
        if self.is_apart or not delivery.events:
            event = event._replace(fields=self._feed.fields_of(entry))
            return self._form.told(event) or Event(None, whole=event.whole)
        frame = Ready(self._feed.encode(entry, self._wire.framing))
        return Event(event.data, whole=event.whole, fields=Fields(raw=frame))

    def _told(self, gap: Gap) -> Event:
        oldest = self._feed.event_id(gap.oldest).decode()
        return self._form.gap(payloads.gap(gap.missed, oldest))

    def _has_news(self) -> bool:
        """Whether the stream has something to do; else it gets what comes next."""
        if self._seat is not None:
            self.settle()  # those who wait look at when something was last sent
            return False
        has_own = self._rest is not None or bool(self._own)
        if has_own or self.cursor < self._feed.history.next:
            return True
        self._sit_down()
        return False

    def _sit_down(self) -> None:
        """Have what comes next sent past the stream, or be told of it."""
        fan_out, connection, delivery = (
            self._feed.fan_out,
            self._connection,
            self._delivery,
        )
        send = None
        # The head of the response goes out with the first event.
        if connection is not None and delivery is not None and delivery.events:
            if self._is_direct and not self.is_seeking:
                send = connection.bypass(
                    self.unseated, may_wait=self._feed.request.interval_ms < FAST_MS
                )
        if send is None:
            fan_out.wait(self)
        else:
            self._seat = fan_out.seat(self, self._wire, send, self.cursor)

    def _stand_up(self) -> None:
        """Let nobody else send for the stream."""
        fan_out, seat = self._feed.fan_out, self._seat
        if seat is None:
            fan_out.forget(self)
        else:
            fan_out.leave(seat)
            self._seat = None

    def settle(self) -> None:
        """Bring the counts of the stream, and the cursor, up to date."""
        if self._seat is not None:
            self._seat.settle()

    @property
    def is_seated(self) -> bool:
        """Whether it has every event, and gets the next ones as they are sent."""
        return self._seat is not None

    def cancel(self) -> None:
        """Leave the feed."""
        self._stand_up()
        self._feed.leave(self)
        # The stream knows its subscription; a cycle would keep both for longer.
        self._stream = self._delivery = None
        self._connection = None

    # -- as a line of the fan-out -----------------------------------------------

    def passed(self, passed: Passed) -> None:
        """Count what went out while it had a seat."""
        self.cursor += passed.events
        if self._delivery is not None:
            self._delivery.passed(*passed)

    def unseated(self, rest: Rest | None = None) -> None:
        """Let the stream's own greenlet go on, and with ``rest`` before all else."""
        self._stand_up()
        if rest is not None and self._delivery is not None:
            self.cursor += 1
            self._rest = rest
            self._delivery.bytes += rest.size - len(rest.data)
        self._wake()

    def end(self, reason: EndReason, message: str | None = None) -> None:
        """End the stream; its client hears why, or ``message``."""
        if self._stream is not None:
            self._stream.delivery.farewell = message
            self._stream.stop(reason)

    def tell(self, event: Event) -> None:
        """Send an event of this subscriber's own, before all others."""
        told = self._form.told(event)
        if told is not None:
            self._own.append(told)
            self.unseated()

    def restart(self) -> None:
        """Go on with the first batch of another epoch; the client is told."""
        self._stand_up()
        self.seek(self._feed.history.first, since=None, is_told=True)
        self._wake()

    def lost(self) -> None:
        """Let the stream end: its client has gone."""
        self._stand_up()
        if self._stream is not None:
            self._stream.lose(stalled=False)

    def _send(self, frame: bytes) -> None:
        """Write a frame of the stream's own greenlet; nobody writes in between."""
        self._stand_up()
        connection = self._connection
        assert connection is not None
        if isinstance(frame, Tail):
            connection.send_raw(frame)
        else:
            self._send_chunk(frame)

    @property
    def last_id(self) -> bytes | None:
        """The id of the event before the cursor; None at the feed's beginning."""
        self.settle()
        return self._feed.event_id(self.cursor - 1) if self.cursor else None

    @property
    def end_id(self) -> bytes:
        """The id of the last event, after which the client need not come back."""
        return (self.last_id or self._feed.event_id(0)) + END_SUFFIX.encode()
