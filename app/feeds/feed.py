"""One feed: its history and its subscribers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..events import payloads
from ..events.envelope import CONTRACT, Envelope
from ..events.event import EndReason, Event, Fields
from ..sse.frames import Framing
from ..streams.counts import Counts
from ..words import FeedChoice, MockRequest
from .event_ids import EventId, short_name, written_id
from .fan_out import FanOut
from .history import Entry, History
from .subscription import Subscription

if TYPE_CHECKING:
    from .production import Production


@dataclass(frozen=True, slots=True)
class FeedLimits:
    """What holds for a feed's subscribers.

    ``linger_s`` is how long a feed goes on after the last one, in seconds, and
    ``keep_s`` for how long it then still knows its numbers. ``queue`` is how many
    events a subscriber may lag; ``closes`` says that it is closed beyond that,
    in place of leaving batches out.
    """

    linger_s: float
    keep_s: float
    queue: int
    closes: bool


def _nothing() -> None:
    pass


class Feed:
    """A stream of events that is made once, for all of its subscribers.

    ``request`` is what it is made of, and ``choice`` names it. ``skipped`` counts the
    events that subscribers did not get because they were too slow. ``production`` is
    what makes its events, None where another worker does, and ``is_resting`` tells
    that nobody does, because nobody needs them. ``on_join`` is called when a
    subscriber has come.
    """

    def __init__(
        self,
        name: str,
        request: MockRequest,
        *,
        epoch: str,
        history: History,
        limits: FeedLimits,
        always: bool,
        monotonic: Callable[[], float],
        turn: Callable[[], None],
        counts: Counts,
        on_end: Callable[[Feed], None],
    ) -> None:
        """Begin without events.

        ``monotonic`` gives seconds, ``turn`` lets others run, and ``on_end`` is told
        when nothing more comes. An ``always`` running feed needs no subscribers.
        """
        self.name = name
        self.short_name = short_name(name)
        self.request = request
        self.choice = FeedChoice(name, frozenset())
        self.epoch = epoch
        self.history = history
        self.limits = limits
        self.batches = 0
        self.skipped = 0
        self.is_resting = False
        self.is_over = False
        self.production: Production | None = None
        self.on_join: Callable[[], None] = _nothing
        self._always = always
        self._monotonic = monotonic
        self._counts = counts
        self._on_end = on_end
        self._subscriptions: dict[Subscription, None] = {}
        self._left_at = monotonic()
        self.envelope = Envelope(self._opening, CONTRACT.error, self._ending)
        self._latest_request = request
        self.fan_out = FanOut(self.encode, turn, monotonic)
        self._encoded: dict[Framing, tuple[int, bytes]] = {}

    # -- what is known of it ----------------------------------------------------

    @property
    def backend(self) -> str:
        """The name of the backend that the latest batch came from.

        Empty where another worker asks it.
        """
        return "" if self.production is None else self.production.backend

    @property
    def subscribers(self) -> int:
        """How many subscribers there are."""
        return len(self._subscriptions)

    @property
    def lag(self) -> int:
        """How many events the slowest subscriber is behind."""
        cursors = [each.cursor for each in self._subscriptions if not each.is_seated]
        return self.history.next - min(cursors, default=self.history.next)

    @property
    def now(self) -> float:
        """The time of the feed's clock, in monotonic seconds."""
        return self._monotonic()

    @property
    def is_needed(self) -> bool:
        """Whether somebody is there for its events, or it always runs."""
        return bool(self._subscriptions) or self._always

    @property
    def is_spare(self) -> bool:
        """Whether nobody has needed it for a while."""
        idle = self._monotonic() - self._left_at
        return not self.is_needed and idle >= self.limits.linger_s

    # -- events -----------------------------------------------------------------

    def event_id(self, number: int) -> bytes:
        """The id of the event of that number."""
        return written_id(self.short_name, EventId(self.epoch, number))

    def fields_of(self, entry: Entry) -> Fields:
        """The fields of an event, its id included."""
        fields = entry.event.fields or Fields()
        if fields.id is not None:
            return fields
        return fields._replace(id=self.event_id(entry.number))

    def encode(self, entry: Entry, framing: Framing) -> bytes:
        """The frame of an event, which is not the first of a body."""
        number = entry.number
        known = self._encoded.get(framing)
        if known is not None and known[0] == number:
            return known[1]
        frame = framing.encode(entry.event, 1, self.event_id(number))
        self._encoded[framing] = number, frame
        return frame

    def publish(self, event: Event) -> None:
        """Number an event and keep it; it goes out with those that follow at once."""
        self._add(self.history.append(event, self._monotonic()))

    def receive(self, entry: Entry) -> None:
        """Keep an event that was numbered elsewhere; it goes out as others do.

        Where others are missing before it, subscribers are told.
        """
        if entry.number != self.history.next:
            self.flush()
            for subscription in [*self._subscriptions]:
                subscription.unseated()
        self.history.insert(entry)
        self._add(entry)

    def _add(self, entry: Entry) -> None:
        if entry.event.whole:
            self.batches += 1
        self._counts.feed_deliveries += self.fan_out.add(entry)

    def flush(self) -> None:
        """Send what was published to those who wait for it."""
        counts, began = self._counts, self._monotonic()
        counts.feed_deliveries += self.fan_out.flush()
        counts.feed_lag.add(self._monotonic() - began)

    def restart(self, epoch: str) -> None:
        """Begin another epoch; subscribers are told."""
        self.flush()
        self.epoch = epoch
        self.history.restart(0)
        self._encoded.clear()
        for subscription in [*self._subscriptions]:
            subscription.restart()

    def tell(self, message: str) -> None:
        """Send every subscriber an error event that is none of the feed's."""
        event = Event(payloads.error(message, self.batches))
        for subscription in [*self._subscriptions]:
            subscription.tell(event)

    def _opening(self, request: MockRequest) -> tuple[Event, ...]:
        info = payloads.info(
            request.mode,
            request.interval_ms,
            request.max_duration_s,
            feed=self.name,
            subscribers=self.subscribers,
        )
        return (Event(info),)

    def _ending(
        self, reason: EndReason, batches: int, message: str | None
    ) -> tuple[Event, ...]:
        return CONTRACT.end(reason, self.batches, message)

    # -- subscribers ------------------------------------------------------------

    def request_of(self, request: MockRequest) -> MockRequest:
        """A subscriber's ``request`` with the feed's terms.

        Those that ask for the same share one value.
        """
        wanted = replace(
            request,
            mode=self.request.mode,
            shape=self.request.shape,
            interval_ms=self.request.interval_ms,
            # What the client gave has been looked at, and takes memory.
            feed=self.choice,
            last_event_id=None,
        )
        if wanted != self._latest_request:
            self._latest_request = wanted
        return self._latest_request

    def join(self, subscription: Subscription) -> None:
        """Take on a subscriber; a producer that rests goes on."""
        self._subscriptions[subscription] = None
        self._counts.feed_subscribers += 1
        self.on_join()

    def leave(self, subscription: Subscription) -> None:
        """Let a subscriber go."""
        if subscription not in self._subscriptions:
            return
        del self._subscriptions[subscription]
        self._counts.feed_subscribers -= 1
        if not self._subscriptions:
            self._left_at = self._monotonic()

    def skip(self, count: int) -> None:
        """Count events that a subscriber was too slow for."""
        self.skipped += count
        self._counts.feed_skipped += count

    def end(self, reason: EndReason, message: str | None = None) -> None:
        """End the feed: each subscriber hears why. Harmless when called again.

        ``message`` takes the place of the reason's own.
        """
        if self.is_over:
            return
        self.is_over = True
        for subscription in [*self._subscriptions]:
            subscription.end(reason, message)
        if self.production is not None:
            self.production.end()
        self.history.clear()
        self._on_end(self)
