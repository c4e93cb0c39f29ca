"""Steering a live stream: what verbs make of its steps.

An unsteered stream knows nothing of this. The first verb puts a ``Steering``
between the producer and the delivery. It yields steps as a producer does, so the
delivery waits, sends heartbeats, counts and ends as it does without; ``Pause.halt``
makes it ask for the next step whenever a verb arrives.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeAlias

import gevent.event

from ...events.event import FOREVER, EndReason, Event, Fields, Step, Wait
from ...request import verbs
from ...routes.route import write_data
from ...settings.route_streams import ExactEventDeclaration
from ..clock import StreamClock
from ..pause import Pause
from .cutting import CutOff, is_inside

#: Cuts inside of what is written, from the event of a number on.
CutInside: TypeAlias = Callable[[verbs.Cut, int], None]


class Order:
    """One verb to one stream; ``done`` is set once it has taken effect."""

    __slots__ = ("done", "verb")

    def __init__(self, verb: verbs.Verb) -> None:
        """Not done."""
        self.verb = verb
        self.done = gevent.event.Event()


class Steered(Protocol):
    """What verbs steer: a delivery, or what makes the events of a feed.

    ``events`` is how many events it has sent, and ``farewell`` the message of its end.
    """

    pause: Pause
    events: int
    farewell: str | None


class Steering:
    """The verbs in force for one stream."""

    def __init__(
        self, steered: Steered, clock: StreamClock, cut_inside: CutInside | None = None
    ) -> None:
        """``clock`` is that of the producer's schedule.

        ``cut_inside`` is None where nothing is written that could be cut.
        """
        self._steered = steered
        self._pause: Pause = steered.pause
        self._clock = clock
        self._cut_inside = cut_inside
        self._heartbeat = self._pause.heartbeat
        #: Orders that were not looked at, and all that are not done.
        self._arrived: deque[Order] = deque()
        self._open: list[Order] = []
        self._pushed: deque[tuple[Event, Order | None]] = deque()
        #: Batches to come at once, of each order.
        self._steps: deque[list[Any]] = deque()
        self._stalled_until: float | None = None
        self._stall_s = 0.0
        #: The longest silence that was ordered and is over, in seconds.
        self.longest_stall_s = 0.0
        self._cut: verbs.Cut | None = None
        self._cut_at = 0
        self.is_paused = False
        self._obey: dict[type[Any], Callable[[Order, Any], None]] = {
            verbs.Push: self._push,
            verbs.Pause: self._hold,
            verbs.Resume: self._resume,
            verbs.Step: self._step,
            verbs.Cut: self._cut_off,
            verbs.Stall: self._stall,
            verbs.End: self._end,
            verbs.Play: self._play,
        }

    # -- from outside -----------------------------------------------------------

    def take(self, verb: verbs.Verb) -> Order:
        """Obey ``verb``, as soon as the stream comes round."""
        order = Order(verb)
        self._arrived.append(order)
        self._open.append(order)
        self._pause.halt()
        return order

    def close(self) -> None:
        """The stream has closed: nothing is left to be done."""
        for order in self._open:
            order.done.set()
        self._open.clear()
        self._cut_inside = None

    # -- the steps --------------------------------------------------------------

    def steps(
        self, inner: Iterator[Step], wait: Wait | None, opening: Iterable[Event]
    ) -> Iterator[Step]:
        """The steps of ``inner``, which is at ``wait``, under the verbs in force.

        ``opening`` is what is still to be sent before them. Raises ``CutOff``.
        """
        self._pushed.extend((event, None) for event in opening)
        while True:
            self._look()
            if self._stalled_until is not None:
                yield Wait(self._stalled_until)
            elif self._pushed:
                event, order = self._pushed.popleft()
                yield event
                if order is not None:
                    self._sent(order)
            elif self.is_paused and not self._steps:
                yield Wait()
            elif wait is not None and not self._has_come(wait):
                moment = wait.until + self._clock.behind
                yield Wait(moment, wait.ready)
                if self._pause.now >= moment:
                    wait = None
            else:
                step = next(inner, None)
                wait = step if isinstance(step, Wait) else None
                if wait is None:
                    if step is None:
                        return
                    yield step
                    if isinstance(step, Event) and step.whole:
                        self._count()

    def _has_come(self, wait: Wait) -> bool:
        """Whether a wait of the producer is over, or is stepped over."""
        if wait.ready is not None and wait.ready():
            return True
        if self._steps and wait.until != FOREVER:
            self._clock.hold(wait.until)
        return self._clock.monotonic() >= wait.until

    def _look(self) -> None:
        """Take the orders that have arrived, and see what has become of others."""
        self._pause.look()  # a wait that an order ends at once has not looked
        while self._arrived:
            order = self._arrived.popleft()
            self._obey[type(order.verb)](order, order.verb)
        if self._stalled_until is not None and self._pause.now >= self._stalled_until:
            self._stalled_until = None
            if self._pause.heartbeat != self._heartbeat:
                self.longest_stall_s = max(self.longest_stall_s, self._stall_s)
            self._pause.heartbeat = self._heartbeat
        if self._cut is not None and self._steered.events >= self._cut_at:
            if not is_inside(self._cut):
                raise CutOff(self._cut.how)

    def _done(self, order: Order) -> None:
        order.done.set()
        self._open.remove(order)

    # -- the verbs --------------------------------------------------------------

    def _push(self, order: Order, verb: verbs.Push) -> None:
        self._pushed += [(event_of(each), order) for each in verb.events]

    def _sent(self, order: Order) -> None:
        """Note that an event of ``order`` is sent."""
        if not any(other is order for _, other in self._pushed):
            self._done(order)

    def _hold(self, order: Order, verb: verbs.Pause) -> None:
        self._clock.hold()
        self.is_paused = True
        self._done(order)

    def _resume(self, order: Order, verb: verbs.Resume) -> None:
        if self.is_paused:
            self._clock.go()
            self.is_paused = False
        while self._steps:
            self._done(self._steps.popleft()[1])
        self._done(order)

    def _step(self, order: Order, verb: verbs.Step) -> None:
        self._clock.hold()
        self.is_paused = True
        self._steps.append([verb.batches, order])

    def _count(self) -> None:
        """Note that a batch is sent."""
        if self._steps:
            first = self._steps[0]
            first[0] -= 1
            if not first[0]:
                self._done(self._steps.popleft()[1])

    def _stall(self, order: Order, verb: verbs.Stall) -> None:
        pause = self._pause
        self._stalled_until = pause.look() + verb.seconds
        self._stall_s = verb.seconds
        pause.heartbeat = self._heartbeat if verb.heartbeats else FOREVER
        self._done(order)

    def _end(self, order: Order, verb: verbs.End) -> None:
        self._steered.farewell = verb.message
        self._pause.end(EndReason.STOPPED)

    def _play(self, order: Order, verb: verbs.Play) -> None:
        # The stream has passed the faults on already.
        self._done(order)

    def _cut_off(self, order: Order, verb: verbs.Cut) -> None:
        self._cut = verb
        self._cut_at = self._steered.events + (verb.after.events or 0)
        if self._cut_inside is not None and is_inside(verb):
            self._cut_inside(verb, self._cut_at)


def event_of(declaration: ExactEventDeclaration) -> Event:
    """The event that a verb or a fault writes."""
    given = declaration.data
    data = None
    if given is not None:
        data = write_data(given.value, is_text=isinstance(given.value, str))
    fields = Fields(
        name=(declaration.event or "").encode(),
        id=None if declaration.id is None else declaration.id.encode(),
        retry=declaration.retry,
        comment=None if declaration.comment is None else declaration.comment.encode(),
        raw=None if declaration.raw is None else declaration.raw.encode(),
    )
    return Event(data, fields=fields)
