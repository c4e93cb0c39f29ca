"""What producers of one stream are made with."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ..cuts import Cut
from ..events.event import Fields
from ..events.modes import Row, Writing
from ..ports import Backend, Clock
from ..words import MockRequest
from .counts import Counts
from .prefetch import Direct, Prefetched, Supply
from .producer import Batches, Pace


@dataclass(frozen=True, slots=True)
class Workshop:
    """The parts of the service that a producer needs, for one stream.

    ``clock`` is that of the stream's schedule, and ``stopwatch`` the real one.
    ``wake`` makes the stream look again when a value has come.
    """

    backend: Backend
    clock: Clock
    stopwatch: Clock
    rng: random.Random
    counts: Counts
    pace: Pace
    writing: Writing
    wake: Callable[[], None]

    def supply(self, request: MockRequest, cut: Cut[Any]) -> Supply:
        """A source of values for ``request``, which never blocks its caller."""
        source = self.backend.open(request)
        clock, counts = self.stopwatch, self.counts
        if source.blocking:
            return Prefetched(source, cut, wake=self.wake, clock=clock, counts=counts)
        return Direct(source, clock, counts.generation_by(source.backend))

    def batches(
        self, request: MockRequest, row: Row[Any], fields: Fields | None = None
    ) -> Batches:
        """The batches of ``row`` for ``request``; ``fields`` are on each event."""
        writing = self.writing
        if fields is not None:
            writing = replace(writing, fields=fields)
        return Batches(
            self.supply(request, row.cut),
            row,
            writing=writing,
            pace=self.pace,
            clock=self.clock,
            rng=self.rng,
        )
