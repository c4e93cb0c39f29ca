"""Advancing virtual clocks until each of some streams has sent its batches."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple, TypeAlias

from ..events.event import FOREVER
from ..ports import Clock
from ..words import Json
from .virtual_time import ClockName, Clocks


class Standing(NamedTuple):
    """How far a stream on a virtual clock is; ``route`` names the clock's route.

    Without a route the clock is the stream's own.
    """

    stream_id: str
    route: str | None
    last_id: str | None
    batches: int
    is_open: bool

    @property
    def clock(self) -> ClockName:
        """The clock that it runs by."""
        if self.route is None:
            return ClockName("", self.stream_id)
        return ClockName(self.route)


#: How far streams are, by their ids; one that is not known any more is left out.
Look: TypeAlias = "Callable[[Collection[str]], list[Standing]]"


def step(
    ids: Collection[str],
    batches: int,
    *,
    look: Look,
    clocks: Clocks,
    real: Clock,
    until: float,
) -> list[Json]:
    """Advance from one due moment to the next until each stream has its batches.

    Streams of one clock may be at several workers, so one of them does it for all.
    Says what has become of each; ``done`` is False where ``until``, in seconds of
    the ``real`` clock, came first.
    """
    known = {each.stream_id: each for each in look(ids)}
    wanted = {each.stream_id: each.batches + batches for each in known.values()}
    left = [*known.values()]
    while left and _advance({each.clock for each in left}, clocks, real, until):
        found = look([each.stream_id for each in left])
        known.update((each.stream_id, each) for each in found)
        left = [each for each in found if not _is_done(each, wanted)]
    return [
        {
            "id": each.stream_id,
            "lastEventId": each.last_id,
            "batches": each.batches,
            "done": _is_done(each, wanted),
        }
        for each in known.values()
    ]


def _is_done(each: Standing, wanted: dict[str, int]) -> bool:
    return not each.is_open or each.batches >= wanted[each.stream_id]


def _advance(
    names: Collection[ClockName], clocks: Clocks, real: Clock, until: float
) -> bool:
    """Advance each clock to its next due moment; whether that could be done."""
    for name in names:
        seconds = until - real.monotonic()
        stand = clocks.stand(name, max(seconds, 0.0))
        if not stand.settled or stand.due == FOREVER or seconds <= 0:
            return False
        clocks.advance(name, stand.due, seconds)
    return True
