"""Periods that an event is in: the minute of a candle, the half hour of a forecast."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import NamedTuple

from ..fields.moments import When
from ..values.clocks import within
from ..values.quantities import number_in
from ..values.state import State
from .leaves import Leaf, Spot, words

_MINUTE, _HOUR = 60_000, 3_600_000
#: How long such periods are (ms).
_PERIODS = frozenset(
    [_MINUTE * n for n in (1, 2, 3, 5, 10, 15, 30)]
    + [_HOUR * n for n in (1, 2, 3, 4, 6, 8, 12, 24, 7 * 24)]
)
_WEEK = 7 * 24 * _HOUR
#: Where periods may begin behind a multiple of their length: weeks on Mondays (ms).
_PHASES = {_WEEK: 4 * 24 * _HOUR}
#: What the last moment of a period may be short of its end (ms).
_SHORT = (0, 1, 1_000)
#: Words of names of how a period begins and ends.
_FROM = frozenset("begin beginning from open s start t".split())
_TO = frozenset("close e end stop t to until".split())
#: Names of how many seconds have gone by since something began.
_GONE_BY = frozenset("""
    elapsed elapsedTime elapsed_seconds elapsed_time uptime uptimeSeconds uptime_seconds
    uptime_in_seconds
    """.split())
#: How the names of members begin that are days.
_DAY = re.compile(r"20\d\d-[01]\d-[0-3]\d(?!\d)")
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
        gone_by = (state.now_ms - _PHASES.get(self.period, 0)) % self.period
        return within(state.now_ms - gone_by + self.offset)


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
    """The times of the two ends of a period, each with its length and start."""
    for first, last in permutations(spots, 2):
        is_in_row = leaves[first].is_in_row
        if not is_in_row and _FROM.isdisjoint(words(leaves[first].name)):
            continue
        if not is_in_row and _TO.isdisjoint(words(leaves[last].name)):
            continue
        length = times[last] - times[first]
        for short in _SHORT:
            period = length + short
            start = times[first] - _PHASES.get(period, 0)
            if period in _PERIODS and start % period == 0:
                for spot in spots:
                    if times[spot] in (times[first], times[last]):
                        yield spot, (period, times[first])
                return


def samples(leaves: Mapping[Spot, Leaf], times: Mapping[Spot, int]) -> Iterator[Spot]:
    """The elements of arrays that differ in their time and their numbers alone.

    Of a table in columns they are those columns, and of a map by days its values.
    """
    elements: dict[Spot, dict[Spot, dict[Spot, Leaf]]] = {}
    for spot, leaf in leaves.items():
        at = next((n for n, step in enumerate(spot) if isinstance(step, int)), None)
        if at is not None and at + 1 < len(spot) and isinstance(spot[at + 1], str):
            array = elements.setdefault(spot[:at], {})
            array.setdefault(spot[: at + 1], {})[spot[at + 1 :]] = leaf
    for found in elements.values():
        if len(found) > 1 and _is_series([*found.values()], times):
            yield from found
    yield from _columns(leaves, times)
    for spot in leaves:
        day = next((at for at, step in enumerate(spot) if is_dated(step)), None)
        if day is not None:
            yield spot[: day + 1]


def is_dated(step: str | int) -> bool:
    """Whether what has a value is called by its day: ``{"2025-06-01": {}}``."""
    return isinstance(step, str) and _DAY.match(step) is not None


def _columns(leaves: Mapping[Spot, Leaf], times: Mapping[Spot, int]) -> Iterator[Spot]:
    """The arrays of an object of which one has the times of what the others have.

    The others may be in objects inside.
    """
    arrays: dict[Spot, list[Spot]] = {}
    for spot in leaves:
        if len(spot) > 1 and isinstance(spot[-1], int) and isinstance(spot[-2], str):
            arrays.setdefault(spot[:-1], []).append(spot)
    lengths: dict[Spot, int] = {}
    for column, spots in arrays.items():
        moments = [times[spot] for spot in spots if spot in times]
        if len(moments) == len(spots) > 1 and _go_one_way(moments):
            lengths[column[:-1]] = len(spots)
    for column, spots in arrays.items():
        around = (column[:end] for end in range(len(column)))
        if any(lengths.get(outer) == len(spots) for outer in around):
            yield column


def _go_one_way(moments: Sequence[int]) -> bool:
    """Whether each of some times is later than the one before, or each is earlier."""
    return {(b > a) - (b < a) for a, b in zip(moments, moments[1:])} in ({1}, {-1})


def _is_series(elements: list[dict[Spot, Leaf]], times: Mapping[Spot, int]) -> bool:
    """Whether elements are alike, and each is of another moment than the last."""
    if any(element.keys() != elements[0].keys() for element in elements):
        return False
    has_moments = False
    for name in elements[0]:
        values = [element[name].value for element in elements]
        moments = [times[e[name].spot] for e in elements if e[name].spot in times]
        if len(moments) == len(elements):
            has_moments = has_moments or _go_one_way(moments)
        elif not all(isinstance(value, (int, float)) for value in values):
            if any(value != values[0] for value in values):
                return False
        elif "id" in words(elements[0][name].name) and len({*values}) > 1:
            return False
    return has_moments


def lasting_since(
    leaves: Mapping[Spot, Leaf], times: Mapping[Spot, tuple[When, int]]
) -> Iterator[tuple[int, int]]:
    """When something began of which a part has gone by, and how long that is (ms)."""
    for spot, (kind, moment) in times.items():
        for name, value in leaves[spot].siblings.items():
            lasted = number_in(value) if name in _GONE_BY else None
            if kind is When.SINCE and lasted is not None:
                yield moment, int(lasted * 1000)
