"""Periods that an event is in: the minute of a candle, the half hour of a forecast."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import permutations
from typing import NamedTuple

from ..values.clocks import within
from ..values.state import State
from .leaves import Leaf, Spot, words

_MINUTE, _HOUR = 60_000, 3_600_000
#: How long such periods are (ms).
_PERIODS = frozenset(
    [_MINUTE * n for n in (1, 2, 3, 5, 10, 15, 30)]
    + [_HOUR * n for n in (1, 2, 3, 4, 6, 8, 12, 24)]
)
#: What the last moment of a period may be short of its end (ms).
_SHORT = (0, 1, 1_000)
#: Words of names of how a period begins and ends.
_FROM = frozenset("begin beginning from open start t".split())
_TO = frozenset("close end stop t to until".split())
#: Objects of more members are not looked through.
_MAX_TIMES = 8


class Window(NamedTuple):
    """A time of the period that an event is in, in milliseconds.

    ``period`` is how long it is, and ``offset`` how far the time is from its start;
    several that follow one another count from the first.
    """

    period: int
    offset: int

    def at(self, state: State) -> int:
        """The time in the period of the event."""
        return within(state.now_ms // self.period * self.period + self.offset)


def windows(
    leaves: Mapping[Spot, Leaf], times: Mapping[Spot, int]
) -> dict[Spot, Window]:
    """The times of an example that begin and end the period that it is in.

    ``times`` are all of its points in time, in milliseconds since 1970.
    """
    objects: dict[Spot, list[Spot]] = {}
    for spot in times:
        objects.setdefault(spot[:-1], []).append(spot)
    found: dict[Spot, tuple[int, int]] = {}
    for spots in objects.values():
        if len(spots) <= _MAX_TIMES:
            found.update(_period(spots, leaves, times))
    starts = sorted({start for _, start in found.values()})
    others = [moment for spot, moment in times.items() if spot not in found]
    if not starts:
        return {}
    first = starts[0]
    if others:
        within_it = [s for p, s in found.values() if s <= max(others) <= s + p]
        if not within_it:
            return {}
        first = within_it[0]
    return {
        spot: Window(period, times[spot] - first) for spot, (period, _) in found.items()
    }


def _period(
    spots: list[Spot], leaves: Mapping[Spot, Leaf], times: Mapping[Spot, int]
) -> Iterator[tuple[Spot, tuple[int, int]]]:
    """The two ends of a period, each with its length and start."""
    for first, last in permutations(spots, 2):
        if _FROM.isdisjoint(words(leaves[first].name)):
            continue
        if _TO.isdisjoint(words(leaves[last].name)):
            continue
        length = times[last] - times[first]
        for short in _SHORT:
            period = length + short
            if period in _PERIODS and times[first] % period == 0:
                yield first, (period, times[first])
                yield last, (period, times[first])
                return
