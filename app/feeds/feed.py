"""One feed: its producer, its history and its subscribers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

import gevent

from ..errors import ApiError, BackendError
from ..events import payloads
from ..events.envelope import CONTRACT
from ..events.event import EndReason, Event, Fields, Wait
from ..events.modes import BATCHES
from ..ports import Clock
from ..sse.frames import Framing
from ..streams.counts import INTERNAL, Counts
from ..streams.pause import Pause
from ..streams.producer import Continuous
from ..streams.workshop import Workshop
from ..words import FeedChoice, MockRequest
from .event_ids import EventId, short_name, written_id
from .fan_out import FanOut
from .history import Entry, History
from .subscription import Subscription

logger = logging.getLogger(__name__)


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


class Feed:
    """A stream of events that is made once, for all of its subscribers.

    ``request`` is what it is made of, and ``choice`` names it. ``skipped`` counts the
    events that subscribers did not get because they were too slow.
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
        pause: Pause,
        make_shop: Callable[[MockRequest, Pause, Clock], Workshop],
        clock: Clock,
        counts: Counts,
        on_end: Callable[[Feed], None],
    ) -> None:
        """Make the feed's source; raises as ``Backend.open`` does.

        ``pause`` and ``clock`` are its producer's, ``make_shop`` gives that its parts,
        and ``on_end`` is told when nothing more comes. An ``always`` running feed
        needs no subscribers.
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
        self._is_resting = False
        self._always = always
        self._pause = pause
        self._counts = counts
        self._on_end = on_end
        self._subscriptions: dict[Subscription, None] = {}
        self._left_at = pause.now
        self.fan_out = FanOut(self.encode, self._take_turns, self._look)
        self._encoded: dict[Framing, tuple[int, bytes]] = {}
        shop = make_shop(request, pause, clock)
        self._producer = Continuous(
            shop.batches(request, BATCHES[request.mode]),
            request,
            envelope=CONTRACT,
            counts=counts,
        )
        self._greenlet: gevent.Greenlet[[], None] | None = None

    # -- what is known of it ----------------------------------------------------

    @property
    def backend(self) -> str:
        """The name of the backend that the latest batch came from."""
        return self._producer.backend

    @property
    def subscribers(self) -> int:
        """How many subscribers there are."""
        return len(self._subscriptions)

    @property
    def is_resting(self) -> bool:
        """Whether it waits for a subscriber before it makes more."""
        return self._is_resting

    @property
    def lag(self) -> int:
        """How many events the slowest subscriber is behind."""
        cursors = [each.cursor for each in self._subscriptions if not each.is_seated]
        return self.history.next - min(cursors, default=self.history.next)

    @property
    def now(self) -> float:
        """The time of the feed's clock, in monotonic seconds."""
        return self._look()

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes."""
        return self._pause.over

    @property
    def is_spare(self) -> bool:
        """Whether nobody has needed it for a while."""
        idle = self._pause.look() - self._left_at
        return not (self.subscribers or self._always) and idle >= self.limits.linger_s

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

    # -- subscribers ------------------------------------------------------------

    def join(self, subscription: Subscription) -> None:
        """Take on a subscriber; a producer that rests goes on."""
        self._subscriptions[subscription] = None
        self._counts.feed_subscribers += 1
        self._pause.wake()

    def leave(self, subscription: Subscription) -> None:
        """Let a subscriber go."""
        if subscription not in self._subscriptions:
            return
        del self._subscriptions[subscription]
        self._counts.feed_subscribers -= 1
        if not self._subscriptions:
            self._left_at = self._look()

    def skip(self, count: int) -> None:
        """Count events that a subscriber was too slow for."""
        self.skipped += count
        self._counts.feed_skipped += count

    # -- producing --------------------------------------------------------------

    def start(self) -> None:
        """Begin to produce, in a greenlet."""
        self._greenlet = gevent.spawn(self._run)

    def end(self, reason: EndReason) -> None:
        """End the feed: each subscriber hears why. Harmless when called again."""
        if self._pause.over:
            return
        self._pause.end(reason)
        for subscription in [*self._subscriptions]:
            subscription.end(reason)
        self._producer.cancel()
        self.history.clear()
        self._on_end(self)

    def _run(self) -> None:
        reason = EndReason.ERRORS
        try:
            for step in self._producer.steps():
                if isinstance(step, Event):
                    self._publish(step)
                elif isinstance(step, Wait):
                    self._send()
                    self._pause.until(step.until, step.ready)
                    self._rest()
                else:
                    reason = step.reason
                    break
                if self._pause.over:
                    return
        except ApiError as error:
            if isinstance(error, BackendError):
                self._counts.failed(error)
            self._publish(Event(payloads.error(error.detail, self.batches)))
        except Exception:
            logger.exception("feed %r failed", self.name)
            self._counts.errors[INTERNAL] += 1
            self._publish(Event(payloads.error("Internal server error", self.batches)))
        self._send()
        self.end(reason)

    def _publish(self, event: Event) -> None:
        """Number an event; it goes out with those that follow at once."""
        entry = self.history.append(event, self._look())
        if event.whole:
            self.batches += 1
        self._counts.feed_events += 1
        self._counts.feed_deliveries += self.fan_out.add(entry)

    def _send(self) -> None:
        """Send what was published to those who wait for it."""
        counts, began = self._counts, self._look()
        counts.feed_deliveries += self.fan_out.flush()
        counts.feed_lag.add(self._look() - began)

    def _rest(self) -> None:
        """Wait for subscribers where none has been there for a while."""
        if not self.is_spare:
            return
        until = self._pause.now + self.limits.keep_s
        self._is_resting = True
        self._pause.until(until, lambda: bool(self._subscriptions))
        self._is_resting = False
        if not self._subscriptions and self._pause.now >= until:
            self.end(EndReason.COMPLETE)

    def _take_turns(self) -> None:
        """Let others run."""
        self._pause.until(self._pause.now)

    def _look(self) -> float:
        return self._pause.look()
