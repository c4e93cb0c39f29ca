"""What makes the events of a feed, in a greenlet of its own.

A feed has one producer, wherever its subscribers are. What it makes goes to an
outlet: the feed itself, or the log from which all workers read.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol

import gevent

from ..errors import ApiError, BackendError
from ..events import payloads
from ..events.envelope import CONTRACT
from ..events.event import EndReason, Event, Wait
from ..events.modes import BATCHES
from ..feed_log import Saved
from ..ports import Clock
from ..request.verbs import Verb
from ..streams.clock import StreamClock
from ..streams.counts import INTERNAL, Counts
from ..streams.pause import Pause
from ..streams.producer import Batches, Continuous
from ..streams.steering.orders import Order, Steering
from ..streams.workshop import Workshop
from ..words import MockRequest

logger = logging.getLogger(__name__)

#: Longest time for which values are made anew before others get their turn, in seconds.
_MAX_TURN = 0.005
#: Events that are made within this time leave together, in seconds: a send costs the
#: same for one as for four.
GATHER_SECONDS = 0.004
#: How late the events of such a feed may be and still all be made, in seconds: sending
#: to thousands takes longer than their interval.
_LEEWAY = 0.02


class Superseded(Exception):
    """Another producer has taken over the feed, or the feed is gone."""


class Outlet(Protocol):
    """Where the events of a feed go."""

    def begin(self, batch: int, save: Callable[[], bytes]) -> None:
        """Note that a batch begins; ``save`` gives what its value follows from."""

    def publish(self, event: Event, batch: int) -> None:
        """Take an event of batch number ``batch``, in order."""

    def settle(self) -> None:
        """Let what was published be seen; may wait. Raises ``Superseded``."""

    def close(self, reason: EndReason) -> None:
        """End the feed. Raises ``Superseded``."""


class Beginning(NamedTuple):
    """Where a producer begins: with batch ``batch``, after ``part`` events of it.

    ``started_ms`` is when the feed's first batch was made, in milliseconds since 1970.
    ``saved`` is what was saved of the values before, or None.
    """

    batch: int = 0
    part: int = 0
    started_ms: int = 0
    saved: Saved | None = None


class Production:
    """A feed's producer at work.

    ``last_id`` and ``batches`` tell how far the feed is, for those who steer it.
    """

    farewell: str | None = None

    def __init__(
        self,
        request: MockRequest,
        *,
        name: str,
        outlet: Outlet,
        pause: Pause,
        make_shop: Callable[[MockRequest, Pause, Clock], Workshop],
        clock: Clock,
        counts: Counts,
        beginning: Beginning = Beginning(),
        unseeded: MockRequest | None = None,
    ) -> None:
        """Make the feed's source; raises as ``Backend.open`` does.

        ``pause`` is the producer's waiting and ``make_shop`` gives it its parts.
        ``unseeded`` takes the place of ``request`` where values are not computed, so
        that a seed would not make them the same.
        """
        self.pause = pause
        self.steering: Steering | None = None
        #: How many events were published.
        self.events = 0
        self._name = name
        self._outlet = outlet
        self._counts = counts
        self._clock = StreamClock(clock)
        self._beginning = beginning
        shop = make_shop(request, pause, self._clock)
        made = shop.batches(request, BATCHES[request.mode])
        if unseeded is not None and made.source.blocking:
            request = unseeded
            made = shop.batches(request, BATCHES[request.mode])
        self._request = request
        self._batches = _Numbered(made, beginning.batch, outlet.begin)
        self._producer = Continuous(
            self._batches,
            request,
            envelope=CONTRACT,
            counts=counts,
            first=beginning.batch,
            leeway=_LEEWAY if request.interval_ms < GATHER_SECONDS * 1000 else 0.0,
        )
        self._greenlet: gevent.Greenlet[[], None] | None = None

    @property
    def backend(self) -> str:
        """The name of the backend that the latest batch came from."""
        return self._producer.backend

    def start(self) -> None:
        """Begin to produce, in a greenlet."""
        self._greenlet = gevent.spawn(self._run)

    def wake(self) -> None:
        """Let a producer that rests look again."""
        self.pause.wake()

    def end(self) -> None:
        """Make nothing more. Harmless when called again."""
        self.pause.leave()
        self._producer.cancel()
        if self.steering is not None:
            self.steering.close()

    def steer(self, verb: Verb) -> Order:
        """Obey ``verb`` as soon as the producer comes round."""
        if self.steering is None:
            self.steering = Steering(self, self._clock)
        return self.steering.take(verb)

    @property
    def is_over(self) -> bool:
        """Whether it makes nothing more."""
        return self.pause.over

    @property
    def is_paused(self) -> bool:
        """Whether a verb has paused the schedule."""
        return self.steering is not None and self.steering.is_paused

    # -- the greenlet -------------------------------------------------------------

    def _run(self) -> None:
        outlet = self._outlet
        try:
            reason = self._produce()
            if reason is not None and not self.pause.over:
                outlet.settle()
                outlet.close(reason)
        except Superseded:
            logger.debug("the feed %r is produced elsewhere", self._name)
        finally:
            self.pause.leave()

    def _produce(self) -> EndReason | None:
        """Publish events until the end; why it came, None for nobody to hear."""
        try:
            self._catch_up()
            return self._publish_all()
        except ApiError as error:
            if isinstance(error, BackendError):
                self._counts.failed(error)
            self._fail(error.detail)
        except Superseded:
            raise
        except Exception:
            logger.exception("feed %r failed", self._name)
            self._counts.errors[INTERNAL] += 1
            self._fail("Internal server error")
        return EndReason.ERRORS

    def _fail(self, message: str) -> None:
        batch = self._batches.number
        self._outlet.publish(Event(payloads.error(message, batch)), batch)

    def _publish_all(self) -> EndReason | None:
        pause, outlet, batches = self.pause, self._outlet, self._batches
        steps = self._producer.steps()
        left_out = self._beginning.part
        wait: Wait | None = None
        is_steered = False
        #: When the oldest event was made that has not left.
        gathered_at: float | None = None
        while not pause.over:
            if pause.halted:
                pause.halted = False
                if self.steering is not None and not is_steered:
                    is_steered = True
                    steps = self.steering.steps(steps, wait, ())
            step = next(steps, None)
            wait = None
            if isinstance(step, Event):
                if left_out:  # it was published before the producer was lost
                    left_out = 0 if step.whole else left_out - 1
                    continue
                self.events += 1
                if gathered_at is None:
                    gathered_at = pause.now
                outlet.publish(step, batches.number)
                if is_steered:  # who steers is told once it can be seen
                    outlet.settle()
            elif isinstance(step, Wait):
                wait = step
                if gathered_at is None or step.until >= gathered_at + GATHER_SECONDS:
                    outlet.settle()
                    gathered_at = None
                pause.until(step.until, step.ready)
            else:
                return EndReason.ERRORS if step is None else step.reason
        return pause.reason

    def _catch_up(self) -> None:
        """Make the values again that were made before, so that others follow them.

        Those of a model are not: they do not follow from a seed.
        """
        batch, part, started_ms, saved = self._beginning
        source, pause = self._batches.source, self.pause
        if source.blocking:
            if part:
                self._beginning = self._beginning._replace(part=0)
                self._fail("The feed's producer was lost; its batch begins anew")
            return
        interval_ms = self._request.interval_ms
        began = pause.look()
        for number in range(self._loaded(saved), batch):
            self._outlet.begin(number, source.saved)
            now_ms = started_ms + number * interval_ms
            try:
                deque(source.make(self._batches.row.cut, number, now_ms), maxlen=0)
            except BackendError:
                logger.debug("a value fails again, as it did before")
            if pause.look() - began > _MAX_TURN:
                pause.until(pause.now)
                began = pause.look()
                if pause.over:
                    return

    def _loaded(self, saved: Saved | None) -> int:
        """Go on from what was saved; the batch that comes next, 0 where none was."""
        if saved is not None:
            try:
                self._batches.source.load(saved.data)
                return saved.batch
            except ValueError as error:
                logger.warning("the feed %r begins at its seed: %s", self._name, error)
        return 0


class _Numbered(Batches):
    """Batches that tell which of them begins."""

    __slots__ = ("_on_begin", "number")

    def __init__(
        self,
        made: Batches,
        number: int,
        on_begin: Callable[[int, Callable[[], bytes]], None],
    ) -> None:
        super().__init__(
            made.source,
            made.row,
            writing=made.writing,
            pace=made.pace,
            clock=made.clock,
            rng=made.rng,
        )
        self.number = number
        self._on_begin = on_begin

    def events(self, number: int) -> Iterable[Event | Wait]:
        self.number = number
        self._on_begin(number, self.source.saved)
        return super().events(number)
