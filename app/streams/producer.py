"""Producers: what makes a stream's events, and says when.

A producer yields events, waits and ends; whoever runs it sends, waits and tells
the client. So it knows nothing of connections, and the same one can serve one
client or many.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from ..errors import BackendError
from ..events import payloads
from ..events.envelope import Envelope
from ..events.event import End, EndReason, Event, Fields, Step, Wait
from ..events.modes import Row, Writing
from ..events.schedule import Schedule
from ..ports import Clock
from ..words import MockRequest, SimulatedError
from .counts import Counts
from .prefetch import Supply


class Producer(Protocol):
    """What makes a stream's events. It is run once, by one greenlet."""

    @property
    def backend(self) -> str:
        """The name of the backend that the latest batch came from."""

    def steps(self) -> Iterator[Step]:
        """The events and waits, in order.

        Closed early where the stream is over. Raises ``BackendError`` where
        nothing more can be generated.
        """

    def cancel(self) -> None:
        """Drop whatever is being generated, at once."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Configured limits and delays of every stream; times are in seconds."""

    chunk_delay_min: float
    chunk_delay_max: float
    max_consecutive_errors: int


class SimulatedFailure:
    """The error that the caller asked for, as the only event."""

    backend = ""

    def __init__(self, error: SimulatedError) -> None:
        """Produce ``error``."""
        self._error = error

    def steps(self) -> Iterator[Step]:
        """One event."""
        yield Event(payloads.simulated(self._error), last=True, whole=True)

    def cancel(self) -> None:
        """Nothing is being generated."""


_NO_FIELDS = Fields()


class Maker(Protocol):
    """What makes the events of one batch."""

    @property
    def source(self) -> Supply | None:
        """What values come from; None where nothing is generated."""

    def events(self, number: int) -> Iterable[Event | Wait]:
        """The events of batch ``number``. Raises ``BackendError``."""


class Exact:
    """The same event each time, but for the places in its data."""

    source = None

    def __init__(
        self, write: Callable[[int], bytes], fields: Fields | None = None
    ) -> None:
        """``write`` gives the payload of a batch by its number."""
        self._write = write
        # Text may have several lines, which only an event with fields may.
        self._fields = fields or _NO_FIELDS

    def events(self, number: int) -> Iterable[Event | Wait]:
        """One event."""
        return (Event(self._write(number), whole=True, fields=self._fields),)


class Batches:
    """What makes the events of one batch: a source, and the row that writes it."""

    __slots__ = ("clock", "pace", "rng", "row", "source", "writing")

    def __init__(
        self,
        source: Supply,
        row: Row[Any],
        *,
        writing: Writing,
        pace: Pace,
        clock: Clock,
        rng: random.Random,
    ) -> None:
        """Ask ``source`` for what ``row`` names; ``rng`` draws the delays."""
        self.source = source
        self.row = row
        self.writing = writing
        self.pace = pace
        self.clock = clock
        self.rng = rng

    def events(self, number: int) -> Iterable[Event | Wait]:
        """The events of batch ``number``, with the configured delay between them."""
        row = self.row
        now_ms = self.clock.now_ms()
        parts = self.source.make(row.cut, number, now_ms)
        events = row.events(parts, number, now_ms, self.writing)
        return self._spaced(events) if self.pace.chunk_delay_max else events

    def _spaced(self, events: Iterable[Event | Wait]) -> Iterator[Event | Wait]:
        pace = self.pace
        for event in events:
            yield event
            if isinstance(event, Event) and not event.whole:
                delay = self.rng.uniform(pace.chunk_delay_min, pace.chunk_delay_max)
                yield Wait(self.clock.monotonic() + delay)


class Single:
    """One batch and no more: a regular stream, or a plain answer."""

    __slots__ = ("_batches",)

    def __init__(self, batches: Maker) -> None:
        """Produce the first of ``batches``."""
        self._batches = batches

    @property
    def backend(self) -> str:
        """The source's backend; empty where nothing is generated."""
        source = self._batches.source
        return "" if source is None else source.backend

    def steps(self) -> Iterator[Step]:
        """The events of the batch."""
        yield from self._batches.events(0)

    def cancel(self) -> None:
        """Drop the value that is being generated."""
        if self._batches.source is not None:
            self._batches.source.cancel()


class Continuous:
    """Batches by a schedule, until the stream is over."""

    __slots__ = (
        "_batches",
        "_counts",
        "_envelope",
        "_first",
        "_leeway",
        "_next",
        "_request",
    )

    def __init__(
        self,
        batches: Batches,
        request: MockRequest,
        *,
        envelope: Envelope,
        counts: Counts,
        first: int = 0,
        leeway: float = 0.0,
    ) -> None:
        """Produce ``batches`` in the rhythm of ``request``, from number ``first`` on.

        ``counts`` learns of failed and of late batches. For ``leeway``, in seconds,
        see ``Schedule``.
        """
        # The batches that start a schedule, and that follow those begun.
        self._first = self._next = first
        self._batches = batches
        self._request = request
        self._envelope = envelope
        self._counts = counts
        self._leeway = leeway

    @property
    def backend(self) -> str:
        """The source's backend."""
        return self._batches.source.backend

    def steps(self) -> Iterator[Step]:
        """Batch after batch.

        A failed one is an error event, and the next waits for longer. A source
        that takes long is asked for the next value as soon as it has made one.
        """
        batches, source = self._batches, self._batches.source
        clock = batches.clock  # which a verb may hold, so its time is asked for anew
        is_blocking, is_slow = source.blocking, source.slow
        schedule = self._schedule()
        note_lateness = self._counts.lateness.add
        until_due = Wait()
        number = sent = self._first
        failures = 0
        while True:
            if is_blocking:
                source.prepare(number)
                yield Wait(ready=source.ready)
            late = schedule.started(clock.monotonic())
            self._next = number + 1
            if number != self._first:  # which starts the schedule
                note_lateness(late)
            try:
                yield from batches.events(number)
                sent += 1
                failures = 0
                if is_slow:
                    source.prepare(number + 1)
            except BackendError as error:
                failures += 1
                self._counts.failed(error)
                told = self._envelope.error(error.detail, sent)
                if told is not None:
                    yield told
                if failures == batches.pace.max_consecutive_errors:
                    yield End(EndReason.ERRORS)
                schedule.failed(clock.monotonic(), failures)
            number += 1
            until_due.until = schedule.due
            yield until_due

    def resumed(self, steps: Iterator[Step]) -> Iterator[Step]:
        """What follows ``steps`` after a break, in which they were not asked for.

        A value in the making was dropped with its batch where it takes waiting.
        """
        self._first = self._next
        return self.steps() if self._batches.source.blocking else steps

    def _schedule(self) -> Schedule:
        request, batches = self._request, self._batches
        return Schedule(
            request.interval_ms / 1000,
            batches.clock.monotonic(),
            jitter=request.jitter_ms / 1000,
            draw=batches.rng.random,
            leeway=self._leeway,
        )

    def cancel(self) -> None:
        """Drop the value that is being generated."""
        self._batches.source.cancel()
