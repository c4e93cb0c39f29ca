"""Producers of routes: several kinds of event on one or more clocks, and scripts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, count

from ..errors import BackendError
from ..events.envelope import Envelope
from ..events.event import (
    FOREVER,
    End,
    EndReason,
    Event,
    Fields,
    Step,
    Wait,
)
from ..events.schedule import Schedule
from ..ports import Clock
from .counts import Counts
from .prefetch import Supply
from .producer import Maker, Producer

_NO_FIELDS = Fields()

#: Makes the id of the events of a batch, from its number.
MakeId = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event: who makes it, how often, and the ids of its own."""

    maker: Maker
    weight: int
    make_id: MakeId | None


class Lane:
    """Kinds that share a clock; at each due moment one of them is drawn."""

    __slots__ = ("_draw", "_kinds", "_limits", "schedule")

    def __init__(
        self, kinds: Sequence[Kind], schedule: Schedule, draw: Callable[[], float]
    ) -> None:
        """``draw`` gives numbers in [0, 1)."""
        self._kinds = kinds
        self._limits = [*accumulate(kind.weight for kind in kinds)]
        self._draw = draw
        self.schedule = schedule

    def next(self) -> Kind:
        """The kind of the next batch, by weight."""
        if len(self._kinds) == 1:
            return self._kinds[0]
        point = self._draw() * self._limits[-1]
        return self._kinds[bisect_right(self._limits, point)]


class Mixture:
    """Batches of several kinds, each lane by its own schedule."""

    def __init__(
        self,
        make_lanes: Callable[[], Sequence[Lane]],
        supplies: Sequence[Supply],
        *,
        envelope: Envelope,
        clock: Clock,
        counts: Counts,
        max_consecutive_errors: int,
    ) -> None:
        """``make_lanes`` starts the schedules; ``supplies`` are all sources."""
        self._make_lanes = make_lanes
        self._supplies = supplies
        self._envelope = envelope
        self._clock = clock
        self._counts = counts
        self._max_consecutive_errors = max_consecutive_errors
        # The batches that start a schedule, and that follow those begun.
        self._first = self._next = 0

    @property
    def backend(self) -> str:
        """The backend of the first source; empty where nothing is generated."""
        return self._supplies[0].backend if self._supplies else ""

    def steps(self) -> Iterator[Step]:
        """Batch after batch, in the order in which they fall due.

        A failed one is told as the envelope says, and its lane waits for longer.
        """
        lanes = self._make_lanes()
        only = lanes[0] if len(lanes) == 1 else None
        clock = self._clock  # which a verb may hold, so its time is asked for anew
        note_lateness = self._counts.lateness.add
        until_due = Wait()
        number = sent = failures = 0
        while True:
            lane = only or min(lanes, key=_due)
            schedule = lane.schedule
            if number:
                until_due.until = schedule.due
                yield until_due
            kind = lane.next()
            source = kind.maker.source
            if source is not None and source.blocking:
                source.prepare(number)
                yield Wait(ready=source.ready)
            late = schedule.started(clock.monotonic())
            self._next = number + 1
            if number != self._first:  # which starts the schedule
                note_lateness(late)
            try:
                yield from _dressed(kind, number)
                sent += 1
                failures = 0
            except BackendError as error:
                failures += 1
                self._counts.failed(error)
                told = self._envelope.error(error.detail, sent)
                if told is not None:
                    yield told
                if failures == self._max_consecutive_errors:
                    yield End(EndReason.ERRORS)
                schedule.failed(clock.monotonic(), failures)
            number += 1

    def resumed(self, steps: Iterator[Step]) -> Iterator[Step] | None:
        """What follows ``steps`` after a break; None where that dropped values."""
        if any(supply.blocking for supply in self._supplies):
            return None
        self._first = self._next
        return steps

    def cancel(self) -> None:
        """Drop whatever is being generated."""
        for supply in self._supplies:
            supply.cancel()


def _due(lane: Lane) -> float:
    return lane.schedule.due


def _dressed(kind: Kind, number: int) -> Iterable[Event | Wait]:
    """The events of a batch, with the id of their kind where it has its own."""
    events = kind.maker.events(number)
    if kind.make_id is None:
        return events
    event_id = kind.make_id(number)
    return (_with(event_id, event) for event in events)


def _with(event_id: bytes, event: Event | Wait) -> Event | Wait:
    if isinstance(event, Wait) or event.data is None:
        return event
    fields = (event.fields or _NO_FIELDS)._replace(id=event_id)
    return event._replace(fields=fields)


@dataclass(frozen=True, slots=True)
class ScriptStep:
    """One step: ``make`` gives its event by the step's number, ``after`` seconds on."""

    make: Callable[[int], Event]
    after: float


class Scripted:
    """Exact steps one after the other, and then what the script says."""

    def __init__(
        self,
        count: int,
        step: Callable[[int, bool], ScriptStep],
        *,
        runs: int | None,
        then: Producer | None,
        holds: bool,
        clock: Clock,
        waits_first: bool = False,
    ) -> None:
        """Run ``count`` steps ``runs`` times, None for ever.

        ``step`` makes one when it is its turn, by its index, and is told whether it
        is the very last. With ``waits_first`` also the very first step waits. After
        the last come the steps of ``then``; without it the stream ``holds``, or ends.
        """
        self._count = count
        self._step = step
        self._runs = runs
        self._then = then
        self._holds = holds
        self._clock = clock
        self._waits_first = waits_first

    @property
    def backend(self) -> str:
        """The backend of what comes after the script."""
        return "" if self._then is None else self._then.backend

    def steps(self) -> Iterator[Step]:
        """The steps, each a batch of its own."""
        due = self._clock.monotonic()
        for number, step in enumerate(self._all()):
            if number or self._waits_first:
                due += step.after
                yield Wait(due)
            yield step.make(number)
        if self._then is not None:
            yield from self._then.steps()
        elif self._holds:
            yield Wait(FOREVER)
        else:
            yield End(EndReason.COMPLETE)

    def _all(self) -> Iterator[ScriptStep]:
        """Every step of every run."""
        runs, last = self._runs, self._count - 1
        for run in count(1) if runs is None else range(1, runs + 1):
            for index in range(self._count):
                yield self._step(index, run == runs and index == last)

    def cancel(self) -> None:
        """Drop what is being generated after the script."""
        if self._then is not None:
            self._then.cancel()


class Finite:
    """Another producer, after which the client is told that all has been said."""

    def __init__(self, producer: Producer, *, is_followed: bool) -> None:
        """Produce what ``producer`` does, and then the end.

        ``is_followed`` tells whether other events come after it.
        """
        self._producer = producer
        self._is_followed = is_followed

    @property
    def backend(self) -> str:
        """The producer's backend."""
        return self._producer.backend

    def steps(self) -> Iterator[Step]:
        """The producer's steps, and the end; what completes the batch is the last."""
        for step in self._producer.steps():
            if isinstance(step, Event) and step.whole and not self._is_followed:
                step = step._replace(last=True)
            yield step
        yield End(EndReason.COMPLETE)

    def cancel(self) -> None:
        """Drop what is being generated."""
        self._producer.cancel()
